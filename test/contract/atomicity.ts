import { expect, test } from '@jest/globals';
import { isProblem, systemRandom } from '../../src/core/index.ts';
import { people, person, tickets } from './collections.ts';
import type { ContractContext } from './context.ts';

/** Runs `count` calls at once and answers how many of them ended how: fulfilled, or by which problem code. */
async function race(
  count: number,
  call: (position: number) => Promise<unknown>,
): Promise<Record<string, number>> {
  const ends = await Promise.allSettled(Array.from({ length: count }, (_, position) => call(position)));
  const tally: Record<string, number> = {};
  for (const end of ends) {
    if (end.status === 'rejected' && !isProblem(end.reason)) throw end.reason;
    const how =
      end.status === 'fulfilled' ? String(end.value ?? 'done') : (end.reason as { code: string }).code;
    tally[how] = (tally[how] ?? 0) + 1;
  }
  return tally;
}

/** What holds when many write at once. */
export function atomicityTests(context: ContractContext): void {
  test('of 50 parallel conditional writes exactly one wins', async () => {
    const collection = context.store.collection(people);
    const value = person();
    await collection.insert(value);
    const tally = await race(50, (n) => collection.replace({ ...value, name: `胜者${n}` }, 1));
    expect(Object.values(tally).reduce((sum, n) => sum + n, 0)).toBe(50);
    expect(tally['version-conflict']).toBe(49);
    expect((await collection.get(value.id))?.version).toBe(2);
  });

  test('of 50 parallel inserts of one key exactly one wins', async () => {
    const collection = context.store.collection(people);
    const { id } = person();
    const tally = await race(50, (n) => collection.insert(person({ id, identifiers: [`${id}-${n}`] })));
    expect(tally['already-exists']).toBe(49);
  });

  test('of 50 parallel inserts of one unique value exactly one wins', async () => {
    const collection = context.store.collection(people);
    const identifiers = [`contested-${systemRandom.id()}`];
    const tally = await race(50, () => collection.insert(person({ identifiers })));
    expect(tally['already-exists']).toBe(49);
    expect(await collection.count({ index: 'identifier', equals: identifiers })).toBe(1);
  });

  test('a one-time code is consumed by exactly one of 50', async () => {
    const collection = context.store.collection(tickets);
    const ticket = { id: systemRandom.id(), grantId: 'g', consumed: false };
    await collection.insert(ticket);
    const tally = await race(50, async () => {
      const found = await collection.get(ticket.id);
      if (!found || found.value.consumed) return 'too late';
      await collection.replace({ ...found.value, consumed: true }, found.version);
      return 'consumed';
    });
    expect(tally.consumed).toBe(1);
  });

  test('a document is removed by exactly one of 50', async () => {
    const collection = context.store.collection(tickets);
    const ticket = { id: systemRandom.id(), grantId: 'g', consumed: false };
    await collection.insert(ticket);
    const tally = await race(50, () => collection.remove(ticket.id, 1));
    expect(tally).toEqual({ true: 1, false: 49 });
  });

  test('a document is taken by exactly one of 50, through two views', async () => {
    const other = await context.opened.again();
    const ticket = { id: systemRandom.id(), grantId: 'g', consumed: false };
    await context.store.collection(tickets).insert(ticket);
    const tally = await race(50, async (n) => {
      const taken = await (n % 2 ? other : context.store).collection(tickets).take(ticket.id);
      return taken?.value.grantId ?? 'nothing';
    });
    expect(tally).toEqual({ g: 1, nothing: 49 });
    await other.close();
  });

  test('two views that add 25 each to one count reach 50', async () => {
    const other = await context.opened.again();
    const value = person({ joinedAt: 0 });
    await context.store.collection(people).insert(value);
    await race(50, async (n) => {
      const collection = (n % 2 ? other : context.store).collection(people);
      for (;;) {
        const found = await collection.get(value.id);
        if (!found) throw new Error('gone');
        const next = { ...found.value, joinedAt: found.value.joinedAt + 1 };
        const written = await collection.replace(next, found.version).catch((error: unknown) => {
          if (!isProblem(error, 'version-conflict')) throw error;
        });
        if (written) return;
      }
    });
    expect(await context.store.collection(people).get(value.id)).toMatchObject({
      version: 51,
      value: { joinedAt: 50 },
    });
    await other.close();
  });
}
