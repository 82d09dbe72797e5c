import { describe, expect, it } from '@jest/globals';
import { createWriteQueue } from '../../src/storage/sqlite/write-queue.ts';

/** Transactions that keep what their work appended only when it ends well. */
function fakeTransactions() {
  const committed: string[][] = [];
  let draft: string[] = [];
  const transact = <R>(work: () => R): R => {
    draft = [];
    const result = work();
    committed.push(draft);
    return result;
  };
  const append = (text: string) => () => {
    if (text === 'bad') throw new Error('disk full');
    draft.push(text);
    return text.toUpperCase();
  };
  return { committed, transact, append };
}

describe('the queue of writes', () => {
  it('puts writes of one moment into one transaction, in order, and answers each its own result', async () => {
    const { committed, transact, append } = fakeTransactions();
    const { write } = createWriteQueue(transact);
    await expect(Promise.all(['a', 'b', 'c'].map((text) => write(append(text))))).resolves.toEqual([
      'A',
      'B',
      'C',
    ]);
    await write(append('d'));
    expect(committed).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('lets a write that fails fail alone: those beside it are committed', async () => {
    const { committed, transact, append } = fakeTransactions();
    const { write } = createWriteQueue(transact);
    const outcomes = await Promise.allSettled(['a', 'bad', 'b'].map((text) => write(append(text))));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(committed).toEqual([['a'], ['b']]);
  });

  it('commits what waits at once when the file is to be closed', async () => {
    const { committed, transact, append } = fakeTransactions();
    const { write, commitWaiting } = createWriteQueue(transact);
    const written = write(append('a'));
    commitWaiting();
    expect(committed).toEqual([['a']]);
    await expect(written).resolves.toBe('A');
  });

  it('keeps transactions short when very many write at once', async () => {
    const { committed, transact, append } = fakeTransactions();
    const { write } = createWriteQueue(transact);
    await Promise.all(Array.from({ length: 250 }, (_, index) => write(append(String(index)))));
    expect(committed.map(({ length }) => length)).toEqual([100, 100, 50]);
  });
});
