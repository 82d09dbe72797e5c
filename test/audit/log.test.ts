import { spawnSync } from 'node:child_process';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Audit } from '../../src/audit/index.ts';
import { Problem } from '../../src/core/index.ts';
import type { Collection, Store } from '../../src/storage/index.ts';
import {
  createTestAudit,
  createTestKeyring,
  createTestStores,
  keyringOf,
  newKey,
  notes,
  pending,
} from '../support/audit.ts';

let stores: ReturnType<typeof createTestStores>;
beforeEach(() => {
  stores = createTestStores();
});
afterEach(() => stores.remove());

const greet = (audit: Audit, data: Record<string, string | number> = {}) =>
  audit.record('demo.person.greeted', data);
const times = <T>(count: number, act: (turn: number) => T): T[] =>
  Array.from({ length: count }, (_, turn) => act(turn));

/** Every event of the export, in order. */
async function exported(audit: Audit): Promise<{ id: string; data: Record<string, unknown> }[]> {
  const events: { id: string; data: Record<string, unknown> }[] = [];
  for await (const line of audit.export()) if (Array.isArray(line.events)) events.push(...line.events);
  return events;
}

/** A store whose collections pass through `change`. */
const changed = (
  store: Store,
  change: (collection: Collection<unknown, string>) => object,
): Pick<Store, 'collection'> => ({
  collection: ((definition: never) => {
    const real = store.collection(definition) as Collection<unknown, string>;
    return { ...real, ...change(real) };
  }) as Store['collection'],
});

describe('appending', () => {
  it('shares batches among all that wait, keeps their order, and answers when they are durable', async () => {
    const audit = createTestAudit(await stores.open(), createTestKeyring());
    await Promise.all(times(1000, (turn) => greet(audit, { turn })));
    const other = createTestAudit(await stores.open(), createTestKeyring());
    expect((await exported(other)).map((event) => event.data.turn)).toEqual(times(1000, (turn) => turn));
    expect(await audit.check()).toMatchObject({ whole: true, batches: 8, events: 1000 });
  });

  it('lets events wait for company while there is much to write, unless somebody waits for their answer', async () => {
    const rounds = 10;
    const audit = createTestAudit(await stores.open(), createTestKeyring());
    const written = async () => {
      const check = await audit.check();
      return check.whole ? check.batches : Number.NaN;
    };
    /** Batches of rounds in which one event comes some turns later than three others, and those right after a batch. */
    const batchesOf = async (options: { isPrompt?: boolean }) => {
      const before = await written();
      for (let round = 0; round < rounds; round++) {
        await Promise.all(times(3, (turn) => greet(audit, { turn })));
        const three = times(3, () => audit.record('demo.person.greeted', {}, options));
        for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
        await Promise.all([...three, greet(audit)]);
      }
      return (await written()) - before;
    };
    expect(await batchesOf({ isPrompt: true })).toBe(3 * rounds);
    expect(await batchesOf({})).toBeLessThan(3 * rounds);
  });

  it('keeps one order for several processes that append at the same time', async () => {
    const keyring = createTestKeyring();
    const audits = [
      createTestAudit(await stores.open(), keyring),
      createTestAudit(await stores.open(), keyring),
    ];
    const work = audits.map(async (audit) => {
      for (let round = 0; round < 60; round++)
        await Promise.all([
          ...times(20, (turn) => greet(audit, { turn })),
          audit.append(times(5, () => pending())),
        ]);
    });
    await Promise.all(work);
    const events = await exported(audits[0] as Audit);
    expect(new Set(events.map((event) => event.id)).size).toBe(3000);
    expect(await audits[1]?.check()).toMatchObject({ whole: true, events: 3000 });
  });

  it('writes a relayed event once, however often and by whichever process it is handed over', async () => {
    const keyring = createTestKeyring();
    const one = createTestAudit(await stores.open(), keyring);
    const two = createTestAudit(await stores.open(), keyring);
    const events = times(300, (turn) => pending({ turn }));
    await Promise.all([
      one.append(events),
      two.append(events),
      one.append(events.slice(100)),
      two.append(events.slice(0, 7)),
    ]);
    await two.append([...events.slice(-3), pending({ turn: 300 })]);
    expect(
      (await exported(one)).map((event) => event.data.turn).sort((a, b) => Number(a) - Number(b)),
    ).toEqual(times(301, (turn) => turn));
    expect(await one.check()).toMatchObject({ whole: true, events: 301 });
  });

  it('writes it once also when the process that relayed it is killed before it could settle it', async () => {
    const key = newKey();
    const keyFile = join(stores.folder, 'key.pem');
    writeFileSync(keyFile, key.export({ type: 'pkcs8', format: 'pem' }));
    const script = new URL('./killed-relay.ts', import.meta.url).pathname;
    const killed = spawnSync(process.execPath, [script, stores.file, keyFile], { encoding: 'utf8' });
    expect([killed.stderr, killed.signal]).toEqual(['', 'SIGKILL']);

    const store = await stores.open();
    const audit = createTestAudit(store, keyringOf(key));
    expect(await exported(audit)).toHaveLength(1);
    const [left] = await store.collection(notes).pending(10);
    expect(left?.events).toHaveLength(1);
    await audit.append(left?.events ?? []);
    await store.collection(notes).settle('note', left?.events.map((event) => event.id) ?? []);
    expect(await audit.check()).toMatchObject({ whole: true, events: 1 });
    expect(await store.collection(notes).pending(10)).toEqual([]);
  });

  it('leaves pending events of other consumers alone', async () => {
    const audit = createTestAudit(await stores.open(), createTestKeyring());
    await audit.append([{ ...pending(), type: 'demo.notice.queued' }]);
    expect(await audit.check()).toMatchObject({ whole: true, events: 0 });
  });

  it('recognises its own batch when the answer of the store was lost', async () => {
    const store = changed(await stores.open(), (real) => ({
      insert: async (value: unknown) => {
        await real.insert(value);
        throw new Problem('already-exists');
      },
    }));
    const audit = createTestAudit(store, createTestKeyring());
    await greet(audit);
    await greet(audit);
    expect(await audit.check()).toMatchObject({ whole: true, batches: 2, events: 2 });
  });

  it('tells its callers when the store is away, and goes on when it is back', async () => {
    let isAway = true;
    const store = changed(await stores.open(), (real) => ({
      insert: async (value: unknown) => {
        if (isAway) throw new Problem('store-unavailable');
        return real.insert(value);
      },
    }));
    const audit = createTestAudit(store, createTestKeyring());
    await expect(greet(audit)).rejects.toMatchObject({ code: 'store-unavailable' });
    isAway = false;
    await greet(audit);
    expect(await audit.check()).toMatchObject({ whole: true, events: 1 });
  });

  it('refuses more than it can hold instead of growing without end', async () => {
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const store = changed(await stores.open(), () => ({
      insert: async () => {
        await answered;
        throw new Problem('store-unavailable');
      },
    }));
    const audit = createTestAudit(store, createTestKeyring());
    const events = times(10_000, () => pending());
    const held = audit.append(events).catch(() => 'given up');
    await expect(audit.append(events)).rejects.toMatchObject({
      code: 'audit-overloaded',
      headers: { 'Retry-After': '2' },
    });
    expect(await audit.metrics.text()).toMatch(
      /tongxing_audit_waiting_events (9872|10000)\n[\s\S]*refused_total 1/,
    );
    answer();
    expect(await held).toBe('given up');
  });

  it('is done with everything when drained or closed, and takes nothing afterwards', async () => {
    const store = await stores.open();
    const audit = createTestAudit(store, createTestKeyring());
    void audit.append(times(300, () => pending()));
    await audit.drain();
    expect(await audit.check()).toMatchObject({ whole: true, events: 300 });
    void audit.append([pending()]);
    await audit.close();
    expect(await audit.check()).toMatchObject({ whole: true, events: 301 });
    await expect(greet(audit)).rejects.toThrow('closed');
  });

  it('has no way to change or remove: it never calls one', async () => {
    const refuse = () => {
      throw new Error('the log is append-only');
    };
    const store = changed(await stores.open(), () => ({
      replace: refuse,
      put: refuse,
      remove: refuse,
      settle: refuse,
    }));
    const audit = createTestAudit(store, createTestKeyring());
    await greet(audit, { account: 'a' });
    await audit.append([pending()]);
    expect((await audit.eventsOf('a')).items).toHaveLength(1);
    expect(Object.keys(audit).sort()).toEqual([
      'append',
      'check',
      'close',
      'drain',
      'event',
      'eventsOf',
      'eventsOfLicence',
      'export',
      'metrics',
      'record',
      'search',
      'tree',
    ]);
  });
});

describe('the events of an account', () => {
  it('come newest first, page by page, of the types asked for, and no one else’s', async () => {
    const audit = createTestAudit(await stores.open(), createTestKeyring());
    for (let round = 0; round < 70; round++) {
      const some = times(3, (turn) =>
        greet(audit, { account: turn === 1 ? 'other' : 'one', turn: round * 3 + turn }),
      );
      await Promise.all([...some, audit.record('demo.person.left', { account: 'one' })]);
    }
    const seen: unknown[] = [];
    let after: string | undefined;
    do {
      const page = await audit.eventsOf('one', {
        types: ['demo.person.greeted'],
        limit: 13,
        ...(after && { after }),
      });
      expect(page.items.length).toBeLessThanOrEqual(13);
      seen.push(...page.items.map((event) => event.data.turn));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toEqual(times(210, (turn) => 209 - turn).filter((turn) => turn % 3 !== 1));
    expect((await audit.eventsOf('nobody')).items).toEqual([]);
    await expect(audit.eventsOf('one', { after: 'x' })).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('are found by licence too, whoever acted', async () => {
    const audit = createTestAudit(await stores.open(), createTestKeyring());
    await Promise.all(
      times(4, (turn) => greet(audit, { account: `a${turn}`, licence: `l${turn % 2}`, turn })),
    );
    const { items } = await audit.eventsOfLicence('l1');
    expect(items.map(({ data }) => data.turn)).toEqual([3, 1]);
    expect((await audit.eventsOf('l1')).items).toEqual([]);
  });
});

describe('the exported log', () => {
  it('is proved by a reader that knows only the format and the keys in it', async () => {
    const keyring = createTestKeyring();
    const audit = createTestAudit(await stores.open(), keyring);
    await greet(audit, { turn: 1 });
    keyring.rotate();
    await Promise.all(times(3, (turn) => greet(audit, { turn })));
    const lines: string[] = [];
    for await (const line of audit.export()) lines.push(JSON.stringify(line));

    const [{ keys }, ...batches] = lines.map((line) => JSON.parse(line));
    const sorted = (value: unknown): string =>
      JSON.stringify(value, (_, member) =>
        member && typeof member === 'object' && !Array.isArray(member)
          ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
          : member,
      );
    const hash = (...parts: (Buffer | string)[]) =>
      createHash('sha256')
        .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
        .digest();
    const leaves: Buffer[] = [];
    const node = (left: Buffer, right: Buffer) => hash(Buffer.of(1), left, right);
    for (const { events, signature, ...head } of batches) {
      leaves.push(...events.map((event: unknown) => hash(Buffer.of(0), sorted(event))));
      // The tree over one event and over four, by hand.
      const [a, b, c, d] = leaves as [Buffer, Buffer, Buffer, Buffer];
      const root = d ? node(node(a, b), node(c, d)) : a;
      expect(head).toMatchObject({ size: leaves.length, root: root.toString('base64url') });
      const text = sorted(head);
      const jwk = keys.find((key: { kid: string }) => key.kid === head.kid);
      const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' as const };
      expect(verify('sha256', Buffer.from(text), key, Buffer.from(signature, 'base64url'))).toBe(true);
    }
    expect(batches).toHaveLength(2);
    expect(await audit.check()).toMatchObject({ head: batches[1].root });
  });
});
