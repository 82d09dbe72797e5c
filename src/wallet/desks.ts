import { isProblem, Problem, type RateLimit } from '../core/index.ts';
import type { Stored } from '../storage/index.ts';
import { createCodeHash, makeDeskCode, parseDeskCode } from './codes.ts';
import type { WalletDependencies } from './deps.ts';
import type { Holders } from './holders.ts';
import type { Desks } from './port.ts';
import { agreedFacts } from './share-rules.ts';
import { type Desk, deskCodeCollection, deskCollection } from './store.ts';
import { createTickets } from './tickets.ts';

const deskLifeMs = 15 * 60_000;
const codeShownMs = 45_000;
/** Somebody reads it off the screen just before it changes, and types slowly. */
const codeGraceMs = 45_000;

/** What one person may type within a quarter of an hour, right ones included, so that tries in parallel count too. */
const triesOfOne: RateLimit = { max: 15, windowSeconds: 900 };
/** Wrong digits of everybody together: with a hundred desks open, at most one guess in three hours would meet one. */
const wrongOfAll: RateLimit = { max: 3000, windowSeconds: 3600 };
const everybody = 'wallet:desk';

/** Makes the desks. */
export function createDesks(deps: WalletDependencies, holders: Holders): Desks {
  const { store, clock, random, rate, keyring, matters } = deps;
  const desks = store.collection(deskCollection);
  const codes = store.collection(deskCodeCollection);
  const hash = createCodeHash(keyring.derive('wallet'));
  const tickets = createTickets(deps);

  async function findOf(deskId: string, verifierId: string): Promise<Stored<Desk> | undefined> {
    const stored = await desks.get(deskId);
    return stored?.value.verifier.id === verifierId ? stored : undefined;
  }

  /** Puts new digits on a desk; a few tries, because they may lead to another desk already. */
  async function takeDigits(deskId: string): Promise<string> {
    for (let taken = 0; taken < 20; taken += 1) {
      const digits = makeDeskCode(random);
      const until = clock.now() + codeShownMs + codeGraceMs;
      try {
        await codes.insert({ key: hash('desk', digits), deskId, until });
        return digits;
      } catch (error) {
        if (!isProblem(error, 'already-exists')) throw error;
      }
    }
    throw new Problem('too-many-desks');
  }

  return {
    async open({ verifier, matter, typeCodes = [] }) {
      const serviceItem = await matters.findServiceItem(matter.serviceItemCode);
      if (!serviceItem) throw new Problem('service-item-unknown');
      const openedAt = clock.now();
      const desk = {
        id: random.id(),
        verifier,
        matter: { ...matter },
        serviceItem: serviceItem.name,
        typeCodes: [...typeCodes],
        openedAt,
        expiresAt: openedAt + deskLifeMs,
      };
      await desks.insert(desk);
      return { deskId: desk.id, expiresAt: desk.expiresAt };
    },
    async state(deskId, verifierId) {
      for (;;) {
        const stored = await findOf(deskId, verifierId);
        if (!stored) return { outcome: 'ended' };
        const desk = stored.value;
        const { expiresAt } = desk;
        if (desk.presentation) return { outcome: 'presented' };
        const now = clock.now();
        const shown = desk.code;
        if (shown && now < shown.since + codeShownMs)
          return { outcome: 'waiting', code: shown.digits, rotatesAt: shown.since + codeShownMs, expiresAt };
        const code = { digits: await takeDigits(deskId), since: now };
        try {
          await desks.replace({ ...desk, code }, stored.version);
        } catch (error) {
          // Another tab of the counter rotated it, or the holder confirmed: look again.
          if (!isProblem(error, 'version-conflict', 'not-found')) throw error;
        }
      }
    },
    async take(deskId, verifierId) {
      const stored = await findOf(deskId, verifierId);
      if (!stored?.value.presentation) return undefined;
      return (await desks.remove(deskId, stored.version)) ? stored.value.presentation : undefined;
    },
    async close(deskId, verifierId) {
      if (await findOf(deskId, verifierId)) await desks.remove(deskId);
    },
    async find({ code, accountId }) {
      const mine = await rate.take(`wallet:desk:${accountId}`, triesOfOne);
      if (!mine.allowed) return { outcome: 'limited', retryAt: mine.resetAt };
      const all = await rate.peek(everybody, wrongOfAll);
      if (all.remaining === 0) return { outcome: 'limited', retryAt: all.resetAt };
      const lead = await codes.get(hash('desk', parseDeskCode(code) ?? ''));
      const desk = lead && (await desks.get(lead.value.deskId))?.value;
      if (!desk || desk.presentation) {
        await rate.take(everybody, wrongOfAll);
        return { outcome: 'unknown' };
      }
      return { outcome: 'found', desk: tickets.viewFor(accountId, desk) };
    },
    async view(ticket, accountId) {
      const deskId = tickets.open(ticket, accountId);
      const desk = deskId && (await desks.get(deskId))?.value;
      return desk && !desk.presentation ? tickets.viewFor(accountId, desk) : undefined;
    },
    async present({ ticket, holder, licenceId, seen }) {
      const deskId = tickets.open(ticket, holder.accountId);
      const [stored, licence] = await Promise.all([
        deskId ? desks.get(deskId) : undefined,
        holders.findLicence(holder, licenceId),
      ]);
      if (!stored) return { outcome: 'ended' };
      if (!licence) return { outcome: 'not-yours' };
      const { accountId, organisationId } = holder;
      const { typeCodes, matter, presentation: earlier } = stored.value;
      if (earlier) {
        const isSame = earlier.licenceId === licenceId && earlier.accountId === accountId;
        return { outcome: isSame ? 'presented' : 'ended' };
      }
      if (typeCodes.length > 0 && !typeCodes.includes(licence.typeCode)) return { outcome: 'not-wanted' };
      const shownAt = clock.now();
      const { serviceItemCode } = matter;
      const facts = await agreedFacts(deps, { serviceItemCode, typeCodes: [licence.typeCode], seen });
      const presentation = {
        ...{ licenceId, accountId, ...(organisationId && { organisationId }), shownAt, facts },
      };
      return settle({ ...stored.value, presentation }, stored.version);
    },
  };

  /** Writes the presentation; the digits may have rotated meanwhile, somebody else may have been faster. */
  async function settle(desk: Desk, version: number): Promise<{ outcome: 'presented' | 'ended' }> {
    for (let expected = version; ; ) {
      try {
        await desks.replace(desk, expected);
        return { outcome: 'presented' };
      } catch (error) {
        if (!isProblem(error, 'version-conflict', 'not-found')) throw error;
        const now = await desks.get(desk.id);
        if (!now || now.value.presentation) return { outcome: 'ended' };
        expected = now.version;
      }
    }
  }
}
