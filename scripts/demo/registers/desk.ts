import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { enquiries } from './answers.ts';
import { controls, type Simulation } from './control.ts';
import { initialFacts } from './facts.ts';
import { noFaults, type Target } from './faults.ts';
import { createInbox } from './inbox.ts';
import { controlPage, inboxPage } from './pages.ts';
import { css, html, json, type Reply, seeOther } from './reply.ts';

export type Body = Readonly<Record<string, unknown>>;

/** A request, read. */
export interface Call {
  method: string;
  url: URL;
  wantsHtml: boolean;
  body: Body;
}

const style = readFileSync(new URL('./style.css', import.meta.url), 'utf8');

const stateOf = ({ faults }: Simulation): Body =>
  Object.fromEntries(
    Object.entries(faults).map(([target, { mode, delayMs }]) => [target, { mode, delay_ms: delayMs }]),
  );

/** The simulators without their transport. */
export interface Desk {
  /** One call in, one reply out; undefined closes the connection without a word. Throws RangeError for a body that is wrong. */
  answer(call: Call): Promise<Reply | undefined>;
  /** Answers for one of them as it was told to behave. */
  disturbed(target: Target, answer: () => Reply, wrong?: () => Reply): Promise<Reply | undefined>;
}

/** The members of the contract, no fewer and no more. @throws {RangeError} */
function exactly(body: Body, members: readonly string[]): Record<string, string> {
  const surplus = Object.keys(body).find((member) => !members.includes(member));
  if (surplus !== undefined) throw new RangeError(`${surplus} is not asked for`);
  const missing = members.find((member) => typeof body[member] !== 'string' || body[member] === '');
  if (missing !== undefined) throw new RangeError(`${missing} is missing`);
  return body as Record<string, string>;
}

const nonsense = (): Reply => json(200, { result: 'perhaps', elements: 7 });

/** Makes them, with the personas of the demo in the registers. */
export function createDesk(now: () => number): Desk {
  const simulation: Simulation = { facts: initialFacts(), faults: noFaults(), inbox: createInbox(now) };
  let asked = 0;
  const reference = (prefix: string): string => `${prefix.toUpperCase()}-${String(++asked).padStart(6, '0')}`;

  async function disturbed(
    target: Target,
    answer: () => Reply,
    wrong = nonsense,
  ): Promise<Reply | undefined> {
    const { delayMs, mode } = simulation.faults[target];
    if (delayMs > 0) await sleep(delayMs, undefined, { ref: false });
    if (mode === 'no-answer') return undefined;
    if (mode === 'error') return json(500, { error: 'told to fail' });
    return mode === 'malformed' ? wrong() : answer();
  }

  function show({ url, wantsHtml }: Call): Reply {
    const phone = url.searchParams.get('phone') ?? '';
    const messages = simulation.inbox.list(phone);
    switch (url.pathname) {
      case '/':
      case '/inbox':
        return html(inboxPage(messages, phone, url.searchParams.get('follow') === 'on'));
      case '/inbox.json':
        return json(
          200,
          messages.map(({ phoneNumber, text, reference: known, at }) => ({
            ...{ phone_number: phoneNumber, text, reference: known },
            at: new Date(at).toISOString(),
          })),
        );
      case '/control':
        return wantsHtml ? html(controlPage(simulation)) : json(200, stateOf(simulation));
      case '/style.css':
        return css(style);
      default:
        return json(404, { error: 'no such page' });
    }
  }

  async function take({ url, body, wantsHtml }: Call): Promise<Reply | undefined> {
    const control = controls[url.pathname];
    if (control) {
      control(simulation, body);
      return wantsHtml ? seeOther('/control') : json(200, stateOf(simulation));
    }
    const enquiry = enquiries.find(({ register, path }) => url.pathname === `/${register}${path}`);
    if (enquiry) {
      return disturbed(enquiry.register, () => {
        const answer = enquiry.answer(exactly(body, enquiry.members), simulation.facts);
        if (!answer) return json(423, { error: 'this record is being worked on' });
        return json(200, { ...answer, reference: reference(enquiry.register) });
      });
    }
    if (url.pathname !== '/sms/messages') return json(404, { error: 'no such simulator' });
    return disturbed('sms', () => {
      const message = exactly(body, ['phone_number', 'text', 'reference']);
      const { phone_number: phoneNumber = '', text = '', reference: known = '' } = message;
      simulation.inbox.deliver({ phoneNumber, text, reference: known });
      return json(202, { reference: reference('sms') });
    });
  }

  return {
    disturbed,
    async answer(call) {
      if (call.method === 'GET' || call.method === 'HEAD') return show(call);
      return call.method === 'POST' ? take(call) : json(405, { error: 'GET or POST' });
    },
  };
}
