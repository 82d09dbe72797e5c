import { describe, expect, test } from '@jest/globals';
import { createGroupSync } from '../../src/storage/sqlite/group-sync.ts';

/** A disk that syncs when told to. */
function createDisk() {
  const begun: { end: () => void; fail: (error: unknown) => void }[] = [];
  const sync = () => new Promise<void>((resolve, reject) => begun.push({ end: resolve, fail: reject }));
  return { begun, sync };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the shared sync', () => {
  test('serves all who wait, but never with a sync that began before they wrote', async () => {
    const disk = createDisk();
    const group = createGroupSync(3, disk.sync);
    const done: string[] = [];
    const flush = (name: string) => group.flush().then(() => done.push(name));
    void flush('first');
    for (const name of ['second', 'third', 'fourth']) void flush(name);
    await turn();
    expect(disk.begun).toHaveLength(1);
    disk.begun[0]?.end();
    await turn();
    expect(done).toEqual(['first']);
    expect(disk.begun).toHaveLength(2);
    void flush('fifth');
    disk.begun[1]?.end();
    await turn();
    expect(done).toEqual(['first', 'second', 'third', 'fourth']);
    expect(disk.begun).toHaveLength(3);
    disk.begun[2]?.end();
    await turn();
    expect(done.at(-1)).toBe('fifth');
  });

  test('acknowledges nothing more after the disk failed once', async () => {
    const disk = createDisk();
    const group = createGroupSync(3, disk.sync);
    const [first, second] = [group.flush(), group.flush()];
    disk.begun[0]?.fail(new Error('EIO'));
    await expect(first).rejects.toThrow('EIO');
    await expect(second).rejects.toThrow('EIO');
    await expect(group.flush()).rejects.toThrow('EIO');
    expect(disk.begun).toHaveLength(1);
    expect(group.failure).toBeDefined();
  });
});
