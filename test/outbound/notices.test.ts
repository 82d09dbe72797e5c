import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Random, systemRandom } from '../../src/core/index.ts';
import { createNotices, type Notice, type Notices } from '../../src/outbound/index.ts';
import { openDatabase } from '../../src/storage/index.ts';
import { createLogger, createMetrics, type Metrics } from '../../src/telemetry/index.ts';
import { type LocalServer, startLocalServer } from '../support/local-server.ts';
import { createTestOutbound, type TestOutbound } from '../support/outbound.ts';
import { openTempStore, type TempStore } from '../support/temp-store.ts';
import { createTestCipher } from '../support/test-cipher.ts';

const hour = 3600_000;

describe('notices', () => {
  let now: number;
  const clock = { now: () => now };
  let temp: TempStore;
  let outbound: TestOutbound;
  let metrics: Metrics;
  let site: LocalServer;
  let lines: string[];
  let answer: (body: string) => number | 'hang up';
  let received: { body: string; type: string | undefined; path: string | undefined }[];
  let queues: Notices[];

  function createQueue(random: Random = systemRandom, pollMs = 10): Notices {
    const logger = createLogger({ level: 'warn', destination: { write: (line) => void lines.push(line) } });
    const queue = createNotices({ store: temp.store, outbound, clock, random, metrics, logger, pollMs });
    queues.push(queue);
    return queue;
  }

  const notice = (id: string, more: Partial<Notice> = {}): Notice => ({
    ...{ id, kind: 'backchannel-logout', url: `${site.url}/logout` },
    ...{ contentType: 'application/x-www-form-urlencoded', body: `logout_token=${id}` },
    until: now + hour,
    ...more,
  });
  const bodies = (): string[] => received.map(({ body }) => body);
  const outcome = async (name: string): Promise<number> => {
    const line = new RegExp(`notices_total\\{kind="backchannel-logout",outcome="${name}"\\} (\\d+)`);
    return Number(line.exec(await metrics.text())?.[1] ?? 0);
  };
  const depth = async (): Promise<number> => Number(/notices_waiting (\d+)/.exec(await metrics.text())?.[1]);
  async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let tries = 0; !(await holds()); tries++) {
      if (tries > 200) throw new Error('it did not happen');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  beforeEach(async () => {
    now = Date.now();
    queues = [];
    received = [];
    lines = [];
    answer = () => 200;
    metrics = createMetrics({ processMetrics: false });
    temp = await openTempStore({ clock });
    site = await startLocalServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const body = Buffer.concat(chunks).toString();
      received.push({ body, type: request.headers['content-type'], path: request.url });
      const status = answer(body);
      if (status === 'hang up') response.destroy();
      else response.writeHead(status).end();
    });
    outbound = createTestOutbound({ allow: [site.hostPort] });
  });
  afterEach(async () => {
    await Promise.all(queues.map((queue) => queue.close()));
    await outbound.close();
    await site.close();
    await temp.remove();
  });

  it('are delivered as they were enqueued, and then are no longer waiting', async () => {
    const queue = createQueue();
    await queue.enqueue(notice('a'));
    expect(await depth()).toBe(1);
    expect(await queue.deliverDue()).toBe(1);
    expect(received).toEqual([
      { body: 'logout_token=a', type: 'application/x-www-form-urlencoded', path: '/logout' },
    ]);
    expect(await depth()).toBe(0);
    expect(await outcome('delivered')).toBe(1);
    expect(await queue.deliverDue()).toBe(0);
  });

  it('are delivered once for one id, also when it is enqueued again after the delivery', async () => {
    const queue = createQueue();
    await queue.enqueue(notice('same'));
    await queue.enqueue(notice('same'));
    await queue.deliverDue();
    await queue.enqueue(notice('same'));
    expect(await queue.deliverDue()).toBe(0);
    expect(bodies()).toEqual(['logout_token=same']);
  });

  it('come back after a failure, later each time, until they are delivered', async () => {
    const latest: Random = { ...systemRandom, bytes: (size) => Buffer.alloc(size, 0xff) };
    const queue = createQueue(latest);
    const answers = [500, 'hang up', 404, 204] as const;
    answer = () => answers[received.length - 1] ?? 500;
    await queue.enqueue(notice('late'));
    for (const delay of [0, 1_000, 2_000, 4_000]) {
      now += Math.max(0, delay - 10);
      if (delay) expect(await queue.deliverDue()).toBe(0);
      now += 10;
      expect(await queue.deliverDue()).toBe(1);
    }
    expect(bodies()).toHaveLength(4);
    expect(await outcome('retried')).toBe(3);
    expect(await outcome('delivered')).toBe(1);
  });

  it('are given up at their end, which is counted and logged without the address or the body', async () => {
    const queue = createQueue();
    answer = () => 503;
    await queue.enqueue(notice('hopeless', { until: now + 400 }));
    await queue.enqueue(notice('too-late', { until: now - 1 }));
    await queue.deliverDue();
    expect(bodies()).toEqual(['logout_token=hopeless']);
    expect(await outcome('given-up')).toBe(2);
    expect(await depth()).toBe(0);
    expect(lines.join('')).toContain('notice given up');
    expect(lines.join('')).not.toMatch(/logout_token|\/logout/);
  });

  it('are delivered by exactly one of several processes', async () => {
    const many = Array.from({ length: 40 }, (_, index) => `n${index}`);
    const [first, ...others] = [createQueue(), createQueue(), createQueue()];
    for (const id of many) await first?.enqueue(notice(id));
    const tried = await Promise.all([first, ...others].map((queue) => queue?.deliverDue()));
    expect(bodies().sort()).toEqual(many.map((id) => `logout_token=${id}`).sort());
    expect(tried.reduce((sum, count) => (sum ?? 0) + (count ?? 0), 0)).toBe(40);
  });

  it('of a process that died while delivering are delivered by another after the lease', async () => {
    let release = (): void => {};
    const blocked = new Promise<never>((_, reject) => {
      release = () => reject(new Error('the process is gone'));
    });
    const dying = createNotices({
      ...{ store: temp.store, clock, random: systemRandom, metrics },
      logger: createLogger({ level: 'silent' }),
      outbound: { ...outbound, request: () => blocked },
    });
    await dying.enqueue(notice('orphan'));
    const lost = dying.deliverDue();
    const heir = createQueue();
    await eventually(async () => (await heir.deliverDue()) === 0);
    now += 29_000;
    expect(await heir.deliverDue()).toBe(0);
    now += 1_001;
    expect(await heir.deliverDue()).toBe(1);
    release();
    await lost;
    expect(bodies()).toEqual(['logout_token=orphan']);
  });

  it('leave by themselves once started, soon after they are enqueued', async () => {
    const queue = createQueue(systemRandom, 60_000);
    await queue.enqueue(notice('before'));
    queue.start();
    await eventually(() => received.length === 1);
    await queue.enqueue(notice('after'));
    await eventually(() => received.length === 2);
  });

  it('survive a restart of the store', async () => {
    await createQueue().enqueue(notice('kept'));
    await temp.database.close();
    const database = await openDatabase(temp.url, { clock, random: systemRandom });
    const store = database.open(createTestCipher());
    const logger = createLogger({ level: 'silent' });
    const queue = createNotices({ store, outbound, clock, random: systemRandom, metrics, logger });
    expect(await queue.deliverDue()).toBe(1);
    expect(bodies()).toEqual(['logout_token=kept']);
    await database.close();
  });

  it('to a site that is down do not hold up those to another', async () => {
    const silent = await startLocalServer(() => {});
    const other = createTestOutbound({ allow: [site.hostPort, silent.hostPort] });
    const queue = createNotices({
      ...{ store: temp.store, clock, random: systemRandom, metrics, outbound: other, pollMs: 10 },
      logger: createLogger({ level: 'silent' }),
    });
    for (let index = 0; index < 30; index++) {
      await queue.enqueue(notice(`down${index}`, { url: `${silent.url}/logout` }));
    }
    queue.start();
    await queue.enqueue(notice('up'));
    const started = Date.now();
    await eventually(() => received.length === 1);
    expect(Date.now() - started).toBeLessThan(3_000);
    await silent.close();
    await queue.close();
    await other.close();
  });

  it('are not held up by a host that keeps failing: after five failures it is left alone', async () => {
    const queue = createQueue();
    answer = () => 500;
    for (let index = 0; index < 20; index++) await queue.enqueue(notice(`f${index}`));
    await queue.deliverDue();
    for (let index = 0; index < 20; index++) await queue.enqueue(notice(`g${index}`));
    const before = received.length;
    await queue.deliverDue();
    expect(received.length).toBe(before);
    expect(await depth()).toBe(40);
  });
});
