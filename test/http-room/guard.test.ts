import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { Problem } from '../../src/core/index.ts';
import { createTestRoom, testClock } from '../support/http-room.ts';

const room = createTestRoom();
const call = () => request(room.handler);
const parcel = (body: string | object, token = 'good') =>
  call().post('/api/v1/parcels').set('Authorization', `Bearer ${token}`).type('application/json').send(body);

describe('the path and method of a request', () => {
  it('that no table names answer 404, as a document to programs and as a page to browsers', async () => {
    const json = await call().get('/nowhere').expect(404);
    expect(json.type).toBe('application/problem+json');
    expect(json.body).toMatchObject({ code: 'not-found', status: 404 });
    const html = await call()
      .get('/nowhere')
      .set('Accept', 'text/html,application/xhtml+xml,*/*;q=0.8')
      .expect(404);
    expect(html.type).toBe('text/html');
    expect(html.text).toContain('not-found');
    expect((await call().get('/api/nowhere').set('Accept', 'text/html').expect(404)).type).toBe(
      'application/problem+json',
    );
  });

  it('of which only the path is known answer 405 and list the methods', async () => {
    const reply = await call().delete('/sample').expect(405);
    expect(reply.headers.allow).toBe('GET, HEAD, POST');
    expect(reply.body.code).toBe('method-not-allowed');
    await call().options('/api/v1/parcels').expect(405).expect('Allow', 'POST');
  });

  it('are exact: no other case, no trailing slash, no dots', async () => {
    for (const path of ['/Sample', '/sample/', '/x/../sample%2f', '//sample'])
      await call().get(path).expect(404);
    for (const path of ['//', '//[', '///'])
      await call().get(path).set('Accept', 'text/html').expect(404).expect('Content-Type', /html/);
  });
});

describe('an access token', () => {
  it('is asked for with a challenge, refused when not genuine, and must carry the scope', async () => {
    const none = await call().post('/api/v1/parcels').expect(401);
    expect(none.headers['www-authenticate']).toBe('Bearer');
    const bad = await parcel({ label: 'books' }, 'bad').expect(401);
    expect(bad.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    const poor = await parcel({ label: 'books' }, 'poor').expect(403);
    expect(poor.body).toMatchObject({ code: 'scope-missing', scope: 'parcels:create' });
  });

  it('with the scope opens the route', async () => {
    const reply = await parcel({ label: 'books' }).expect(201);
    expect(reply.body).toEqual({ id: 'p1', label: 'books' });
    expect(reply.headers.location).toBe('/api/v1/parcels/p1');
  });
});

describe('a page of a person', () => {
  it('sends strangers to log in, and scripts a problem that says where', async () => {
    await call().get('/mine').expect(303).expect('Location', '/login?level=2');
    const reply = await call().post('/api/v1/mine').send({}).expect(401);
    expect(reply.body).toMatchObject({ code: 'login-required', login: '/login?level=1' });
  });

  it('opens at the level asked for; a file is sent to be kept, not shown', async () => {
    const reply = await call().get('/mine').set('X-Test-Level', '2').expect(200);
    expect(reply.headers['content-disposition']).toMatch(/^attachment; .*filename\*=UTF-8''/);
    expect(reply.headers['content-security-policy']).toContain('sandbox');
  });

  it('is not called from other origins by its scripts', async () => {
    const from = (headers: Record<string, string>) =>
      call().post('/api/v1/mine').set('X-Test-Level', '2').set(headers).send({});
    await from({ Origin: 'http://localhost:3001' }).expect(403);
    await from({ Origin: 'null' }).expect(403);
    await from({ 'Sec-Fetch-Site': 'same-site' }).expect(403);
    await from({ Origin: 'http://localhost:3000', 'Sec-Fetch-Site': 'same-origin' }).expect(204);
  });
});

describe('a body', () => {
  it('that the schema refuses answers 422 with a pointer to each fault', async () => {
    const reply = await parcel({ label: 'x', weight_grams: -1, extra: true }).expect(422);
    expect(reply.body.code).toBe('invalid-input');
    expect(reply.body.errors.map((fault: { pointer: string }) => fault.pointer)).toEqual(
      expect.arrayContaining(['/label', '/weight_grams']),
    );
    for (const fault of reply.body.errors)
      expect(fault).toMatchObject({ code: expect.any(String), detail: expect.any(String) });
  });

  it('over the limit answers 413, whether its length is stated or not', async () => {
    const reply = await parcel({ label: 'x'.repeat(70_000) }).expect(413);
    expect(reply.body.code).toBe('content-too-large');
    const chunked = call().post('/api/v1/parcels').set({
      Authorization: 'Bearer good',
      'Content-Type': 'application/json',
      'Transfer-Encoding': 'chunked',
    });
    for (let chunk = 0; chunk < 70; chunk += 1) chunked.write('x'.repeat(1000));
    await chunked.expect(413);
  });

  it('of another type, compressed, or no type answers 415', async () => {
    const post = () => call().post('/api/v1/parcels').set('Authorization', 'Bearer good');
    await post().type('text/plain').send('x').expect(415);
    await post().type('application/json').set('Content-Encoding', 'gzip').send('{}').expect(415);
    await post().expect(415);
    // Names of types have no case, and parameters change nothing.
    await post().set('Content-Type', 'Application/JSON; charset=utf-8').send('{"label":"books"}').expect(201);
  });

  it('that lacks a member is told which, and every fault in both languages', async () => {
    const reply = await parcel({ weight_grams: 'much' }).expect(422);
    expect(reply.body.errors).toEqual([
      { pointer: '/label', code: 'required', detail: 'Fill in this field', text: expect.anything() },
      { pointer: '/weight_grams', code: 'invalid-type', detail: expect.any(String), text: expect.anything() },
    ]);
    for (const { detail, text } of reply.body.errors) {
      expect(text.en).toBe(detail);
      expect(text.zh).toMatch(/^[\p{Script=Han}]/u);
      expect(JSON.stringify(text)).not.toContain('undefined');
    }
  });

  it('that is no JSON, nested too deep, too long or with names of prototypes answers 400', async () => {
    const deep = `${'{"a":'.repeat(30)}1${'}'.repeat(30)}`;
    const long = JSON.stringify({ label: Array(1500).fill(1) });
    for (const body of ['{', '', deep, long, '{"__proto__":{"x":1}}', '{"a":[{"constructor":1}]}']) {
      const reply = await parcel(body).expect(400);
      expect(reply.body.code).toBe('malformed-request');
    }
  });

  it('that the handler answers is held to its contract: a member that it does not name never leaves', async () => {
    const reply = await call().get('/api/v1/leak').expect(500);
    expect(reply.body.code).toBe('internal-error');
    expect(reply.text).not.toContain('520102188001010014');
    expect(room.log.join('')).not.toContain('520102188001010014');
  });
});

describe('path and query', () => {
  it('are parsed by their schemas: what no path can name is not there', async () => {
    const path = await call().get('/api/v1/parcels/..%2f?part=wrong').expect(404);
    expect(path.headers['content-type']).toContain('application/problem+json');
    expect(path.body.code).toBe('not-found');
    const query = await call().get('/api/v1/parcels/p1?part=wrong').expect(422);
    expect(query.body.errors[0].pointer).toBe('/query/part');
  });

  it('with a parameter twice, brackets as structure, or the name of a prototype are refused', async () => {
    testClock.at += 61_000;
    await call().get('/api/v1/parcels/p1?part=label&part=all').expect(400);
    await call().get('/api/v1/parcels/p1?__proto__=1').expect(400);
    await call().get('/api/v1/parcels/p1?part[$ne]=label').expect(422);
  });
});

describe('a limit', () => {
  it('answers 429 with Retry-After when it is used up, and opens again after its window', async () => {
    testClock.at += 61_000;
    for (let use = 0; use < 3; use += 1) await call().get('/api/v1/parcels/p1').expect(200);
    const reply = await call().get('/api/v1/parcels/p1').expect(429);
    expect(reply.body.code).toBe('rate-limited');
    expect(reply.headers['retry-after']).toBe('60');
    testClock.at += 61_000;
    await call().get('/api/v1/parcels/p1').expect(200);
  });

  it.each(['rate-limited', 'uploads-busy'] as const)('is told to people in words (%s)', (code) => {
    const { zh, en } = new Problem(code).definition.text;
    expect(zh + en).not.toContain('Retry-After');
  });

  it('keeps no addresses: its keys are hashes', () => {
    expect(room.counter.keys().length).toBeGreaterThan(0);
    for (const key of room.counter.keys()) expect(key).toMatch(/^http:[\w-]{43}$/);
  });
});

describe('a fault', () => {
  it('of the program answers 500 without its cause, which goes to the log under the request id', async () => {
    const reply = await call().get('/breaks').set('Accept', 'application/json').expect(500);
    expect(reply.text).not.toContain('4711');
    const id = reply.headers['x-request-id'];
    expect(reply.body).toMatchObject({ code: 'internal-error', instance: `urn:tongxing:request:${id}` });
    const line = room.log.find((one) => one.includes('4711')) ?? '';
    expect(JSON.parse(line)).toMatchObject({ level: 'error', requestId: id, route: '/breaks' });
    expect((await call().get('/breaks').set('Accept', 'text/html').expect(500)).text).toContain(
      `internal-error`,
    );
  });

  it('leaves whoever is logged in their menu and for whom they act, and strangers nothing', async () => {
    const page = () => call().get('/mine/gone').set('Accept', 'text/html').set('X-Test-Level', '2');
    const reply = await page().set('X-Test-Acting', 'yes').expect(404);
    expect(reply.text).toMatch(/class="site-nav"[\s\S]*href="\/logout"[\s\S]*代表「示例省演示食品有限公司」/);
    expect((await page().expect(404)).text).not.toContain('class="acting"');
    expect((await call().get('/nowhere').set('Accept', 'text/html').expect(404)).text).not.toMatch(
      /class="(site-nav|acting)"/,
    );
  });

  it('of the store answers 503 with Retry-After', async () => {
    const reply = await call().get('/store-down').set('Accept', 'text/html').expect(503);
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    expect(reply.text).toContain('store-unavailable');
    expect(reply.text).not.toContain('db1');
  });
});
