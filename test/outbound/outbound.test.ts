import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isProblem } from '../../src/core/index.ts';
import { type LocalServer, startLocalServer } from '../support/local-server.ts';
import { createTestOutbound, type TestOutbound } from '../support/outbound.ts';

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  const error = await call.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  return isProblem(error) ? `${error.code}: ${error.extensions.reason}` : error;
}

describe('an outgoing request', () => {
  let server: LocalServer;
  let outbound: TestOutbound;
  beforeAll(async () => {
    server = await startLocalServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://here');
      if (pathname === '/echo') {
        response.writeHead(200, { 'x-method': request.method ?? '' });
        return void request.pipe(response);
      }
      if (pathname === '/teapot') return void response.writeHead(418).end('short and stout');
      if (pathname === '/nothing') return void response.writeHead(204).end();
      if (pathname === '/silent') return;
      if (pathname === '/hang-up') return void response.destroy();
      if (pathname === '/drip') {
        const timer = setInterval(() => response.write('.'), 20);
        return void response.on('close', () => clearInterval(timer));
      }
      if (pathname === '/endless') {
        const more = (): void => void (response.destroyed || response.write('x'.repeat(16_384), more));
        return more();
      }
      if (pathname === '/away') return void response.writeHead(302, { location: '/teapot' }).end();
      response.end('here');
    });
    outbound = createTestOutbound({ allow: [server.hostPort] });
  });
  afterAll(async () => {
    await outbound.close();
    await server.close();
  });

  it('reaches a host of the allow-list by plain http, and no other port of it', async () => {
    expect((await outbound.request(server.url)).body.toString()).toBe('here');
    expect(await failureOf(outbound.request('http://127.0.0.1:1/'))).toBe('outbound-refused: plain-http');
    expect(await failureOf(outbound.request('https://127.0.0.1:1/'))).toBe(
      'outbound-refused: special-use-address',
    );
  });

  it('takes any status as an answer', async () => {
    const answer = await outbound.request(`${server.url}/teapot`);
    expect([answer.status, answer.body.toString()]).toEqual([418, 'short and stout']);
  });

  it('sends method, headers and body', async () => {
    const answer = await outbound.request(`${server.url}/echo`, { method: 'POST', body: '{"a":"通行"}' });
    expect(answer.headers.get('x-method')).toBe('POST');
    expect(answer.body.toString()).toBe('{"a":"通行"}');
  });

  it('uses one connection for requests that follow each other', async () => {
    const before = server.connections();
    for (let turn = 0; turn < 5; turn++) await outbound.request(server.url);
    expect(server.connections() - before).toBeLessThanOrEqual(1);
  });

  it.each([
    ['/silent', 'timeout'],
    ['/drip', 'timeout'],
    ['/endless', 'too-large'],
    ['/hang-up', 'unreachable'],
  ])('to %s ends with %s', async (path, reason) => {
    expect(await failureOf(outbound.request(server.url + path, { timeoutMs: 300 }))).toBe(
      `outbound-failed: ${reason}`,
    );
  });

  it('ends with aborted when the caller gives up, with timeout when the caller set a time', async () => {
    const controller = new AbortController();
    const call = failureOf(outbound.request(`${server.url}/silent`, { signal: controller.signal }));
    controller.abort();
    expect(await call).toBe('outbound-failed: aborted');
    const signal = AbortSignal.timeout(50);
    expect(await failureOf(outbound.request(`${server.url}/silent`, { signal }))).toBe(
      'outbound-failed: timeout',
    );
  });

  it('ends with unreachable when nobody listens or the name does not exist', async () => {
    const gone = await startLocalServer(() => {});
    await gone.close();
    const other = createTestOutbound({ allow: [gone.hostPort, 'nowhere.invalid:80'] });
    expect(await failureOf(other.request(gone.url))).toBe('outbound-failed: unreachable');
    expect(await failureOf(other.request('http://nowhere.invalid/'))).toBe('outbound-failed: unreachable');
    await other.close();
  });

  it('is counted and timed by kind and outcome', async () => {
    await outbound.request(server.url, { kind: 'sms' });
    await failureOf(outbound.request(`${server.url}/silent`, { kind: 'sms', timeoutMs: 50 }));
    const text = await outbound.metrics.text();
    expect(text).toContain('tongxing_outbound_requests_total{kind="sms",outcome="2xx"} 1');
    expect(text).toContain('tongxing_outbound_requests_total{kind="sms",outcome="timeout"} 1');
    expect(text).toContain('tongxing_outbound_duration_seconds_count{kind="sms"} 2');
  });

  describe('in the shape of fetch', () => {
    it('answers a Response with status, headers, body and url', async () => {
      const response = await outbound.fetch(`${server.url}/echo`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain', 'user-agent': '' },
        body: new URLSearchParams({ logout_token: 'a.b.c' }),
      });
      expect(response.ok).toBe(true);
      expect(response.url).toBe(`${server.url}/echo`);
      expect(await response.text()).toBe('logout_token=a.b.c');
      expect((await outbound.fetch(new URL(`${server.url}/nothing`))).status).toBe(204);
    });

    it('follows, keeps or refuses redirects as it is told', async () => {
      const away = `${server.url}/away`;
      expect((await outbound.fetch(away)).status).toBe(418);
      expect((await outbound.fetch(away, { redirect: 'manual' })).status).toBe(302);
      expect(await failureOf(outbound.fetch(away, { redirect: 'error' }))).toBe(
        'outbound-failed: redirected',
      );
    });

    it('keeps to the guard even when a library hands in a dispatcher of its own', async () => {
      const init = { dispatcher: { dispatch: () => true } } as RequestInit;
      expect(await failureOf(outbound.fetch('https://127.0.0.1/', init))).toBe(
        'outbound-refused: special-use-address',
      );
    });

    it('ends when its signal does', async () => {
      const signal = AbortSignal.timeout(50);
      expect(await failureOf(outbound.fetch(`${server.url}/silent`, { signal }))).toBe(
        'outbound-failed: timeout',
      );
    });
  });
});
