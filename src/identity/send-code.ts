import type { CodeOrder, OneTimeCode } from './one-time-code.ts';
import type { Limited, Visitor } from './port.ts';
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
  const limited = await room.limits.take(
    ['code-by-subject-minute', order.subject],
    ['code-by-subject-hour', order.subject],
    ['code-by-subject-day', order.subject],
    ['code-by-address', visitor.address],
  );
  if (limited) return limited;
  const { challenge, code } = await room.codes.issue(order);
  const { phoneNumber } = order;
  if (phoneNumber) {
    const text = room.messages.code(order.purpose, code, visitor);
    room.background.run('send-code', async () => {
      // Counted per number too: one phone can be reached by its owner's ID number as well. Silent, for that would be telling.
      if (await room.limits.take(['text-by-phone-day', phoneNumber])) return;
      await room.sms.send({ phoneNumber, text, reference: challenge.id });
    });
  }
  return { outcome: 'sent', challenge, resendAt: room.clock.now() + pauseMs };
}
