import { isProblem } from '../core/index.ts';
import type { WalletDependencies } from './deps.ts';
import type { DeskView } from './port.ts';
import type { Desk } from './store.ts';

const ticketLifeMs = 5 * 60_000;
const context = 'wallet-desk-tickets|';

/** Tickets: what lets somebody who typed the digits of a desk confirm there after the digits have changed. */
export interface Tickets {
  /** What the holder sees of a desk, with a fresh ticket. */
  viewFor(accountId: string, desk: Desk): DeskView;
  /** The desk of a ticket; undefined when it is somebody else's, too old, or none. */
  open(ticket: string, accountId: string): string | undefined;
}

/** Makes them: sealed, so that nothing has to be kept. */
export function createTickets({ keyring, clock }: Pick<WalletDependencies, 'keyring' | 'clock'>): Tickets {
  const { cipher } = keyring;
  return {
    viewFor(accountId, { id, verifier, matter, serviceItem, typeCodes, expiresAt }) {
      const content = JSON.stringify([id, clock.now() + ticketLifeMs]);
      const ticket = cipher.encrypt(Buffer.from(content), context + accountId).toString('base64url');
      return { ticket, verifier, matter, serviceItem, typeCodes, expiresAt };
    },
    open(ticket, accountId) {
      if (ticket.length > 400) return undefined;
      try {
        const [deskId, until] = JSON.parse(
          cipher.decrypt(Buffer.from(ticket, 'base64url'), context + accountId).toString(),
        ) as [string, number];
        return clock.now() < until ? deskId : undefined;
      } catch (error) {
        if (isProblem(error, 'cipher-cannot-open')) return undefined;
        throw error;
      }
    },
  };
}
