import { dayMs, type Random } from '../core/index.ts';
import type { Logger } from '../telemetry/index.ts';
import type { Account, Message } from './account.ts';
import type { Accounts } from './accounts.ts';
import type { SmsGateway } from './port.ts';

/** The process that wrote a message sends it at once; the job looks after this, in case it did not live to. */
const graceMs = 30_000;
const retryMs = 60_000;
const lifeMs = 3 * dayMs;

/**
 * The account with a message to a number waiting in it: committed with the change that the message is about, or by the event of
 * that change, whose id it then bears.
 */
export function withMessage(
  account: Account,
  to: string,
  text: string,
  at: { now: number; random: Pick<Random, 'id'> },
): Account {
  const message: Message = { id: at.random.id(), to, text, until: at.now + lifeMs };
  return { ...account, outbox: [...account.outbox, message], outboxDueAt: at.now + graceMs };
}

/** Sends what waits in accounts, at least once each; the gateway recognises a message by its id. */
export interface Outbox {
  /** Sends what waits in one account. */
  deliver(accountId: string): Promise<void>;
  /** Sends what is overdue in all accounts, claimed so that two processes do not both; answers how many accounts. */
  deliverDue(): Promise<number>;
}

/** Makes the outbox. */
export function createOutbox(deps: { accounts: Accounts; sms: SmsGateway; logger: Logger }): Outbox {
  const { accounts, sms, logger } = deps;

  async function deliver(accountId: string): Promise<void> {
    const account = await accounts.get(accountId);
    const settled = new Set<string>();
    for (const message of account?.outbox ?? []) {
      const answer = await sms.send({ phoneNumber: message.to, text: message.text, reference: message.id });
      if (answer === 'sent') settled.add(message.id);
    }
    await accounts.change(accountId, (current, now) => {
      const outbox = current.outbox.filter((one) => !settled.has(one.id) && one.until > now);
      if (outbox.length === current.outbox.length && settled.size === 0) return { result: undefined };
      const outboxDueAt = outbox.length > 0 ? now + retryMs : undefined;
      return { write: { account: { ...current, outbox, outboxDueAt } }, result: undefined };
    });
  }

  async function claim(accountId: string): Promise<boolean> {
    const isOurs = await accounts.change<boolean>(accountId, (current, now) => {
      if (current.outboxDueAt === undefined || current.outboxDueAt > now) return { result: false };
      return { write: { account: { ...current, outboxDueAt: now + retryMs } }, result: true };
    });
    return isOurs === true;
  }

  return {
    deliver,
    async deliverDue() {
      let delivered = 0;
      for (const accountId of await accounts.due('outbox-due')) {
        if (!(await claim(accountId))) continue;
        await deliver(accountId);
        delivered += 1;
      }
      if (delivered > 0)
        logger.info({ accounts: delivered }, 'messages that had been held back were handled');
      return delivered;
    },
  };
}
