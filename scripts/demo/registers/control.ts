import { type Facts, initialFacts } from './facts.ts';
import { type Fault, isMode, isTarget, noFaults, type Target } from './faults.ts';
import type { Inbox } from './inbox.ts';

/** The whole state of the simulators. */
export interface Simulation {
  facts: Facts;
  faults: Record<Target, Fault>;
  inbox: Inbox;
}

type Body = Readonly<Record<string, unknown>>;

const text = (body: Body, member: string): string => {
  const value = body[member];
  if (typeof value !== 'string' || value === '') throw new RangeError(`${member} is missing`);
  return value;
};

const isYes = (value: unknown): boolean => value === true || value === 'true' || value === 'on';

/** Everything that can be told to the simulators, by path. @throws {RangeError} saying what is wrong with the body */
export const controls: Readonly<Record<string, (simulation: Simulation, body: Body) => void>> = {
  /** { register, mode?, delay_ms? } */
  '/control': ({ faults }, body) => {
    const register = text(body, 'register');
    const mode = body.mode ?? 'normal';
    const delayMs = Number(body.delay_ms ?? 0);
    if (!isTarget(register)) throw new RangeError(`there is no register ${register}`);
    if (typeof mode !== 'string' || !isMode(mode)) throw new RangeError('there is no such mode');
    if (!(delayMs >= 0 && delayMs <= 60_000)) throw new RangeError('delay_ms is from 0 to 60000');
    faults[register] = { mode, delayMs };
  },
  /** Everything as at the start, the inbox empty. */
  '/control/reset': (simulation) => {
    simulation.facts = initialFacts();
    simulation.faults = noFaults();
    simulation.inbox.clear();
  },
  /** { id_number, name, id_type?, deceased?, under_revision? }: somebody is born, renamed, or dies. */
  '/control/people': ({ facts }, body) => {
    const idNumber = text(body, 'id_number');
    facts.people.set(idNumber, {
      idType: typeof body.id_type === 'string' ? body.id_type : '111',
      idNumber,
      name: text(body, 'name'),
      isDeceased: isYes(body.deceased),
      isUnderRevision: isYes(body.under_revision),
    });
  },
  /** { phone_number, id_number | null }: a number is given out, handed on, or given back. */
  '/control/subscribers': ({ facts }, body) => {
    const phoneNumber = text(body, 'phone_number');
    if (!/^\+861\d{10}$/.test(phoneNumber)) throw new RangeError('phone_number is +86 and 11 digits');
    if (body.id_number) facts.subscribers.set(phoneNumber, text(body, 'id_number'));
    else facts.subscribers.delete(phoneNumber);
  },
  /** { id_number, card_number | null } */
  '/control/cards': ({ facts }, body) => {
    const idNumber = text(body, 'id_number');
    if (body.card_number) facts.cards.set(idNumber, text(body, 'card_number'));
    else facts.cards.delete(idNumber);
  },
  /** { credit_code, name, representative_id_number, standing? }: founded, another representative, or struck off. */
  '/control/organisations': ({ facts }, body) => {
    const creditCode = text(body, 'credit_code');
    facts.organisations.set(creditCode, {
      creditCode,
      name: text(body, 'name'),
      standing: body.standing === 'struck_off' ? 'struck_off' : 'active',
      representativeIdNumber: text(body, 'representative_id_number'),
    });
  },
};
