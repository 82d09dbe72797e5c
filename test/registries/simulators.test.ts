import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createSmsGateway } from '../../src/outbound/index.ts';
import { createTestOutbound, type TestOutbound } from '../support/outbound.ts';
import { startTestRegisters, type TestRegisters } from '../support/registers.ts';

const phoneNumber = '+8613800001812';

describe('short messages', () => {
  let simulators: TestRegisters;
  let outbound: TestOutbound;
  beforeAll(async () => {
    simulators = await startTestRegisters();
    outbound = createTestOutbound({ allow: [simulators.hostPort] });
  });
  afterAll(async () => {
    await outbound.close();
    await simulators.close();
  });
  beforeEach(() => simulators.control('/reset'));
  const gateway = (url: string | undefined = simulators.smsUrl) =>
    createSmsGateway({ outbound, url, metrics: outbound.metrics });

  it('arrive at the phone, newest first, and their code can be read', async () => {
    const sms = gateway();
    expect(await sms.send({ phoneNumber, text: '验证码 111222。', reference: 'a' })).toBe('sent');
    expect(await sms.send({ phoneNumber, text: '验证码 333444。', reference: 'b' })).toBe('sent');
    await sms.send({ phoneNumber: '+8613800001813', text: '验证码 555666。', reference: 'c' });
    expect((await simulators.inbox('138 0000 1812')).map(({ reference }) => reference)).toEqual(['b', 'a']);
    expect(await simulators.lastCode(phoneNumber)).toBe('333444');
  });

  it('are delivered once for one reference', async () => {
    const sms = gateway();
    await sms.send({ phoneNumber, text: 'once', reference: 'same' });
    await sms.send({ phoneNumber, text: 'once', reference: 'same' });
    expect(await simulators.inbox(phoneNumber)).toHaveLength(1);
  });

  it.each(['error', 'no-answer'])('are unavailable when the gateway answers with %s', async (mode) => {
    await simulators.control('', { register: 'sms', mode });
    expect(await gateway().send({ phoneNumber, text: 'x', reference: mode })).toBe('unavailable');
  });

  it('are unavailable without a gateway or when it refuses them', async () => {
    const without = createSmsGateway({ outbound, url: undefined, metrics: outbound.metrics });
    expect(await without.send({ phoneNumber, text: 'x', reference: 'r' })).toBe('unavailable');
    expect(await gateway().send({ phoneNumber, text: '', reference: 'r' })).toBe('unavailable');
    const text = await outbound.metrics.text();
    expect(text).toContain('tongxing_sms_messages_total{outcome="not-configured"} 1');
    expect(text).toMatch(/tongxing_sms_messages_total\{outcome="sent"\} \d/);
  });

  it('are shown on a page that escapes them and needs no script', async () => {
    await gateway().send({ phoneNumber, text: '<b>验证码</b> 482913', reference: 'page' });
    const response = await fetch(`${simulators.url}/inbox?phone=13800001812`);
    const page = await response.text();
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page).toContain('&lt;b&gt;验证码&lt;/b&gt; <mark>482913</mark>');
    expect(page).not.toContain('<script');
  });
});

describe('the simulators', () => {
  let simulators: TestRegisters;
  beforeAll(async () => {
    simulators = await startTestRegisters();
  });
  afterAll(() => simulators.close());
  const post = async (path: string, body: unknown) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(simulators.url + path, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return [response.status, await response.json()];
  };

  it('refuse a question with a member too many or too few', async () => {
    const question = { id_type: '111', id_number: '520103188804040045', name: '王示例' };
    expect(await post('/police/person-checks', { ...question, phone: '1' })).toEqual([
      400,
      { error: 'phone is not asked for' },
    ]);
    expect(await post('/police/person-checks', { id_type: '111' })).toEqual([
      400,
      { error: 'id_number is missing' },
    ]);
    expect((await post('/police/anything', question))[0]).toBe(404);
  });

  it('can be disturbed by the form of the control page too, and say how they stand', async () => {
    const form = new URLSearchParams({ register: 'telecom', mode: 'error', delay_ms: '5' });
    const init = {
      method: 'POST',
      body: form,
      headers: { accept: 'text/html' },
      redirect: 'manual',
    } as const;
    expect((await fetch(`${simulators.url}/control`, init)).status).toBe(303);
    const state = await (await fetch(`${simulators.url}/control`)).json();
    expect(state).toMatchObject({ telecom: { mode: 'error', delay_ms: 5 }, police: { mode: 'normal' } });
    const page = await (
      await fetch(`${simulators.url}/control`, { headers: { accept: 'text/html' } })
    ).text();
    expect(page).toContain('disturbed');
    expect((await post('/control', { register: 'weather' }))[0]).toBe(400);
  });
});
