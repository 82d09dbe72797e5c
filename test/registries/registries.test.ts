import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { organisations, type Persona, personas } from '../../scripts/demo/personas.ts';
import { systemClock } from '../../src/core/index.ts';
import {
  createRegistries,
  type Registries,
  type RegistriesDependencies,
} from '../../src/registries/index.ts';
import { type LocalServer, startLocalServer } from '../support/local-server.ts';
import { createTestOutbound, type TestOutbound } from '../support/outbound.ts';
import { startTestRegisters, type TestRegisters } from '../support/registers.ts';

const persona = (id: string): Persona => {
  const found = personas.find((one) => one.id === id);
  if (!found) throw new Error(`there is no persona ${id}`);
  return found;
};
const idNumberOf = (id: string): string => persona(id).identifiers.id_number;
const phoneOf = (id: string): string => `+86${persona(id).identifiers.phone}`;
const person = (id: string) => ({ idType: '111', idNumber: idNumberOf(id), name: persona(id).name });

const now = Date.UTC(1900, 0, 1);
const quick = { timeoutMs: 250, retryDelayMs: 5, breakerFailures: 3, breakerOpenMs: 150 };

let simulators: TestRegisters;
let outbound: TestOutbound;
let registries: Registries;

function create(options: Partial<RegistriesDependencies> = {}): Registries {
  const { urls } = simulators;
  const clock = { now: () => now };
  return createRegistries({ outbound, urls, clock, metrics: outbound.metrics, limits: quick, ...options });
}

beforeAll(async () => {
  simulators = await startTestRegisters();
});
afterAll(() => simulators.close());
beforeEach(async () => {
  await simulators.control('/reset');
  outbound = createTestOutbound({ allow: [simulators.hostPort] });
  registries = create();
});
afterEach(() => outbound.close());

const metric = async (line: string): Promise<boolean> => (await outbound.metrics.text()).includes(line);

describe('the police register', () => {
  it('matches a living person of that name, with the source of the answer', async () => {
    expect(await registries.police.checkPerson(person('resident-2'))).toEqual({
      outcome: 'match',
      source: { register: 'police-population', reference: expect.stringMatching(/^POLICE-\d+$/), at: now },
    });
  });

  it('knows the holder of a residence permit', async () => {
    const answer = await registries.police.checkPerson(person('newcomer-permit'));
    expect(answer.outcome).toBe('match');
  });

  it('names the element that differs, and does not say what the right one is', async () => {
    const answer = await registries.police.checkPerson(person('contradicted'));
    expect(answer).toMatchObject({ outcome: 'mismatch', elements: ['name'] });
    expect(JSON.stringify(answer)).not.toContain(persona('contradicted').facts.policeName);
  });

  it('says that somebody died', async () => {
    const answer = await registries.police.checkPerson(person('deceased'));
    expect(answer).toMatchObject({ outcome: 'ended', reason: 'deceased' });
  });

  it('may have nothing to say about one record for now, which is no reason to stop asking about others', async () => {
    for (let turn = 0; turn <= quick.breakerFailures; turn++) {
      const answer = await registries.police.checkPerson(person('resident-0'));
      expect(answer).toEqual({ outcome: 'unavailable', reason: 'rejected' });
    }
    expect((await registries.police.checkPerson(person('resident-2'))).outcome).toBe('match');
  });

  it('does not know everybody', async () => {
    const question = { ...person('resident-2'), idNumber: '520102188912310026' };
    expect((await registries.police.checkPerson(question)).outcome).toBe('not-found');
  });
});

describe('the business register', () => {
  const company = organisations.find(({ standing }) => standing === 'active');
  const closed = organisations.find(({ standing }) => standing === 'struck_off');
  const creditCode = company?.creditCode ?? '';

  it('confirms the legal representative and contradicts anybody else', async () => {
    const representative = { creditCode, ...person('representative') };
    expect((await registries.business.checkRepresentative(representative)).outcome).toBe('match');
    expect(await registries.business.checkRepresentative({ creditCode, ...person('agent') })).toMatchObject({
      outcome: 'mismatch',
      elements: ['id_number', 'name'],
    });
  });

  it('says that an organisation was struck off', async () => {
    const question = { creditCode: closed?.creditCode ?? '', ...person('representative') };
    expect(await registries.business.checkRepresentative(question)).toMatchObject({
      outcome: 'ended',
      reason: 'struck-off',
    });
  });

  it('gives name and standing of an organisation, or says that there is none', async () => {
    expect(await registries.business.findOrganisation({ creditCode })).toMatchObject({
      outcome: 'found',
      name: company?.name,
      standing: 'active',
      source: { register: 'business-register', at: now },
    });
    const unknown = await registries.business.findOrganisation({ creditCode: '92520100MA6WXYQ21N' });
    expect(unknown.outcome).toBe('not-found');
  });
});

describe('social security and the telecom operators', () => {
  it('bind a card to its holder', async () => {
    const cardNumber = persona('resident-2').facts.cardNumber ?? '';
    const { idNumber, name } = person('resident-2');
    const check = registries.socialSecurity.checkCard;
    expect((await check({ idNumber, name, cardNumber })).outcome).toBe('match');
    expect(await check({ idNumber, name, cardNumber: 'G99999999' })).toMatchObject({
      outcome: 'mismatch',
      elements: ['card_number'],
    });
    expect((await check({ ...person('resident-0'), cardNumber })).outcome).toBe('not-found');
  });

  it('say whose phone it is, also after the number was handed on', async () => {
    const question = { phoneNumber: phoneOf('resident-2'), idNumber: idNumberOf('resident-2') };
    expect((await registries.telecom.checkSubscriber(question)).outcome).toBe('match');
    await simulators.control('/subscribers', {
      phone_number: question.phoneNumber,
      id_number: idNumberOf('newcomer'),
    });
    expect(await registries.telecom.checkSubscriber(question)).toMatchObject({
      outcome: 'mismatch',
      elements: ['id_number'],
    });
    await simulators.control('/subscribers', { phone_number: question.phoneNumber, id_number: null });
    expect((await registries.telecom.checkSubscriber(question)).outcome).toBe('not-found');
  });
});

describe('a register in trouble', () => {
  const ask = () => registries.police.checkPerson(person('resident-2'));
  const unavailable = (reason: string) => ({ outcome: 'unavailable', reason });
  const outcomes = (outcome: string) =>
    `tongxing_register_questions_total{register="police-population",outcome="${outcome}"}`;

  it('that is not configured is unavailable', async () => {
    registries = create({ urls: {} });
    expect(await ask()).toEqual(unavailable('not-configured'));
    expect((await registries.business.findOrganisation({ creditCode: '1' })).outcome).toBe('unavailable');
    expect(await metric(`${outcomes('not-configured')} 1`)).toBe(true);
  });

  it.each([
    ['slow', { delay_ms: 400 }, 'no-answer', 2],
    ['silent', { mode: 'no-answer' }, 'no-answer', 2],
    ['failing', { mode: 'error' }, 'error-status', 2],
    ['talking nonsense', { mode: 'malformed' }, 'malformed', 1],
  ])('that is %s is unavailable after the tries that make sense', async (_how, fault, reason, tries) => {
    await simulators.control('', { register: 'police', ...fault });
    expect(await ask()).toEqual(unavailable(reason));
    expect(await metric(`${outcomes(reason)} 1`)).toBe(true);
    const sent = /requests_total\{kind="police-population",outcome="[^"]+"\} (\d+)/;
    expect(sent.exec(await outbound.metrics.text())?.[1]).toBe(String(tries));
    await simulators.control('/reset');
    expect((await ask()).outcome).toBe('match');
  });

  it('opens its breaker after failures in a row, answers at once then, and recovers by itself', async () => {
    const state = (value: number) => `tongxing_register_breaker_state{register="police-population"} ${value}`;
    expect(await metric(state(0))).toBe(true);
    await simulators.control('', { register: 'police', mode: 'error' });
    for (let turn = 0; turn < quick.breakerFailures; turn++) {
      expect(await ask()).toEqual(unavailable('error-status'));
    }
    expect(await metric(state(2))).toBe(true);
    expect(await ask()).toEqual(unavailable('breaker-open'));
    const card = { ...person('resident-2'), cardNumber: persona('resident-2').facts.cardNumber ?? '' };
    expect((await registries.socialSecurity.checkCard(card)).outcome).toBe('match');

    await new Promise((resolve) => setTimeout(resolve, quick.breakerOpenMs + 20));
    expect(await ask()).toEqual(unavailable('error-status'));
    expect(await ask()).toEqual(unavailable('breaker-open'));

    await simulators.control('/reset');
    await new Promise((resolve) => setTimeout(resolve, quick.breakerOpenMs + 20));
    expect((await ask()).outcome).toBe('match');
    expect(await metric(state(0))).toBe(true);
  });

  it('at an address that the guard refuses is unavailable', async () => {
    registries = create({ urls: { police: 'https://10.0.0.1/police' } });
    expect(await ask()).toEqual(unavailable('refused'));
  });
});

describe('what goes over the wire', () => {
  let peer: LocalServer;
  let answer: { status: number; body: string };
  const received: { path?: string | undefined; authorization?: string | undefined; body: unknown }[] = [];
  beforeAll(async () => {
    peer = await startLocalServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      received.push({
        path: request.url,
        authorization: request.headers.authorization,
        body: JSON.parse(Buffer.concat(chunks).toString()),
      });
      response.writeHead(answer.status).end(answer.body);
    });
  });
  afterAll(() => peer.close());
  const ask = async (status: number, body: unknown) => {
    answer = { status, body: JSON.stringify(body) };
    const own = createTestOutbound({ allow: [peer.hostPort] });
    const police = createRegistries({
      ...{ outbound: own, metrics: own.metrics, clock: systemClock, limits: quick },
      urls: { police: `${peer.url}/base/` },
      tokens: { police: 'a-token' },
    }).police;
    const said = await police.checkPerson(person('resident-2'));
    await own.close();
    return said;
  };

  it('is the question and nothing more, with the bearer token of the settings', async () => {
    await ask(200, { result: 'match', reference: 'r' });
    expect(received.at(-1)).toEqual({
      path: '/base/person-checks',
      authorization: 'Bearer a-token',
      body: { id_type: '111', id_number: idNumberOf('resident-2'), name: persona('resident-2').name },
    });
  });

  it('may have members that we do not know: they are not kept', async () => {
    const said = await ask(200, { result: 'match', reference: 'r', address: 'somewhere' });
    expect(said).toMatchObject({ outcome: 'match' });
    expect(JSON.stringify(said)).not.toContain('somewhere');
  });

  it.each([
    ['a status of our own fault', 401, { result: 'match', reference: 'r' }, 'rejected'],
    ['no reference', 200, { result: 'match' }, 'malformed'],
    ['a mismatch without elements', 200, { result: 'mismatch', reference: 'r' }, 'malformed'],
    ['an unknown result', 200, { result: 'maybe', reference: 'r' }, 'malformed'],
    [
      'an element that is no member name',
      200,
      { result: 'mismatch', elements: ['王示例'], reference: 'r' },
      'malformed',
    ],
    ['a list', 200, [], 'malformed'],
    ['a flood', 200, { result: 'match', reference: 'r', more: 'x'.repeat(300_000) }, 'malformed'],
  ])('with %s is not believed', async (_what, status, body, reason) => {
    expect(await ask(status, body)).toEqual({ outcome: 'unavailable', reason });
  });

  it('leaves no identifier in the log', async () => {
    await simulators.control('', { register: 'police', mode: 'no-answer' });
    await registries.police.checkPerson(person('resident-2'));
    const log = outbound.lines.join('');
    expect(log).toContain('police-population');
    expect(log).not.toContain(idNumberOf('resident-2'));
    expect(log).not.toContain(persona('resident-2').name);
  });
});
