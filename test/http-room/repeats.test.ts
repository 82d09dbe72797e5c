import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { z } from 'zod';
import { api } from '../../src/http/index.ts';
import { createRepeatRecords } from '../../src/storage/index.ts';
import { createTestRoom } from '../support/http-room.ts';
import { createMovableClock } from '../support/sso.ts';
import { openTempStore, type TempStore } from '../support/temp-store.ts';

const clock = createMovableClock();
const seen: { token: string | undefined; name: string }[] = [];
let hold: Promise<void> | undefined;
let opened: TempStore;
type Handler = ReturnType<typeof createTestRoom>['handler'];
let handler: Handler;
/** The same service in another process. */
let elsewhere: Handler;

function startRoom(): Handler {
  const { http } = createTestRoom({ repeats: createRepeatRecords(opened.store, clock) });
  http.mount([
    api({
      method: 'POST',
      path: '/api/v1/kites',
      access: { scope: 'parcels:create' },
      summary: 'Makes a kite.',
      body: z.strictObject({ name: z.string() }),
      response: { status: 201, schema: z.strictObject({ number: z.int() }) },
      isRepeatable: true,
      async handle({ body, repeatToken }) {
        seen.push({ token: repeatToken, name: body.name });
        await hold;
        if (body.name === 'broken') throw new Error('the string tore');
        return { body: { number: seen.length }, headers: { Location: '/kites' } };
      },
    }),
  ]);
  return http.app.callback();
}

beforeAll(async () => {
  opened = await openTempStore({ clock });
  handler = startRoom();
  elsewhere = startRoom();
});
afterAll(() => opened.remove());

const post = (name: string, key?: string, to = handler) => {
  const asked = request(to).post('/api/v1/kites').set('Authorization', 'Bearer good').send({ name });
  return key === undefined ? asked : asked.set('Idempotency-Key', key);
};

describe('a request with an Idempotency-Key', () => {
  it('is run once for all its repeats, which get the same answer with its headers', async () => {
    const first = await post('red', 'k1');
    const second = await post('red', 'k1');
    expect(first.status).toBe(201);
    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
    expect(second.headers.location).toBe('/kites');
    expect(seen.filter(({ name }) => name === 'red')).toHaveLength(1);
    expect(seen[0]?.token).toMatch(/^[\w-]{22}$/);
  });

  it('is refused when the key was used for another body, and runs freely without a key', async () => {
    const other = await post('blue', 'k1');
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
    const [a, b] = [await post('red'), await post('red')];
    expect(a.body.number).not.toBe(b.body.number);
  });

  it('is told to wait while the first one runs, and is taken over with the same token when that one died', async () => {
    let release = (): void => undefined;
    hold = new Promise((resolve) => {
      release = resolve;
    });
    const first = post('green', 'k2').then((answer) => answer);
    while (!seen.some(({ name }) => name === 'green')) await new Promise((wait) => setTimeout(wait, 5));
    for (const to of [handler, elsewhere]) {
      const early = await post('green', 'k2', to);
      expect([early.status, early.body.code, early.headers['retry-after']]).toEqual([
        409,
        'request-running',
        '2',
      ]);
    }
    // Before its next sign of life: to the other process this one is dead.
    clock.advance(5);
    expect((await post('green', 'k2')).status).toBe(409);
    const takeover = post('green', 'k2', elsewhere).then((answer) => answer);
    while (seen.filter(({ name }) => name === 'green').length < 2)
      await new Promise((wait) => setTimeout(wait, 5));
    release();
    hold = undefined;
    expect((await takeover).status).toBe(201);
    expect((await first).status).toBe(201);
    const tokens = new Set(seen.filter(({ name }) => name === 'green').map(({ token }) => token));
    expect(tokens.size).toBe(1);
  });

  it('runs again after a failure, and after a day', async () => {
    expect((await post('broken', 'k3')).status).toBe(500);
    expect((await post('broken', 'k3')).status).toBe(500);
    expect(seen.filter(({ name }) => name === 'broken')).toHaveLength(2);
    clock.advance(25 * 3600);
    await post('red', 'k1');
    expect(seen.filter(({ name, token }) => name === 'red' && token !== undefined)).toHaveLength(2);
  });

  it('needs a key of visible characters', async () => {
    expect((await post('red', 'a b')).status).toBe(400);
  });
});
