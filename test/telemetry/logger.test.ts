import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { LogLevel } from '../../src/telemetry/index.ts';
import { createLogger, runInRequest } from '../../src/telemetry/index.ts';

function createListener(level: LogLevel = 'info') {
  const lines: string[] = [];
  const logger = createLogger({ level, destination: { write: (line) => lines.push(line) } });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? 'null') };
}

describe('the logger', () => {
  it('writes one JSON line with level, time, message and fields', () => {
    const { logger, lines, last } = createListener();
    logger.info({ client: 'site-one', count: 3 }, 'a client was added');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.endsWith('}\n')).toBe(true);
    expect(last()).toMatchObject({ level: 'info', msg: 'a client was added', client: 'site-one', count: 3 });
    expect(last().time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('leaves out lines below its level, and all of them when silent', () => {
    const warn = createListener('warn');
    warn.logger.info({}, 'no');
    warn.logger.warn({}, 'yes');
    expect(warn.lines).toHaveLength(1);
    const silent = createListener('silent');
    silent.logger.fatal({}, 'no');
    expect(silent.lines).toHaveLength(0);
  });

  it('carries the request id through awaits, apart for each request', async () => {
    const { logger, lines } = createListener();
    await Promise.all(
      ['r-1', 'r-2'].map((requestId) =>
        runInRequest({ requestId }, async () => {
          await delay(1);
          logger.info({ of: requestId }, 'inside');
        }),
      ),
    );
    logger.info({}, 'outside');
    const parsed = lines.map((line) => JSON.parse(line));
    expect(parsed.slice(0, 2).every((line) => line.requestId === line.of)).toBe(true);
    expect(parsed[2].requestId).toBeUndefined();
  });

  it('takes out members that name personal data or secrets, at any depth and in children', () => {
    const { logger, lines } = createListener();
    logger.child({ room: 'demo', phoneNumber: '13900000001' }).info(
      {
        name: '演示甲',
        person: { id_number: '520102188001010014', real_name: '演示甲', deep: [{ 'Set-Cookie': 'sid=abc' }] },
        headers: { authorization: 'Bearer secret-token', Cookie: 'sid=abc', accept: 'text/html' },
      },
      'a request',
    );
    expect(lines[0]).not.toMatch(/演示甲|520102188001010014|13900000001|secret-token|sid=abc/);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ room: 'demo', headers: { accept: 'text/html' } });
  });

  it('takes numbers and tokens out of texts, wherever they hide', () => {
    const { logger, lines } = createListener();
    const token = `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(20)}`;
    const cause = new Error('the register refused 11010519491231002X');
    logger.error({ err: new Error('phone 13900000001 is taken', { cause }) }, 'no 520102188001010014');
    logger.warn({ note: '+8613900000001 and 520102000101999', list: [token] }, `token ${token}`);
    const all = lines.join('');
    expect(all).not.toMatch(/13900000001|11010519491231002X|520102188001010014|520102000101999|eyJ/);
    const error = JSON.parse(lines[0] ?? '').err;
    expect(error).toMatchObject({ type: 'Error', message: 'phone [redacted] is taken' });
    expect(error.cause.message).toBe('the register refused [redacted]');
  });

  it('takes out what the runtime quotes of a text that is no JSON', () => {
    const { lines, logger } = createListener();
    for (const text of ['x520103188804040045王示例', `{"a": 王示例 and ${'more '.repeat(20)}`])
      try {
        JSON.parse(text);
      } catch (err) {
        logger.info({ err, reason: (err as Error).message }, 'refused');
      }
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).toContain('is not valid JSON');
      expect(line).not.toMatch(/520103188|王示例/);
    }
  });

  it('bounds what a caller could make long, and cuts no number in two', () => {
    const { logger, lines, last } = createListener();
    const long = `${'eyJ'.repeat(30_000)}`;
    const number = `${'x '.repeat(1_995)}520102188001010014 ${'y'.repeat(5_000)}`;
    const started = performance.now();
    logger.warn({ err: new Error(long), note: number, list: [long] }, 'too much');
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(lines[0]?.length).toBeLessThan(20_000);
    expect(last().note).toMatch(/x \[cut\]$/);
  });

  it('keeps counts, instants, hashes and random ids readable', () => {
    const { logger, last } = createListener();
    const fields = {
      at: 1753000000123,
      id: 'Zm9vYmFyYmF6cXV4MTIzNA',
      bytes: 123456789,
      sha256: 'ab12'.repeat(16),
    };
    logger.info(fields, 'kept');
    expect(last()).toMatchObject(fields);
  });

  it('cuts queries off addresses', () => {
    const { logger, last } = createListener();
    logger.info({ url: '/oidc/auth?login_hint=somebody&state=s' }, 'asked');
    expect(last().url).toBe('/oidc/auth');
  });

  it('bounds what one line can hold and survives cycles', () => {
    const { logger, last } = createListener();
    const cycle: Record<string, unknown> = { many: Array.from({ length: 500 }, (_, i) => i) };
    cycle.self = cycle;
    logger.info({ cycle, bytes: Buffer.alloc(9), big: 12n }, 'large');
    expect(last().cycle.many).toHaveLength(50);
    expect(last().bytes).toBe('[9 bytes]');
    expect(last().big).toBe('12');
  });
});
