/**
 * receipts: signed answers that replace a photocopy in the case file, and that anyone can check offline for decades.
 *
 * Owns: the receipt (a JWS with its certificates inside), the authority of this installation that certifies the keys of
 * receipts and of the log, the published history of both, the proof that a receipt's event is in the log.
 * Does not own: what a receipt says (verification), the log and its proofs (audit), the keys themselves (keyring).
 * Routes: GET /api/v1/receipts/{id}/proof, GET /.well-known/tongxing-receipt-keys. Events: those that its callers hand over.
 * Command: `tongxing verify-receipt`, offline.
 *
 * Nothing is stored for a receipt but its event: the id is the event's place and the client, under a key.
 * Collections: receipt-certificates.
 * Standards: RFC 7515 (JWS, x5c), RFC 7519 (iss, iat, jti), RFC 5280 (certificates), RFC 6962 2.1 (proofs).
 */
export { type ReceiptContent, receiptEventData } from './content.ts';
export { createReceipts } from './create-receipts.ts';
export type { ReceiptRequest, Receipts } from './port.ts';
export { receiptRoutes } from './routes.ts';
export { parseKeyHistory, type ReceiptVerdict, verifyReceipt } from './verify-receipt.ts';
export type { KeyHistory, ReceiptProof } from './wire.ts';
