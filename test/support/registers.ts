import { type RunningRegisters, startRegisters } from '../../scripts/demo/registers/server.ts';

/** A message at a simulated phone, as /inbox.json shows it. */
export interface ReceivedMessage {
  /** E.164. */
  phone_number: string;
  text: string;
  reference: string;
  /** RFC 3339. */
  at: string;
}

/** The simulators of the registers and the SMS gateway, inside the test's process, on a port of their own. */
export interface TestRegisters extends RunningRegisters {
  /** `host:port` for the allow-list of outbound. */
  hostPort: string;
  /** Base addresses for createRegistries. */
  urls: { police: string; business: string; socialSecurity: string; telecom: string };
  /** Base address for createSmsGateway. */
  smsUrl: string;
  /** What a process of the service is told of them. */
  settings: Record<`TONGXING_${string}`, string>;
  /** Tells the simulators something: `control('', { register: 'police', mode: 'error' })`, `control('/people', {...})`. */
  control(
    path: '' | '/reset' | '/people' | '/subscribers' | '/cards' | '/organisations',
    body?: object,
  ): Promise<void>;
  /** Messages newest first, of one phone when given (11 digits or E.164). */
  inbox(phone?: string): Promise<ReceivedMessage[]>;
  /**
   * The six digits of the newest message to the phone that was not answered here before; waits for it up to three seconds,
   * because messages are sent beside the request that causes them.
   */
  lastCode(phone: string): Promise<string>;
  /** The path of the link to object, in the newest message to the phone that has one; waits for it likewise. */
  lastLink(phone: string): Promise<string>;
}

/** Starts the simulators with the personas of the demo. Close them after the tests. */
export async function startTestRegisters(): Promise<TestRegisters> {
  const registers = await startRegisters({ port: 0 });
  const { url } = registers;
  const answered = new Set<string>();

  async function inbox(phone = ''): Promise<ReceivedMessage[]> {
    const response = await fetch(`${url}/inbox.json?phone=${encodeURIComponent(phone)}`);
    return (await response.json()) as ReceivedMessage[];
  }

  async function newest(phone: string, pattern: RegExp): Promise<string> {
    const until = Date.now() + 3_000;
    for (;;) {
      for (const { text, reference } of await inbox(phone)) {
        const found = pattern.exec(text)?.[0];
        if (!found) continue;
        if (answered.has(reference)) break;
        answered.add(reference);
        return found;
      }
      if (Date.now() > until) throw new Error(`no new message with ${pattern} has arrived at this phone`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  const urls = {
    police: `${url}/police`,
    business: `${url}/business`,
    socialSecurity: `${url}/social-security`,
    telecom: `${url}/telecom`,
  };
  return {
    ...registers,
    hostPort: new URL(url).host,
    urls,
    smsUrl: `${url}/sms`,
    settings: {
      TONGXING_OUTBOUND_ALLOW: new URL(url).host,
      TONGXING_POLICE_URL: urls.police,
      TONGXING_BUSINESS_URL: urls.business,
      TONGXING_SOCIAL_SECURITY_URL: urls.socialSecurity,
      TONGXING_TELECOM_URL: urls.telecom,
      TONGXING_SMS_URL: `${url}/sms`,
    },
    async control(path, body = {}) {
      const response = await fetch(`${url}/control${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`the simulators refused: ${await response.text()}`);
    },
    inbox,
    lastCode: (phone) => newest(phone, /(?<!\d)\d{6}(?!\d)/),
    lastLink: (phone) => newest(phone, /(?<=\/\/[^/]+)\/report\/\S+/),
  };
}
