import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  counter,
  createWalletHouse,
  matter,
  type OpenStore,
  site,
  typeCodes,
  type WalletHouse,
} from './kit.ts';

const me = { idType: '111', idNumber: '520102188001010014', name: '王示例' };
const times = <T>(count: number, make: (turn: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, turn) => make(turn)));

/** What has to hold when everything happens at once, over one store and two processes. */
export function walletRaces(name: string, open?: OpenStore): void {
  describe(`races over ${name}`, () => {
    let house: WalletHouse;
    let other: Awaited<ReturnType<WalletHouse['again']>>;
    let accountId: string;
    beforeAll(async () => {
      house = await createWalletHouse(open);
      other = await house.again();
      accountId = house.people.open(me.idNumber);
    }, 300_000);
    afterAll(() => house.close());

    /** One of the two processes. */
    const at = (turn: number) => (turn % 2 === 0 ? house.wallet : other.wallet);

    it('of 50 verifiers with one code exactly one gets the presentation', async () => {
      const licence = house.shelf.issue(me);
      const shown = await house.wallet.presentations.show({ holder: { accountId }, licenceId: licence.id });
      const answers = await times(50, (turn) =>
        at(turn).presentations.consume(shown?.code ?? '', { ...site, id: `site-${turn}` }),
      );
      const won = answers.filter(({ outcome }) => outcome === 'presented');
      expect(won).toMatchObject([{ presentation: { licenceId: licence.id, accountId } }]);
      expect(answers.filter(({ outcome }) => outcome === 'refused')).toHaveLength(49);
    });

    it('of 50 holders who confirm at one desk exactly one shows something there, and it is taken once', async () => {
      const { desks } = house.wallet;
      const { deskId } = await desks.open({ verifier: counter, matter });
      const state = await desks.state(deskId, counter.id);
      const code = state.outcome === 'waiting' ? state.code : '';
      const holders = Array.from({ length: 50 }, (_, n) => {
        const idNumber = `52010218800101${String(n).padStart(4, '0')}`;
        const account = house.people.open(idNumber);
        return { account, licence: house.shelf.issue({ ...me, idNumber }) };
      });
      const answers = await times(50, async (turn) => {
        const { account, licence } = holders[turn] as (typeof holders)[number];
        const found = await at(turn).desks.find({ code, accountId: account });
        if (found.outcome !== 'found') return found.outcome;
        const { ticket } = found.desk;
        const holder = { accountId: account };
        return (await at(turn).desks.present({ ticket, holder, licenceId: licence.id })).outcome;
      });
      expect(answers.filter((answer) => answer === 'presented')).toHaveLength(1);
      const taken = await times(20, (turn) => at(turn).desks.take(deskId, counter.id));
      const winner = holders[answers.indexOf('presented')];
      expect(taken.filter(Boolean)).toMatchObject([{ accountId: winner?.account }]);
      expect(await desks.state(deskId, counter.id)).toEqual({ outcome: 'ended' });
    });

    it('guesses of a desk code at once count as if they came one after another', async () => {
      const guesser = house.people.open('520102188001010015');
      const answers = await times(50, (turn) => at(turn).desks.find({ code: '000000', accountId: guesser }));
      expect(answers.filter(({ outcome }) => outcome === 'unknown').length).toBeLessThanOrEqual(15);
      expect(answers.filter(({ outcome }) => outcome === 'limited').length).toBeGreaterThanOrEqual(35);
    });

    it('a consent for 10 reads opens 10 of 50, and none after it was withdrawn', async () => {
      const licence = house.shelf.issue(me);
      const request = { licenceTypes: [typeCodes.permit], matter, reads: 10 };
      const granting = { holder: { accountId }, clientId: site.id, request, licenceIds: [licence.id] };
      const share = await house.wallet.shares.grant({ ...granting, once: 'one' });
      const use = { clientId: site.id, holder: me, typeCode: typeCodes.permit, matter };
      const read = (turn: number) => at(turn).shares.use({ ...use, shareId: share?.id });
      const answers = await times(50, read);
      expect(answers.filter(Boolean)).toHaveLength(10);
      expect(answers.find(Boolean)).toMatchObject({
        shareId: share?.id,
        accountId,
        licenceIds: [licence.id],
      });

      const again = await house.wallet.shares.grant({ ...granting, once: 'two' });
      let isWithdrawn = false;
      const after: unknown[] = [];
      await times(30, async (turn) => {
        if (turn === 7) {
          await at(turn).shares.withdraw(again?.id ?? '', accountId);
          isWithdrawn = true;
          return;
        }
        const began = isWithdrawn;
        const answer = await at(turn).shares.use({ ...use, shareId: again?.id });
        if (began) after.push(answer);
      });
      after.push(await house.wallet.shares.use({ ...use, shareId: again?.id }));
      expect(after.filter(Boolean)).toEqual([]);
    });

    it('the same consent, sent twice at once, is one', async () => {
      const licence = house.shelf.issue(me);
      const request = { licenceTypes: [typeCodes.permit], matter };
      const granting = { holder: { accountId }, clientId: 'site-2', request, licenceIds: [licence.id] };
      const shares = await times(20, (turn) => at(turn).shares.grant({ ...granting, once: 'same' }));
      expect(new Set(shares.map((share) => share?.id)).size).toBe(1);
      const { items } = await house.wallet.shares.list(accountId);
      expect(items.filter(({ clientId }) => clientId === 'site-2')).toHaveLength(1);
    });
  });
}
