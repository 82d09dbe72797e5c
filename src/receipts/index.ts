/**
 * receipts: signed answers that replace a photocopy in the case file, and that anyone can check offline for decades.
 *
 * Owns: the receipt (a JWS with its certificates inside), the authority of this installation that certifies the keys of
 * receipts and of the log, the published history of both, the proof that a receipt's event is in the log.
 * Does not own: what a receipt says (verification), the log and its proofs (audit), the keys themselves (keyring).
 * Standards: RFC 7515 (JWS, x5c), RFC 7519 (iss, iat, jti), RFC 5280 (certificates), RFC 6962 2.1 (proofs).
 */
export { type ReceiptContent, receiptContentSchema, receiptEventData } from './content.ts';
export type { IssuedReceipt, ReceiptProof, ReceiptRequest, Receipts } from './port.ts';
