import type { ReceiptContent } from './content.ts';
import type { KeyHistory, ReceiptProof } from './wire.ts';

/** What a receipt is asked for with. */
export interface ReceiptRequest {
  content: ReceiptContent;
  /**
   * The event that is recorded with it: its type and data. Its definition spreads `receiptEventData`; the room fills
   * `client` and `content` in.
   */
  event: { type: string; data: Readonly<Record<string, unknown>> };
}

/** A signed answer, and where its event lies in the log. */
export interface IssuedReceipt {
  /** Opaque; the `jti` of the receipt and what the proof is asked for with. */
  id: string;
  /** Compact JWS of type `tongxing-receipt+jwt`, ES256, with its certificates in `x5c`. */
  jws: string;
  /** Place of its event in the log. */
  leafIndex: number;
  /** When, milliseconds since the epoch. */
  at: number;
}

/** Signed answers that replace a photocopy. */
export interface Receipts {
  /**
   * Records the event, durably, and signs the receipt over the content and the event's leaf hash. Its proof can be had at once.
   * @throws {Problem} audit-overloaded | store-unavailable
   */
  issue(request: ReceiptRequest): Promise<IssuedReceipt>;
  /**
   * Proves the event of a receipt against the newest head, with `since` also that the log of so many events is its beginning.
   * Undefined when no receipt has this id or another client got it: the two are not told apart.
   * @throws {Problem} audit-tree-damaged | invalid-input when the log never had `since` events
   */
  proof(receiptId: string, clientId: string, since?: number): Promise<ReceiptProof | undefined>;
  /** The published history of certificates. */
  keys(): Promise<KeyHistory>;
}
