import type { Metrics } from '../telemetry/index.ts';
import type { Outbound } from './port.ts';

/** A short message to one phone. */
export interface SmsMessage {
  /** E.164. */
  phoneNumber: string;
  text: string;
  /** Recognises the message: a gateway delivers one reference once, so that a retry cannot send twice. */
  reference: string;
}

/** The way to people's phones. */
export interface SmsGateway {
  /** `sent`: the gateway took it over. `unavailable`: it did not, and the person should be told to try again. */
  send(message: SmsMessage): Promise<'sent' | 'unavailable'>;
}

export interface SmsGatewayDependencies {
  outbound: Outbound;
  /** Base address of the gateway; without it every message is `unavailable`. */
  url: string | undefined;
  /** Sent as a bearer token, where the gateway asks for one. */
  token?: string | undefined;
  metrics: Metrics;
}

const attempts = 2;

/** SMS over HTTP. @see docs/registers.md, SMS gateway */
export function createSmsGateway({ outbound, url, token, metrics }: SmsGatewayDependencies): SmsGateway {
  const messages = metrics.counter({
    name: 'tongxing_sms_messages_total',
    help: 'Short messages by outcome: sent, unavailable, not-configured.',
    labels: ['outcome'],
  });

  async function post({ phoneNumber, text, reference }: SmsMessage): Promise<number> {
    return outbound
      .request(`${url}/messages`, {
        kind: 'sms',
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...(token && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ phone_number: phoneNumber, text, reference }),
      })
      .then(
        (answer) => answer.status,
        // No answer counts as the gateway's own fault; outbound has logged and counted it.
        () => 503,
      );
  }

  return {
    async send(message) {
      if (!url) {
        messages.add({ outcome: 'not-configured' });
        return 'unavailable';
      }
      let status = 503;
      for (let tried = 0; tried < attempts && status >= 500; tried++) status = await post(message);
      const outcome = status >= 200 && status < 300 ? 'sent' : 'unavailable';
      messages.add({ outcome });
      return outcome;
    },
  };
}
