import type { CodeOrder, OneTimeCode } from './one-time-code.ts';
import type { Limited, NotSent, Visitor } from './port.ts';
import type { Room } from './room.ts';

/** Seconds before another code may be sent. */
const pauseMs = 60_000;

/** A challenge that was made, and when the next may be. */
export interface SentCode {
  outcome: 'sent';
  challenge: OneTimeCode;
  resendAt: number;
}

/**
 * Makes a code and sends it, or only makes it when the order has no phone number: the decoy for people who do not exist.
 * The message goes out behind the answer, so that the answer takes as long in both cases.
 */
export async function sendCode(room: Room, order: CodeOrder, visitor: Visitor): Promise<SentCode | Limited> {
  const made = await makeCode(room, order, visitor);
  if (made.outcome === 'limited') return made;
  const { deliver, ...sent } = made;
  room.background.run('send-code', deliver);
  return sent;
}

/**
 * The same for a number that the person typed and that is written to in any case: waiting for the gateway tells nobody anything
 * but what they need to know.
 */
export async function sendCodeAndWait(
  room: Room,
  order: CodeOrder,
  visitor: Visitor,
): Promise<SentCode | Limited | NotSent> {
  const made = await makeCode(room, order, visitor);
  if (made.outcome === 'limited') return made;
  const { deliver, ...sent } = made;
  if ((await deliver()) === 'sent') return sent;
  await room.codes.withdraw(sent.challenge.id);
  return { outcome: 'not-sent', retryAt: sent.resendAt };
}

/** A code within the limits, and how it reaches its phone, if it has one. */
async function makeCode(
  room: Room,
  order: CodeOrder,
  visitor: Visitor,
): Promise<(SentCode & { deliver: () => Promise<'sent' | 'unavailable'> }) | Limited> {
  const limited = await room.limits.take(
    ['code-by-subject-minute', order.subject],
    ['code-by-subject-hour', order.subject],
    ['code-by-subject-day', order.subject],
    ['code-by-address', visitor.address],
  );
  if (limited) return limited;
  const { challenge, code } = await room.codes.issue(order);
  const { phoneNumber } = order;
  const deliver = async (): Promise<'sent' | 'unavailable'> => {
    // Counted per number too: one phone can be reached by its owner's ID number as well. Silent, for that would be telling.
    if (!phoneNumber || (await room.limits.take(['text-by-phone-day', phoneNumber]))) return 'sent';
    const text = room.messages.code(order.purpose, code, visitor);
    return room.sms.send({ phoneNumber, text, reference: challenge.id });
  };
  return { outcome: 'sent', challenge, resendAt: room.clock.now() + pauseMs, deliver };
}
