import type { SignedHead } from '../audit/index.ts';
import type { ReceiptContent } from './content.ts';

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

/** The proof that the event of a receipt is in the log, in wire form. */
export interface ReceiptProof {
  receipt_id: string;
  leaf_index: number;
  /** base64url, from the leaf's sibling up. */
  hashes: readonly string[];
  head: SignedHead;
  /** Certificate of the key that signed the head, then the root: base64 DER, as in `x5c`. */
  x5c: readonly string[];
  /** Asked for with `since`: that the log of so many events is the beginning of this one. */
  consistency?: { from_size: number; hashes: readonly string[] } | undefined;
}

/** Signed answers that replace a photocopy. */
export interface Receipts {
  /**
   * Records the event, durably, and signs the receipt over the content and the event's leaf hash.
   * @throws {Problem} audit-overloaded | store-unavailable
   */
  issue(request: ReceiptRequest): Promise<IssuedReceipt>;
  /** Undefined when no receipt has this id or another client got it: the two are not told apart. */
  proof(receiptId: string, clientId: string, since?: number): Promise<ReceiptProof | undefined>;
}
