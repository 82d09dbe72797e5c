import type { Identity, Visitor } from '../../src/identity/index.ts';
import { organisations, type Persona, personas } from './personas.ts';

const visitor: Visitor = { address: '127.0.0.1', locale: 'zh-CN' };

/** Tells the simulators how a register behaves from now on. */
async function set(simulators: string, register: string, mode: 'normal' | 'no-answer'): Promise<void> {
  const response = await fetch(`${simulators}/control`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ register, mode }),
  });
  if (!response.ok) throw new Error(`the simulators refused to set ${register} to ${mode}`);
}

/** Waits for a code to arrive at a phone of the demo world; messages go out beside the request that asked for them. */
async function codeAt(simulators: string, phone: string): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const response = await fetch(`${simulators}/inbox.json?phone=${phone}`);
    const messages = (await response.json()) as { text: string }[];
    const code = messages.map(({ text }) => /(?<!\d)\d{6}(?!\d)/.exec(text)?.[0]).find(Boolean);
    if (code) return code;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no code arrived at ${phone}`);
}

/**
 * Registers the residents of the demo world: at a counter, or by the same three steps as anybody, with the registers disturbed
 * as their stories want it; then binds the companies to their representatives. Who is registered already stays as they are.
 * `passUntil` lets the time of the world pass: an earlier start that was interrupted may have used what the limits allow.
 */
export async function registerPersonas(
  identity: Identity,
  simulators: string,
  passUntil: (instant: number) => void = () => {},
): Promise<void> {
  for (const story of ['in-full', 'at-counter', 'without-telecom', 'without-police'] as const) {
    const register = story.startsWith('without-') ? story.slice('without-'.length) : undefined;
    for (const persona of personas.filter(({ registered }) => registered === story)) {
      if (await identity.enrolment.findAccountId({ type: 'phone', value: `+86${persona.identifiers.phone}` }))
        continue;
      if (register) await set(simulators, register, 'no-answer');
      try {
        if (story === 'at-counter') await enrolAtCounter(identity, persona);
        else await registerOne(identity, { simulators, passUntil }, persona);
      } finally {
        if (register) await set(simulators, register, 'normal');
      }
    }
  }
  await bindCompanies(identity);
}

/** Binds the companies to those of their representatives who have an account, by the register as anybody would. */
async function bindCompanies({ enrolment, organisations: bindings }: Identity): Promise<void> {
  for (const { creditCode, standing, representative } of organisations) {
    const persona = personas.find(({ id }) => id === representative);
    if (standing !== 'active' || persona?.registered !== 'in-full') continue;
    const accountId = await enrolment.findAccountId({
      type: 'phone',
      value: `+86${persona.identifiers.phone}`,
    });
    if (!accountId) continue;
    const bound = await bindings.bind({ accountId, creditCode, visitor });
    if (!('organisationId' in bound))
      throw new Error(`${representative}: binding ended with ${bound.outcome}`);
  }
}

async function enrolAtCounter({ enrolment }: Identity, persona: Persona): Promise<void> {
  const { id, name, idType, identifiers, password } = persona;
  const enrolled = await enrolment.enrolResident({
    ...{ name, idType, idNumber: identifiers.id_number, password, level: 3, isPhoneMatched: true },
    phoneNumber: identifiers.phone,
    ...{ source: 'demo-counter', reference: id, by: 'demo' },
  });
  if (enrolled.outcome !== 'enrolled') throw new Error(`${id}: enrolment ended with ${enrolled.outcome}`);
}

interface World {
  simulators: string;
  passUntil: (instant: number) => void;
}

async function registerOne(
  { registration }: Identity,
  { simulators, passUntil }: World,
  persona: Persona,
): Promise<void> {
  const { id, name, idType, identifiers, password } = persona;
  const transaction = `persona ${id}`;
  const started = await registration.start({
    idType,
    idNumber: identifiers.id_number,
    name,
    transaction,
    visitor,
  });
  if (started.outcome !== 'continue') throw new Error(`${id}: identity step ended with ${started.outcome}`);
  const at = { registrationId: started.registrationId, transaction, visitor };
  const sendCode = () => registration.sendCode({ ...at, phoneNumber: identifiers.phone });
  let sent = await sendCode();
  if (sent.outcome === 'limited') {
    passUntil(sent.retryAt);
    sent = await sendCode();
  }
  if (sent.outcome !== 'sent') throw new Error(`${id}: sending the code ended with ${sent.outcome}`);
  const proved = await registration.confirmPhone({
    ...at,
    code: await codeAt(simulators, identifiers.phone),
  });
  if (proved.outcome !== 'continue') throw new Error(`${id}: phone step ended with ${proved.outcome}`);
  const done = await registration.complete({
    ...at,
    login: password === undefined ? { method: 'sms' } : { method: 'password', password },
  });
  if (done.outcome !== 'registered') throw new Error(`${id}: last step ended with ${done.outcome}`);
}
