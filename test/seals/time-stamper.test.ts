import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dayMs, systemRandom } from '../../src/core/index.ts';
import { createOutbound, type Outbound } from '../../src/outbound/index.ts';
import { createTimeStamper } from '../../src/seals/index.ts';
import { createLogger, createMetrics } from '../../src/telemetry/index.ts';
import { type LocalServer, startLocalServer } from '../support/local-server.ts';
import { answerTimeStamp, type Holder, pkiNow, type TokenFaults } from '../support/pki.ts';
import { pki } from './trust.ts';

const clock = { now: () => pkiNow };
const digest = createHash('sha256').update('a signature').digest();
let server: LocalServer;
let outbound: Outbound;
let answer: (request: Buffer) => Buffer | number;

beforeAll(async () => {
  server = await startLocalServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const isQuery = request.headers['content-type'] === 'application/timestamp-query';
    const said = isQuery ? answer(Buffer.concat(parts)) : 415;
    response.statusCode = typeof said === 'number' ? said : 200;
    response.end(typeof said === 'number' ? '' : said);
  });
  outbound = createOutbound({
    allow: [server.hostPort],
    metrics: createMetrics({ processMetrics: false }),
    logger: createLogger({ level: 'silent' }),
    clock,
  });
});

afterAll(async () => {
  await outbound.close();
  await server.close();
});

const stamp = (reply: typeof answer, url = server.url) => {
  answer = reply;
  const anchors = [pki.timeRoot.certificate.der];
  return createTimeStamper({ outbound, clock, random: systemRandom, url, anchors }).stamp(digest);
};
const by = (tsa: Holder, faults?: TokenFaults) => (request: Buffer) => answerTimeStamp(tsa, request, faults);

describe('the client of a time-stamping authority', () => {
  it('takes a token that answers its own request', async () => {
    expect((await stamp(by(pki.tsa))).length).toBeGreaterThan(500);
  });

  it.each<[string, (request: Buffer) => Buffer]>([
    ['a refusal', by(pki.tsa, { status: 2 })],
    ['the nonce of another request', by(pki.tsa, { nonce: Buffer.from('0102030405060708', 'hex') })],
    ['another digest', by(pki.tsa, { imprint: Buffer.alloc(32, 1) })],
    ['a time to come', by(pki.tsa, { at: pkiNow + dayMs })],
    ['an authority that nobody trusts', by(pki.strangerTsa)],
    ['a certificate whose purpose is not critical', by(pki.sloppyTsa)],
    ['a certificate for sealing', by(pki.seal)],
    ['bytes that are no answer', () => Buffer.from('hello')],
    ['an answer cut short', (request) => answerTimeStamp(pki.tsa, request).subarray(0, 300)],
  ])('refuses %s', async (_, reply) => {
    await expect(stamp(reply)).rejects.toMatchObject({ code: 'time-stamp-refused' });
  });

  it('says loudly that the authority is down', async () => {
    await expect(stamp(() => 503)).rejects.toMatchObject({ code: 'time-stamp-unavailable', status: 503 });
    await expect(stamp(() => 200, 'http://127.0.0.1:9')).rejects.toMatchObject({
      code: 'time-stamp-unavailable',
    });
  });
});
