import { type Clock, isProblem, type PendingEvent, Problem, type Random } from '../core/index.ts';
import type { Collection, Stored } from '../storage/index.ts';
import type { Organisation } from './organisation.ts';

/** What an operation decides about an organisation: what to write (nothing, often), and what to answer. */
export interface OrganisationDecision<R> {
  write?: { organisation: Organisation; events: readonly PendingEvent[] } | undefined;
  result: R;
}

/** Organisations in the store: like accounts, one conditional write an operation. */
export interface OrganisationRecords {
  get(id: string): Promise<Organisation | undefined>;
  find(creditCode: string): Promise<Organisation | undefined>;
  /** Those that an account is bound to, newest binding first. */
  boundTo(accountId: string): Promise<Organisation[]>;
  /** Shows the organisation to `decide`, which may run several times and must not act. Undefined when there is none. */
  change<R>(
    id: string,
    decide: (organisation: Organisation, now: number) => OrganisationDecision<R>,
  ): Promise<R | undefined>;
  /** The same by credit code; `decide` sees a new document, not yet stored, when nobody has bound it before. */
  open<R>(
    creditCode: string,
    decide: (organisation: Organisation, now: number) => OrganisationDecision<R>,
  ): Promise<R>;
}

/** Lost races in a row before we say so: each means that another write on this one organisation succeeded. */
const patience = 100;

/** Makes the organisations over their collection. */
export function createOrganisationRecords(deps: {
  collection: Collection<Organisation, 'credit-code' | 'bound-to'>;
  clock: Clock;
  random: Random;
}): OrganisationRecords {
  const { collection, clock, random } = deps;

  const fresh = (creditCode: string): Organisation => ({
    id: random.id(),
    creditCode,
    name: '',
    standing: 'unknown',
    previousBindings: [],
    createdAt: clock.now(),
    updatedAt: clock.now(),
  });

  /** Finds, decides and writes until nobody was faster. `find` answers no version for what is not stored yet. */
  async function settle<R>(
    find: () => Promise<Stored<Organisation> | { value: Organisation; version?: undefined } | undefined>,
    decide: (organisation: Organisation, now: number) => OrganisationDecision<R>,
  ): Promise<R | undefined> {
    for (let lost = 0; lost < patience; lost += 1) {
      const stored = await find();
      if (!stored) return undefined;
      const now = clock.now();
      const { write, result } = decide(stored.value, now);
      if (!write) return result;
      const organisation = { ...write.organisation, updatedAt: now };
      const { events } = write;
      try {
        if (stored.version === undefined) await collection.insert(organisation, { events });
        else await collection.replace(organisation, stored.version, { events });
        return result;
      } catch (error) {
        if (!isProblem(error, 'version-conflict', 'already-exists')) throw error;
      }
    }
    throw new Problem('version-conflict');
  }

  const findStored = async (creditCode: string): Promise<Stored<Organisation> | undefined> =>
    (await collection.find({ index: 'credit-code', equals: [creditCode], limit: 1 })).items[0];

  return {
    get: async (id) => (await collection.get(id))?.value,
    find: async (creditCode) => (await findStored(creditCode))?.value,
    async boundTo(accountId) {
      // Nobody stands for so many that a page would be left out: a thousand bindings are a thousand register answers.
      const { items } = await collection.find({ index: 'bound-to', equals: [accountId], limit: 1000 });
      return items
        .map(({ value }) => value)
        .sort((a, b) => (b.binding?.since ?? 0) - (a.binding?.since ?? 0));
    },
    change: (id, decide) => settle(() => collection.get(id), decide),
    async open(creditCode, decide) {
      const done = await settle(
        async () => (await findStored(creditCode)) ?? { value: fresh(creditCode) },
        decide,
      );
      // There is always a document to decide about.
      return done as NonNullable<typeof done>;
    },
  };
}
