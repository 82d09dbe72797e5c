import {
  type Clock,
  inBoth,
  Problem,
  type Random,
  type RateCounter,
  type RateLimit,
  type RateVerdict,
  retryAfter,
} from '../core/index.ts';
import type { UploadedFile } from '../http/index.ts';
import type { LicenceLibrary } from '../licences/index.ts';
import type { Receipts } from '../receipts/index.ts';
import type { Store } from '../storage/index.ts';
import type { DeskState, Desks, Matter, Verifier } from '../wallet/index.ts';
import type { Answer, ServiceItems, Verification } from './port.ts';
import type { AsOf, IssuersPort, Named } from './question.ts';
import type { ServiceItem } from './service-item.ts';
import { counterResults, counterVisits } from './store.ts';
import { textOf } from './texts.ts';

/** A matter stays on the desk for so long, a result for as long as a case may need it printed. */
const visitLifeMs = 60 * 60_000;
const resultLifeMs = 2 * 60 * 60_000;

/** What the counter needs. */
export interface CounterDependencies {
  store: Pick<Store, 'collection'>;
  clock: Clock;
  random: Random;
  desks: Pick<Desks, 'open' | 'state' | 'take' | 'close'>;
  library: Pick<LicenceLibrary, 'findByNumber' | 'types'>;
  issuers: IssuersPort;
  serviceItems: ServiceItems;
  verify: Verification['verify'];
  receipts: Pick<Receipts, 'proof'>;
  rate: Pick<RateCounter, 'take' | 'peek'>;
}

/** A member of staff in one of the authorities that they approve for. */
export interface Approver {
  staffId: string;
  authorityCode: string;
}

/** What somebody at a counter works on. */
export type Visit = (typeof counterVisits)['schema']['_output'];

/** A result as the counter shows it. */
export type CounterResult = (typeof counterResults)['schema']['_output'];

/** What was typed, scanned or chosen. */
export interface Entry {
  text: string;
  file?: UploadedFile | undefined;
  /** Type of the number; undefined: whichever of the item's types has it. */
  typeCode?: string | undefined;
  asOf?: AsOf | undefined;
}

/** The work of a counter: a matter, its desk code, and results to print. */
export interface Counter {
  /** Items that may be verified for at this authority, by name. */
  itemsFor(authorityCode: string): Promise<readonly ServiceItem[]>;
  begin(approver: Approver, matter: Matter): Promise<Visit>;
  /** Undefined when it is over, or another person's. */
  find(id: string, staffId: string): Promise<Visit | undefined>;
  /** What the desk shows now. */
  desk(visit: Visit): Promise<DeskState>;
  /** A new desk for the same matter, in the place of one that has ended. */
  reopen(visit: Visit): Promise<Visit>;
  /** What the holder confirmed; undefined when nobody did, or it was taken already. */
  take(visit: Visit): Promise<CounterResult | undefined>;
  check(visit: Visit, entry: Entry): Promise<CounterResult>;
  result(id: string, staffId: string): Promise<CounterResult | undefined>;
}

/**
 * Numbers without a licence that one person may enter: more than slips of the hand, fewer than guesses. Right ones are
 * refused as well then, or the limit itself would tell them apart.
 */
const missesOfOne: RateLimit = { max: 60, windowSeconds: 600 };
/**
 * Numbers that one person may enter at all. A miss is known only after its answer: this is what bounds a program that sends
 * many before the first answer comes.
 */
const entriesOfOne: RateLimit = { max: 120, windowSeconds: 600 };

function refuseUnless(isAllowed: boolean, { resetAt }: RateVerdict, now: number): void {
  if (!isAllowed) throw new Problem('rate-limited', { headers: retryAfter(resetAt, now) });
}

/** What a scanner gives: the QR of a holder, or the address that is printed on a licence. */
function readScan(text: string): Named | undefined {
  const scanned = text.normalize('NFKC').trim();
  if (/^TXS/i.test(scanned)) return { by: 'code', code: scanned };
  const printed = /^https?:\/\/[^/\s]+\/v\/([\w-]{1,64})$/i.exec(scanned)?.[1];
  return printed === undefined ? undefined : { by: 'printed', statusToken: printed };
}

/**
 * What a typed number may mean: itself; then without what an input method and the blanks of grouped digits add, for a licence
 * is not to be called invalid because of those; then with wide brackets, as numbers of some types have them.
 */
function readingsOf(typed: string): string[] {
  const plain = typed.normalize('NFKC').replace(/\s/g, '').toUpperCase();
  const wide = plain.replace(/[()[\]]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0));
  return [...new Set([typed, plain, wide])];
}

/** Makes the counter. */
export function createCounter(deps: CounterDependencies): Counter {
  const { store, clock, random, desks, library, issuers, serviceItems, verify, rate } = deps;
  const visits = store.collection(counterVisits);
  const results = store.collection(counterResults);

  async function verifierOf({ staffId, authorityCode }: Approver): Promise<Verifier> {
    const authority = await issuers.find(authorityCode);
    const name = authority?.name ?? inBoth(authorityCode);
    return { kind: 'staff', id: staffId, authorityCode, name };
  }

  const typesOf = async (code: string): Promise<string[]> =>
    (await serviceItems.find(code))?.types.map(({ type }) => type) ?? [];

  async function openDesk(approver: Approver, matter: Matter): Promise<string> {
    const typeCodes = await typesOf(matter.serviceItemCode);
    return (await desks.open({ verifier: await verifierOf(approver), matter, typeCodes })).deskId;
  }

  /** The number that was meant, and its type: the first of the item's types that has it, unless one was chosen. */
  async function readNumber(visit: Visit, typed: string, chosen: string | undefined): Promise<Named> {
    const all = await typesOf(visit.matter.serviceItemCode);
    const typeCodes = chosen === undefined ? all : all.filter((code) => code === chosen);
    for (const number of readingsOf(typed))
      for (const typeCode of typeCodes)
        if (await library.findByNumber({ typeCode, number })) return { by: 'number', number, typeCode };
    return { by: 'number', number: typed, typeCode: chosen ?? all[0] ?? '' };
  }

  async function nameOf(visit: Visit, { text, file, typeCode }: Entry): Promise<Named> {
    if (file) return { by: 'file', file };
    return readScan(text) ?? readNumber(visit, text.trim(), typeCode);
  }

  async function judge(visit: Visit, named: Named, asOf?: AsOf): Promise<CounterResult> {
    const verifier = await verifierOf(visit);
    const answer = await verify({ named, verifier, matter: visit.matter, asOf });
    return (await results.insert(resultOf(visit, answer, asOf))).value;
  }

  function resultOf(visit: Visit, answer: Answer, asOf: AsOf | undefined): CounterResult {
    const { licence, receipt, freshness } = answer;
    return {
      id: random.id(),
      ...{ staffId: visit.staffId, visitId: visit.id, matter: visit.matter },
      ...{ authorityCode: visit.authorityCode, at: receipt.at, conclusion: answer.conclusion },
      checks: answer.checks.map((check) => ({ id: check.id, result: check.result, text: textOf(check) })),
      ...(licence && { typeName: licence.typeName }),
      facts: licence?.facts.map(({ name: _, ...fact }) => fact) ?? [],
      ...{ asOf: freshness.asOf, ...(asOf && { asked: asOf.text }) },
      ...{ receiptId: receipt.id, receipt: receipt.jws },
      expiresAt: clock.now() + resultLifeMs,
    };
  }

  return {
    async itemsFor(authorityCode) {
      return (await serviceItems.list()).filter(({ authorities }) => authorities.includes(authorityCode));
    },
    async begin(approver, matter) {
      const deskId = await openDesk(approver, matter);
      const expiresAt = clock.now() + visitLifeMs;
      return (await visits.insert({ id: random.id(), ...approver, matter, deskId, expiresAt })).value;
    },
    async find(id, staffId) {
      const stored = await visits.get(id);
      return stored?.value.staffId === staffId ? stored.value : undefined;
    },
    desk: ({ deskId, staffId }) => desks.state(deskId, staffId),
    async reopen(visit) {
      await desks.close(visit.deskId, visit.staffId);
      const next = { ...visit, deskId: await openDesk(visit, visit.matter) };
      await visits.put(next);
      return next;
    },
    async take(visit) {
      const presentation = await desks.take(visit.deskId, visit.staffId);
      if (!presentation) return undefined;
      const { licenceId, facts } = presentation;
      return judge(visit, { by: 'desk', licenceId, facts });
    },
    async check(visit, entry) {
      const named = await nameOf(visit, entry);
      if (named.by !== 'number') return judge(visit, named, entry.asOf);
      const key = `verification:misses:${visit.staffId}`;
      const misses = await rate.peek(key, missesOfOne);
      refuseUnless(misses.remaining > 0, misses, clock.now());
      const entries = await rate.take(`verification:entries:${visit.staffId}`, entriesOfOne);
      refuseUnless(entries.allowed, entries, clock.now());
      const result = await judge(visit, named, entry.asOf);
      if (!result.typeName) await rate.take(key, missesOfOne);
      return result;
    },
    async result(id, staffId) {
      const stored = await results.get(id);
      return stored?.value.staffId === staffId ? stored.value : undefined;
    },
  };
}
