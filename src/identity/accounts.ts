import { type Clock, isProblem, type Page, type PendingEvent, Problem } from '../core/index.ts';
import type { Collection } from '../storage/index.ts';
import { type Account, withLookups } from './account.ts';
import type { accountsCollection } from './store.ts';

/** Indexes by which an account is found. */
export type AccountIndex = (typeof accountsCollection)['indexes'][number]['name'];

/** What an operation decides about an account it was shown: what to write (nothing, often), and what to answer. */
export interface Decision<R> {
  write?: { account: Account; events?: readonly PendingEvent[] } | undefined;
  result: R;
}

/** Accounts in the store. Every operation is one conditional write, repeated on a newer version when somebody was first. */
export interface Accounts {
  get(id: string): Promise<Account | undefined>;
  find(index: 'identifier' | 'phone' | 'passkey' | 'invitation', value: string): Promise<Account | undefined>;
  /** Accounts of staff under one of their words, oldest first. */
  listStaff(word: string, page: { after?: string | undefined; limit: number }): Promise<Page<Account>>;
  /** All of them. */
  staff(word: string): AsyncIterable<Account>;
  /** Ids of accounts whose outbox or proof is due. */
  due(index: 'outbox-due' | 'proof-due'): Promise<string[]>;
  /** @throws {Problem} already-exists; extensions.index names what is taken */
  insert(account: Account, events: readonly PendingEvent[]): Promise<Account>;
  /**
   * Shows the account to `decide` and writes what it decides, on the version it saw; `decide` may run several times and
   * must not act. Undefined when there is no such account.
   * @throws {Problem} already-exists when an identifier, phone or passkey is taken
   */
  change<R>(id: string, decide: (account: Account, now: number) => Decision<R>): Promise<R | undefined>;
}

/** Lost races in a row before we say so: each means that another write on this one account succeeded. */
const patience = 100;

/** Makes the accounts over their collection. `afterWrite` is told of every account written with messages waiting. */
export function createAccounts(deps: {
  collection: Collection<Account, AccountIndex>;
  clock: Clock;
  afterWrite: (accountId: string) => void;
}): Accounts {
  const { collection, clock, afterWrite } = deps;

  function written(account: Account): Account {
    if (account.outbox.length > 0) afterWrite(account.id);
    return account;
  }

  async function listStaff(
    word: string,
    { after, limit }: { after?: string | undefined; limit: number },
  ): Promise<Page<Account>> {
    const page = await collection.find({ index: 'staff', equals: [word], limit, ...(after && { after }) });
    return { items: page.items.map(({ value }) => value), next: page.next };
  }

  return {
    listStaff,
    async *staff(word) {
      let after: string | undefined;
      do {
        const page: Page<Account> = await listStaff(word, { after, limit: 100 });
        yield* page.items;
        after = page.next;
      } while (after);
    },
    get: async (id) => (await collection.get(id))?.value,

    find: async (index, value) =>
      (await collection.find({ index, equals: [value], limit: 1 })).items[0]?.value,

    due: async (index) =>
      (await collection.find({ index, to: clock.now() + 1, limit: 100 })).items.map((stored) => stored.key),

    insert: async (account, events) =>
      written((await collection.insert(withLookups(account), { events })).value),

    async change(id, decide) {
      for (let lost = 0; lost < patience; lost += 1) {
        const stored = await collection.get(id);
        if (!stored) return undefined;
        const now = clock.now();
        const { write, result } = decide(stored.value, now);
        if (!write) return result;
        const account = withLookups({ ...write.account, updatedAt: now });
        try {
          written((await collection.replace(account, stored.version, { events: write.events ?? [] })).value);
          return result;
        } catch (error) {
          if (!isProblem(error, 'version-conflict')) throw error;
        }
      }
      throw new Problem('version-conflict');
    },
  };
}
