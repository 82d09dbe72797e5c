import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { z } from 'zod';
import { Problem } from '../../src/core/index.ts';
import { api, type Listener, listenMetrics, page } from '../../src/http/index.ts';
import { createTestRoom, type TestRoom } from '../support/http-room.ts';

const addressSeen = (room: TestRoom, headers: Record<string, string>) =>
  request(room.handler)
    .get('/api/v1/parcels/p1')
    .set(headers)
    .then((reply) => reply.body.label);

describe('forwarding headers', () => {
  it('of strangers are not believed', async () => {
    const room = createTestRoom();
    const headers = {
      'X-Forwarded-For': '203.0.113.9',
      'X-Forwarded-Proto': 'https',
      'X-Request-Id': 'abcdefgh12345678',
    };
    expect(await addressSeen(room, headers)).toBe('127.0.0.1');
    const behind = createTestRoom({ trustProxy: ['10.0.0.0/8'] });
    expect(await addressSeen(behind, headers)).toBe('127.0.0.1');
    const reply = await request(behind.handler).get('/healthz').set(headers);
    expect(reply.headers['x-request-id']).not.toBe('abcdefgh12345678');
  });

  it('of our proxies tell the address, but only what stands right of the last stranger', async () => {
    const room = createTestRoom({ trustProxy: ['127.0.0.0/8', '::1', '10.0.0.0/8'] });
    expect(await addressSeen(room, { 'X-Forwarded-For': '198.51.100.1, 203.0.113.9, 10.1.2.3' })).toBe(
      '203.0.113.9',
    );
    expect(await addressSeen(room, { 'X-Forwarded-For': 'nonsense' })).toBe('127.0.0.1');
    expect(await addressSeen(room, { 'X-Forwarded-For': '::ffff:203.0.113.9' })).toBe('203.0.113.9');
    const reply = await request(room.handler).get('/healthz').set('X-Request-Id', 'abcdefgh12345678');
    expect(reply.headers['x-request-id']).toBe('abcdefgh12345678');
    const bad = await request(room.handler).get('/healthz').set('X-Request-Id', 'a b');
    expect(bad.headers['x-request-id']).toMatch(/^[\w-]{22}$/);
  });

  it('must say https when the issuer is https, except for the questions of a load balancer', async () => {
    const room = createTestRoom({ issuer: 'https://sso.example', trustProxy: ['127.0.0.1'] });
    const reply = await request(room.handler).get('/sample').set('X-Forwarded-Proto', 'http').expect(403);
    expect(reply.body.code).toBe('insecure-transport');
    await request(room.handler).get('/healthz').expect(200);
  });

  it('and Host never make a link: the issuer does', async () => {
    const room = createTestRoom();
    room.http.attach({
      paths: ['/oidc/where'],
      middleware: (ctx) => {
        ctx.body = ctx.href;
      },
    });
    const reply = await request(room.handler)
      .get('/oidc/where')
      .set({ Host: 'evil.example', 'X-Forwarded-Host': 'evil.example' });
    expect(reply.text).toBe('http://localhost:3000/oidc/where');
  });
});

describe('an IPv6 household', () => {
  it('shares one count, however many addresses it has', async () => {
    const room = createTestRoom({ trustProxy: ['127.0.0.1', '::1'] });
    const status = (address: string) =>
      request(room.handler)
        .get('/api/v1/parcels/p1')
        .set('X-Forwarded-For', address)
        .then((reply) => reply.status);
    expect(await status('2001:db8:1:2::1')).toBe(200);
    expect(await status('2001:db8:1:2:3::1')).toBe(200);
    expect(await status('2001:db8:1:2:ffff:1:2:3')).toBe(200);
    expect(await status('2001:db8:1:2::4')).toBe(429);
    expect(await status('2001:db8:1:3::1')).toBe(200);
  });
});

describe('a middleware with paths of its own', () => {
  it('gets its requests unread and with headers, and what it leaves open is our 404', async () => {
    const room = createTestRoom();
    room.http.attach({
      paths: ['/oidc/token', '/oidc/{other}', '/.well-known/openid-configuration'],
      middleware: async (ctx, next) => {
        if (ctx.path !== '/oidc/token') return next();
        let text = '';
        for await (const chunk of ctx.req) text += chunk;
        ctx.body = { text };
      },
    });
    const reply = await request(room.handler)
      .post('/oidc/token')
      .type('form')
      .send('grant_type=x')
      .expect(200);
    expect(reply.body).toEqual({ text: 'grant_type=x' });
    expect(reply.headers['content-security-policy']).toContain("script-src 'self'");
    await request(room.handler).get('/oidc/p4ssw0rd').expect(404);
    const text = await room.metrics.text();
    expect(text).toContain('tongxing_http_requests_total{method="POST",route="/oidc/token",status="200"} 1');
    expect(text).toContain('route="/oidc/{other}",status="404"');
    expect(text).not.toContain('p4ssw0rd');
  });

  it('can draw our pages, in the language that the site asked for', async () => {
    const room = createTestRoom();
    room.http.attach({
      paths: ['/oidc/{page}'],
      middleware: async (ctx) => room.http.renderPage(ctx, { view: 'sample', status: 400 }, ['en-GB']),
    });
    const drawn = await request(room.handler).get('/oidc/page').expect(400);
    expect(drawn.text).toContain('<html lang="en">');
  });
});

describe('metrics', () => {
  it('know patterns only: no path, parameter or method that a caller chooses', async () => {
    const room = createTestRoom();
    await request(room.handler).get('/api/v1/parcels/p4711?part=label');
    await request(room.handler).get('/somewhere/4711');
    const text = await room.metrics.text();
    expect(text).toContain('route="/api/v1/parcels/{id}"');
    expect(text).toContain('route="unmatched"');
    expect(text).not.toContain('4711');
  });

  it('are served on an address of their own, and nothing else is', async () => {
    const room = createTestRoom();
    const listener = await listenMetrics(room.metrics, { host: '127.0.0.1', port: 0 });
    const base = request(`http://127.0.0.1:${listener.port}`);
    expect((await base.get('/metrics').expect(200)).text).toContain('tongxing_http_request_seconds');
    await base.get('/').expect(404);
    await base.post('/metrics').expect(404);
    await listener.close();
    await request(room.handler).get('/metrics').expect(404);
  });
});

describe('readiness', () => {
  it('is red with the failing part and turns green by itself; liveness stays green', async () => {
    let broken: 'no' | 'problem' | 'other' = 'problem';
    const room = createTestRoom({
      probes: {
        store: async () => {
          if (broken === 'problem') throw new Problem('store-unavailable');
          if (broken === 'other') throw new Error('connect mongodb://admin:pw@db1');
        },
        keyring: async () => 'anything',
      },
    });
    const red = await request(room.handler).get('/readyz').expect(503);
    expect(red.body).toMatchObject({
      code: 'not-ready',
      checks: { store: 'store-unavailable', keyring: 'ok' },
    });
    expect(red.headers['retry-after']).toBeDefined();
    broken = 'other';
    expect((await request(room.handler).get('/readyz').expect(503)).text).not.toContain('db1');
    await request(room.handler).get('/healthz').expect(200);
    broken = 'no';
    const green = await request(room.handler).get('/readyz').expect(200);
    expect(green.body).toEqual({ status: 'ready', checks: { store: 'ok', keyring: 'ok' } });
  });
});

describe('a listening server', () => {
  const slowRoom = () => {
    const room = createTestRoom();
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    room.http.mount([
      api({
        method: 'GET',
        path: '/slow',
        access: { anyone: 'a test' },
        summary: 'Waits',
        response: { status: 200, schema: z.object({ done: z.boolean() }) },
        handle: async () => {
          entered.resolve();
          await release.promise;
          return { body: { done: true } };
        },
      }),
    ]);
    return { room, entered: entered.promise, release: () => release.resolve() };
  };
  const fetchSlow = (listener: Listener) =>
    new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
      get({ host: '127.0.0.1', port: listener.port, path: '/slow' }, (res) => {
        res.resume();
        res.on('end', () => resolve({ status: res.statusCode, connection: res.headers.connection }));
      }).on('error', reject);
    });

  it('that is closed finishes what is in flight, accepts nothing new, and closes only once', async () => {
    const { room, entered, release } = slowRoom();
    const listener = await room.http.listen({ host: '127.0.0.1', port: 0 });
    const inFlight = fetchSlow(listener);
    await entered;
    const closing = listener.close({ graceMs: 5000 });
    await expect(fetchSlow(listener)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await request(room.handler).get('/readyz').expect(503).expect('Connection', 'close');
    release();
    expect(await inFlight).toMatchObject({ status: 200 });
    await closing;
    await listener.close();
  });

  it('cuts what does not finish in time', async () => {
    const { room, entered, release } = slowRoom();
    const listener = await room.http.listen({ host: '127.0.0.1', port: 0 });
    const inFlight = fetchSlow(listener);
    const cut = expect(inFlight).rejects.toMatchObject({ code: 'ECONNRESET' });
    await entered;
    await listener.close({ graceMs: 50 });
    await cut;
    release();
  });

  it('says which port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(createTestRoom().http.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'address-in-use',
      message: expect.stringContaining(String(port)),
    });
    other.close();
  });
});

describe('a route table', () => {
  it('refuses a path that is already taken', () => {
    const room = createTestRoom();
    const again = page({
      method: 'GET',
      path: '/sample',
      access: { anyone: 'a test' },
      summary: 'Again',
      handle: async () => ({ redirect: '/' }),
    });
    expect(() => room.http.mount([again])).toThrow('mounted twice');
  });
});
