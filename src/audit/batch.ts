import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson, type PendingEvent } from '../core/index.ts';
import type { Signer } from '../keyring/index.ts';

const hashText = z.string().regex(/^[\w-]{43}$/);

/** One link of the log as it is stored and exported: some events in order, sealed to everything before them. */
export const batchSchema = z
  .strictObject({
    number: z.int().min(1).meta({ description: 'Place of the batch in the log, without a gap.' }),
    previous: hashText.meta({ description: 'Head of the batch before; 32 zero bytes in the first.' }),
    firstEvent: z.int().min(0).meta({ description: 'How many events the log had before this batch.' }),
    kid: z.string().min(1).max(100),
    signature: z.string().regex(/^[\w-]+$/),
    events: z
      .array(
        z.strictObject({
          id: z.string().min(1).max(64),
          type: z.string(),
          at: z.int(),
          data: z.record(z.string(), z.unknown()),
        }),
      )
      .min(1),
    relayed: z
      .array(z.string())
      .optional()
      .meta({ description: 'Ids of events that were committed elsewhere first; unique.' }),
  })
  .meta({ id: 'AuditBatch' });

/** @see batchSchema */
export type Batch = z.infer<typeof batchSchema>;

/** Where the log ends: what the next batch builds on. */
export interface Tip {
  number: number;
  /** SHA-256 of the signed text of the last batch, base64url. */
  head: string;
  /** Events in the log. */
  events: number;
}

/** The end of an empty log. */
export const emptyLog: Tip = { number: 0, head: Buffer.alloc(32).toString('base64url'), events: 0 };

const sha256 = (data: Uint8Array | string): Buffer => hash('sha256', data, 'buffer');
const leafPrefix = Buffer.of(0);
const nodePrefix = Buffer.of(1);

/** Hash of one event as a leaf of a Merkle tree: SHA-256 of 0x00 and the event's canonical JSON. @see RFC 6962 2.1 */
export function leafHash(event: PendingEvent): Buffer {
  const { id, type, at, data } = event;
  return sha256(Buffer.concat([leafPrefix, Buffer.from(canonicalJson({ id, type, at, data }))]));
}

/** Merkle tree hash of leaves; at least one. @see RFC 6962 2.1 */
export function treeHash(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (leaves.length === 1 && only) return only;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Buffer.concat([nodePrefix, treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split))]));
}

/**
 * The bytes that are signed and that the next batch names by their hash. The tree hash over the events stands for the events,
 * so that a batch can be proved whole by the hashes of its events after retention took their bodies. The format is signed
 * too, so that nothing else can pass for a batch.
 */
function signedText({ number, previous, firstEvent, kid, events }: Omit<Batch, 'signature'>): string {
  const root = treeHash(events.map(leafHash)).toString('base64url');
  return canonicalJson({
    format: 'tongxing.audit.1',
    number,
    previous,
    firstEvent,
    count: events.length,
    root,
    kid,
  });
}

const tipOf = ({ number, firstEvent, events }: Omit<Batch, 'signature'>, text: string): Tip => ({
  number,
  head: sha256(text).toString('base64url'),
  events: firstEvent + events.length,
});

/** Where the log ends after this batch. */
export const tipAfter = (batch: Batch): Tip => tipOf(batch, signedText(batch));

/**
 * Seals events to the end of the log and says where it ends then. `relayed` are the ids among them that must not come twice:
 * a unique index keeps them.
 */
export async function sealBatch(
  before: Tip,
  { events, relayed }: { events: readonly PendingEvent[]; relayed: readonly string[] },
  signer: Signer,
): Promise<{ batch: Batch; tip: Tip }> {
  const unsigned = {
    number: before.number + 1,
    previous: before.head,
    firstEvent: before.events,
    kid: signer.kid,
    events: events.map(({ id, type, at, data }) => ({ id, type, at, data })),
    ...(relayed.length > 0 && { relayed: [...relayed] }),
  };
  const text = signedText(unsigned);
  const signature = (await signer.sign(Buffer.from(text))).toString('base64url');
  return { batch: { ...unsigned, signature }, tip: tipOf(unsigned, text) };
}

/** Public keys by kid, imported once for a whole check. */
export type VerificationKeys = ReadonlyMap<string, KeyObject>;

/** Imports public JWKs. */
export function verificationKeys(
  jwks: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): VerificationKeys {
  return new Map([...jwks].map(([kid, jwk]) => [kid, createPublicKey({ key: { ...jwk }, format: 'jwk' })]));
}

/** Proves one batch at its place of the log: answers where the log ends after it, or what is wrong with it. */
export function verifyBatch(
  batch: Batch,
  before: Tip,
  keys: VerificationKeys,
): Tip | { fault: 'chain' | 'content' | 'signature'; detail: string } {
  const chain = (detail: string) => ({ fault: 'chain' as const, detail });
  if (batch.number !== before.number + 1) return chain(`it calls itself number ${batch.number}`);
  if (batch.previous !== before.head) return chain('it does not name the hash of the batch before');
  if (batch.firstEvent !== before.events)
    return chain(`${before.events} events lie before it, not ${batch.firstEvent}`);
  const ids = new Set(batch.events.map((event) => event.id));
  if (batch.relayed?.some((id) => !ids.has(id)))
    return { fault: 'content', detail: 'it lists a relayed event that it does not hold' };
  const key = keys.get(batch.kid);
  if (!key) return { fault: 'signature', detail: `there is no key ${batch.kid}` };
  const text = signedText(batch);
  const signature = Buffer.from(batch.signature, 'base64url');
  return verify('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, signature)
    ? tipOf(batch, text)
    : { fault: 'signature', detail: `what it holds is not what ${batch.kid} signed` };
}
