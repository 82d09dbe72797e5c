/** A message that arrived at the simulated phones. */
export interface InboxMessage {
  phoneNumber: string;
  text: string;
  reference: string;
  /** Milliseconds since the epoch. */
  at: number;
}

const kept = 2_000;

/** The phones of the demo world: everything the gateway was given, newest first. */
export function createInbox(now: () => number) {
  let messages: InboxMessage[] = [];
  return {
    /** A reference that was delivered before is not delivered again. */
    deliver(message: Omit<InboxMessage, 'at'>): void {
      if (messages.some(({ reference }) => reference === message.reference)) return;
      messages = [{ ...message, at: now() }, ...messages].slice(0, kept);
    },
    /** All messages, or those of one phone, given as typed. */
    list(phone?: string | null): readonly InboxMessage[] {
      const digits = (phone ?? '').replace(/\D/g, '').replace(/^86(?=\d{11}$)/, '');
      return digits ? messages.filter(({ phoneNumber }) => phoneNumber.includes(digits)) : messages;
    },
    clear(): void {
      messages = [];
    },
  };
}

export type Inbox = ReturnType<typeof createInbox>;
