import { createHash } from 'node:crypto';
import { createAudit } from '../../src/audit/index.ts';
import type { Random } from '../../src/core/index.ts';
import { systemRandom } from '../../src/core/index.ts';
import { createIdentity, type Identity, type IdentitySettings } from '../../src/identity/index.ts';
import type { RegisterAnswer, Registries } from '../../src/registries/index.ts';
import { createRateCounter, openDatabase, type Store } from '../../src/storage/index.ts';
import { createLogger, createMetrics } from '../../src/telemetry/index.ts';
import { createTestKeyring } from '../support/audit.ts';
import { issuer } from '../support/device.ts';
import type { TestPerson } from '../support/people.ts';
import { openTempStore } from '../support/temp-store.ts';
import { createTestCipher } from '../support/test-cipher.ts';

export { issuer };
export const start = Date.UTC(2026, 10, 22, 1, 0, 0);
export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** A clock that stands until it is moved. */
export function createTestClock() {
  let now = start;
  return {
    now: () => now,
    advance(ms: number) {
      now += ms;
    },
  };
}

/** An organisation as the business register of a test has it. */
export interface TestOrganisation {
  name: string;
  representative: TestPerson;
  isStruckOff?: boolean;
}

/** The four registers in memory: they know whom they are told of, and can be down. */
export function createTestRegisters(clock: { now(): number }) {
  const people = new Map<string, { name: string; isDead?: boolean }>();
  const subscribers = new Map<string, string>();
  const cards = new Map<string, string>();
  const organisations = new Map<string, TestOrganisation>();
  const down = new Set<'police' | 'business' | 'telecom' | 'socialSecurity'>();
  const asked = { police: 0, business: 0, telecom: 0, socialSecurity: 0 };

  function answer(
    register: keyof typeof asked,
    source: string,
    judge: () =>
      | { outcome: 'match' | 'not-found' }
      | { outcome: 'mismatch'; elements: string[] }
      | { outcome: 'ended'; reason?: 'struck-off' },
  ): RegisterAnswer {
    asked[register] += 1;
    if (down.has(register)) return { outcome: 'unavailable', reason: 'told to be down' };
    const verdict = judge();
    const from = { register: source, reference: `ref-${asked[register]}`, at: clock.now() };
    if (verdict.outcome === 'ended')
      return { outcome: 'ended', reason: verdict.reason ?? 'deceased', source: from };
    return { ...verdict, source: from } as RegisterAnswer;
  }

  const registries: Registries = {
    police: {
      checkPerson: async ({ idNumber, name }) =>
        answer('police', 'police-population', () => {
          const person = people.get(idNumber);
          if (!person) return { outcome: 'not-found' };
          if (person.name !== name) return { outcome: 'mismatch', elements: ['name'] };
          return person.isDead ? { outcome: 'ended' } : { outcome: 'match' };
        }),
    },
    business: {
      checkRepresentative: async ({ creditCode, idNumber, name }) =>
        answer('business', 'business-register', () => {
          const organisation = organisations.get(creditCode);
          if (!organisation) return { outcome: 'not-found' };
          if (organisation.isStruckOff) return { outcome: 'ended', reason: 'struck-off' };
          const { representative } = organisation;
          const elements = [
            ...(representative.idNumber === idNumber ? [] : ['id_number']),
            ...(representative.name === name ? [] : ['name']),
          ];
          return elements.length === 0 ? { outcome: 'match' } : { outcome: 'mismatch', elements };
        }),
      async findOrganisation({ creditCode }) {
        const told = answer('business', 'business-register', () => ({ outcome: 'match' }));
        if (told.outcome !== 'match') return { outcome: 'unavailable', reason: 'told to be down' };
        const { source } = told;
        const organisation = organisations.get(creditCode);
        if (!organisation) return { outcome: 'not-found', source };
        const standing = organisation.isStruckOff ? 'struck-off' : 'active';
        return { outcome: 'found', name: organisation.name, standing, source };
      },
    },
    socialSecurity: {
      checkCard: async ({ idNumber, cardNumber }) =>
        answer('socialSecurity', 'social-security', () =>
          cards.get(idNumber) === cardNumber
            ? { outcome: 'match' }
            : { outcome: 'mismatch', elements: ['card_number'] },
        ),
    },
    telecom: {
      checkSubscriber: async ({ phoneNumber, idNumber }) =>
        answer('telecom', 'telecom-operator', () =>
          subscribers.get(phoneNumber) === idNumber
            ? { outcome: 'match' }
            : { outcome: 'mismatch', elements: ['id_number'] },
        ),
    },
  };

  return {
    registries,
    people,
    organisations,
    subscribers,
    cards,
    down,
    asked,
    /** The registers know this person, with phone and card in their name. */
    know(person: TestPerson) {
      people.set(person.idNumber, { name: person.name });
      subscribers.set(person.phoneNumber, person.idNumber);
      cards.set(person.idNumber, person.cardNumber);
    },
  };
}

/** A gateway that keeps what it is given. */
export function createTestSms() {
  const sent: { phoneNumber: string; text: string; reference: string }[] = [];
  const state = { isDown: false };
  return {
    sent,
    state,
    async send(message: { phoneNumber: string; text: string; reference: string }) {
      if (state.isDown) return 'unavailable' as const;
      if (!sent.some((one) => one.reference === message.reference)) sent.push(message);
      return 'sent' as const;
    },
    to: (phoneNumber: string) => sent.filter((one) => one.phoneNumber === phoneNumber).map((one) => one.text),
    /** The newest code to a phone. */
    code(phoneNumber: string): string {
      const texts = sent.filter((one) => one.phoneNumber === phoneNumber && /验证码|code/.test(one.text));
      const found = /\d{6}/.exec(texts.at(-1)?.text ?? '');
      if (!found) throw new Error('no code was sent to this phone');
      return found[0];
    },
  };
}

/** What a test may choose. */
export interface HouseOptions {
  /** Opens the store on which the room is built; the embedded one in a folder of its own when absent. */
  open?: (clock: {
    now(): number;
  }) => Promise<{ store: Store; again(): Promise<Store>; remove(): Promise<void> }>;
  random?: Random;
  settings?: Partial<IdentitySettings>;
}

/** Opens the embedded store; `again` opens the same one as a second process, or the next life of this one, would. */
export async function openEmbedded(clock: { now(): number }) {
  const temp = await openTempStore({ clock });
  const others: { close(): Promise<void> }[] = [];
  return {
    store: temp.store,
    async again() {
      const database = await openDatabase(temp.url, { clock, random: systemRandom });
      others.push(database);
      return database.open(createTestCipher());
    },
    async remove() {
      for (const other of others) await other.close();
      await temp.remove();
    },
  };
}

/** The room over a real store and a real log, with registers and gateway in memory. */
export async function createHouse(options: HouseOptions = {}) {
  const clock = createTestClock();
  const opened = await (options.open ?? openEmbedded)(clock);
  const registers = createTestRegisters(clock);
  const sms = createTestSms();
  const log: string[] = [];
  const logger = createLogger({ level: 'info', destination: { write: (line) => void log.push(line) } });
  const auditKeys = createTestKeyring();
  const identities: Identity[] = [];
  const logs: { drain(): Promise<void> }[] = [];

  function build(store: Store) {
    const metrics = createMetrics({ processMetrics: false });
    const random = options.random ?? systemRandom;
    const audit = createAudit({ store, keyring: auditKeys, clock, random, metrics, logger } as Parameters<
      typeof createAudit
    >[0]);
    logs.push(audit);
    store.onCommitted((_collection, _key, events) => void audit.append(events));
    const identity = createIdentity({
      store,
      keyring: { derive: (purpose) => createHash('sha256').update(purpose).digest() },
      registries: registers.registries,
      sms,
      audit,
      rate: createRateCounter(store, clock),
      clock,
      random,
      logger,
      metrics,
      settings: { issuer, siteName: { zh: '示例通行', en: 'Tongxing Demo' }, ...options.settings },
    });
    identities.push(identity);
    return { identity, audit, store };
  }

  const { identity, audit, store } = build(opened.store);
  return {
    identity,
    audit,
    store,
    clock,
    registers,
    sms,
    log,
    visitor: { address: '192.0.2.1' },
    /** One more process on the same store, or this one after a restart. */
    again: async () => build(await opened.again()),
    async close() {
      for (const one of identities) await one.close();
      for (const one of logs) await one.drain();
      await opened.remove();
    },
  };
}

export type House = Awaited<ReturnType<typeof createHouse>>;

/** Waits for what the room does behind its answers. */
export async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  for (let round = 0; round < 400; round += 1) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('what was waited for did not happen');
}

export const password = 'lantern over the river';
let transactions = 0;

/** Takes somebody as far as step 3 of a registration, expecting each step to go on. */
export async function registerUntilLogin(house: House, person: TestPerson) {
  const { registration } = house.identity;
  const { visitor } = house;
  transactions += 1;
  const transaction = `transaction-${transactions}`;
  const started = await registration.start({ ...person, transaction, visitor });
  if (started.outcome !== 'continue') throw new Error(`step 1 ended with ${started.outcome}`);
  const { registrationId } = started;
  const base = { registrationId, transaction, visitor };
  const before = house.sms.sent.length;
  const sent = await registration.sendCode({ ...base, phoneNumber: person.phoneNumber });
  if (sent.outcome !== 'sent') throw new Error(`the code was not sent: ${sent.outcome}`);
  await until(() => house.sms.sent.length > before);
  const proof = await registration.confirmPhone({ ...base, code: house.sms.code(person.phoneNumber) });
  return { base, proof };
}

/** Registers somebody with a password. */
export async function register(house: House, person: TestPerson): Promise<string> {
  const { base, proof } = await registerUntilLogin(house, person);
  if (proof.outcome !== 'continue') throw new Error(`step 2 ended with ${proof.outcome}`);
  const done = await house.identity.registration.complete({
    ...base,
    login: { method: 'password', password },
  });
  if (done.outcome !== 'registered') throw new Error(`step 3 ended with ${done.outcome}`);
  return done.accountId;
}

/** Opens an account at the counter: the short way for tests that are not about registration. */
export async function enrol(house: House, person: TestPerson, level: 0 | 1 | 2 | 3 = 2): Promise<string> {
  const done = await house.identity.enrolment.enrolResident({
    ...person,
    password,
    level,
    isPhoneMatched: true,
    source: 'counter-1',
    reference: 'case-1',
    by: 'test',
  });
  if (done.outcome !== 'enrolled') throw new Error(`enrolment ended with ${done.outcome}`);
  return done.accountId;
}
