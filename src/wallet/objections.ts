import { dayMs, isProblem, type Page, type PendingEvent } from '../core/index.ts';
import type { Licence } from '../licences/index.ts';
import type { WalletDependencies } from './deps.ts';
import type { Holders } from './holders.ts';
import type { HolderRef } from './port.ts';
import { holderData } from './shares.ts';
import { type Objection, objectionCollection } from './store.ts';

/** How long the authority has to answer. */
export const answerDays = 15;
/** Longest text of an objection and of an answer, in characters. */
export const mostCharacters = 1000;

/** Answers that the list of licences points to at most. */
const mostUnread = 5;

const answeredText = {
  zh: '发证机关已经答复您对一张证照提出的异议，请登录后在「证照」里查看。',
  en: 'The issuing authority has answered your objection to a licence. Log in and open your licences to read it.',
};

const holderOf = ({ accountId, organisationId }: Objection): HolderRef => ({ accountId, organisationId });

/** Objections to errors: what holders say, who answers, and the mark that verifiers see meanwhile. */
export interface Objections {
  raise(input: {
    holder: HolderRef;
    licence: Licence;
    text: string;
  }): Promise<{ outcome: 'raised'; objection: Objection } | { outcome: 'already-open' }>;
  /** Of one licence, newest first. */
  ofLicence(licenceId: string): Promise<readonly Objection[]>;
  /** Of an authority: those that wait by the day they are due, answered ones newest first. */
  ofAuthority(
    authorityCode: string,
    options: { isOpen: boolean; after?: string | undefined },
  ): Promise<Page<Objection>>;
  /** Undefined unless it is for one of the authorities. */
  find(id: string, authorityCodes: readonly string[]): Promise<Objection | undefined>;
  /** `answered-before` also when a colleague was faster. */
  answer(input: {
    id: string;
    authorityCodes: readonly string[];
    decision: 'corrected' | 'rejected';
    text: string;
    by: string;
  }): Promise<'answered' | 'answered-before' | 'not-found'>;
  /** Tells whoever raised it that it was answered. Idempotent: called by the relay. */
  tellAnswered(event: PendingEvent): Promise<void>;
  /** Answered ones of a holder's licences whose answer the person has not opened. */
  unread(holder: HolderRef): Promise<readonly Objection[]>;
  /** The person has the answers on their screen. */
  markRead(objections: readonly Objection[], accountId: string): Promise<void>;
  /** Makes the licence's mark agree with its objections. Idempotent: called after each change, and again by the relay. */
  settle(licenceId: string): Promise<void>;
}

/** Makes them. */
export function createObjections(deps: WalletDependencies, holders: Holders): Objections {
  const { store, audit, clock, random, library, identity } = deps;
  const objections = store.collection(objectionCollection);

  async function settle(licenceId: string): Promise<void> {
    const { items } = await objections.find({ index: 'open-for', equals: [licenceId], limit: 1 });
    const open = items[0]?.value;
    await library.setDisputed(licenceId, open && { objectionId: open.id, since: open.raisedAt });
  }

  async function find(id: string, authorityCodes: readonly string[]) {
    const stored = await objections.get(id);
    return stored && authorityCodes.includes(stored.value.authorityCode) ? stored : undefined;
  }

  return {
    settle,
    async raise({ holder, licence, text }) {
      const raisedAt = clock.now();
      const objection: Objection = {
        ...{ id: random.id(), licenceId: licence.id, openFor: licence.id, typeCode: licence.typeCode },
        ...{ authorityCode: licence.issuerCode, ...holder, text, raisedAt, status: 'open' },
        dueAt: raisedAt + answerDays * dayMs,
      };
      const data = { ...holderData(holder), licence: licence.id, objection: objection.id };
      const event = audit.event('wallet.objection.raised', { ...data, authority: licence.issuerCode });
      try {
        await objections.insert(objection, { events: [event] });
      } catch (error) {
        if (isProblem(error, 'already-exists')) return { outcome: 'already-open' };
        throw error;
      }
      await settle(licence.id);
      return { outcome: 'raised', objection };
    },
    async ofLicence(licenceId) {
      const { items } = await objections.find({
        ...{ index: 'licence', equals: [licenceId], order: 'descending', limit: 20 },
      });
      return items.map(({ value }) => value);
    },
    async ofAuthority(authorityCode, { isOpen, after }) {
      const page = await objections.find({
        ...{ index: 'authority', equals: [authorityCode, isOpen ? 'open' : 'answered'], limit: 20 },
        order: isOpen ? 'ascending' : 'descending',
        ...(after && { after }),
      });
      return { items: page.items.map(({ value }) => value), next: page.next };
    },
    find: async (id, authorityCodes) => (await find(id, authorityCodes))?.value,
    async answer({ id, authorityCodes, decision, text, by }) {
      const stored = await find(id, authorityCodes);
      if (!stored) return 'not-found';
      const { openFor, ...objection } = stored.value;
      if (openFor === undefined) return 'answered-before';
      const answer = { decision, text, by, at: clock.now() };
      const answered: Objection = { ...objection, status: 'answered', answer, unreadBy: objection.accountId };
      const { licenceId, authorityCode } = objection;
      const event = audit.event('wallet.objection.answered', {
        ...{ actor: by, licence: licenceId, objection: id, authority: authorityCode, outcome: decision },
      });
      try {
        await objections.replace(answered, stored.version, { events: [event] });
      } catch (error) {
        if (isProblem(error, 'version-conflict')) return 'answered-before';
        throw error;
      }
      await settle(licenceId);
      return 'answered';
    },
    async tellAnswered({ id, data }) {
      const objection = (await objections.get(String(data.objection)))?.value;
      // Nobody is told of what they may not see any more.
      if (objection && (await holders.findLicence(holderOf(objection), objection.licenceId)))
        await identity.tell({ id, accountId: objection.accountId, text: answeredText });
    },
    async unread({ accountId, organisationId }) {
      const { items } = await objections.find({ index: 'unread', equals: [accountId], limit: mostUnread });
      const mine = items.map(({ value }) => value).filter((one) => one.organisationId === organisationId);
      const held = await Promise.all(mine.map((one) => holders.findLicence(holderOf(one), one.licenceId)));
      return mine.filter((_, index) => held[index] !== undefined);
    },
    async markRead(seen, accountId) {
      for (const { id, unreadBy } of seen) {
        const stored = unreadBy === accountId ? await objections.get(id) : undefined;
        if (!stored) continue;
        const { unreadBy: _, ...read } = stored.value;
        await objections.replace(read, stored.version).catch((error: unknown) => {
          // The same page in another tab was faster.
          if (!isProblem(error, 'version-conflict')) throw error;
        });
      }
    },
  };
}
