import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson, type PendingEvent } from '../core/index.ts';
import type { Signer } from '../keyring/index.ts';
import type { SignedHead } from './port.ts';
import { emptyTree, grow, leafHash, rootOf, type Tile, type Tree } from './tree.ts';

/** One link of the log as it is stored: some events in order, signed together with everything before them. */
export const batchSchema = z
  .strictObject({
    number: z.int().min(1).meta({ description: 'Place of the batch in the log, without a gap.' }),
    kid: z.string().min(1).max(100),
    signature: z.string().regex(/^[\w-]+$/),
    events: z
      .array(
        z.strictObject({
          id: z.string().min(1).max(64),
          type: z.string(),
          at: z.int(),
          data: z.looseObject({}),
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
  tree: Tree;
  /** Tiles that filled up since this process last wrote some. */
  full: readonly Tile[];
  /** What the last batch says of itself; undefined in an empty log. */
  last?: Pick<SignedHead, 'at' | 'kid' | 'signature'>;
}

/** The end of an empty log. */
export const emptyLog: Tip = { number: 0, tree: emptyTree, full: [] };

/** Name of the format, signed too, so that nothing else can pass for a head of the log. */
export const auditFormat = 'tongxing.audit.2';

/** A head as it is signed, exported and handed out, but for its signature: instants are RFC 3339. */
export function headDocument({ number, size, root, at, kid }: Omit<SignedHead, 'signature'>) {
  return { format: auditFormat, number, size, root, at: new Date(at).toISOString(), kid } as const;
}

/**
 * The bytes that are signed: how many events the log has now, and their tree hash. It stands for every event there is, so one
 * signature vouches for the whole log, and holds also where retention has left nothing but hashes.
 */
const signedText = (head: Omit<SignedHead, 'signature'>): Buffer =>
  Buffer.from(canonicalJson(headDocument(head)));

/** What a batch says of itself in its head. */
export const lastOf = ({ kid, signature, events }: Omit<Batch, 'number'>): NonNullable<Tip['last']> => ({
  at: Math.max(...events.map(({ at }) => at)),
  kid,
  signature,
});

/** The signed head at the end of the log; undefined in an empty one. */
export function headOf({ number, tree, last }: Tip): SignedHead | undefined {
  return last && { number, size: tree.size, root: rootOf(tree).toString('base64url'), ...last };
}

/** Where the log ends after this batch, as the batch says: nothing is verified. */
export function extend(before: Tip, batch: Batch, leaves = batch.events.map(leafHash)): Tip {
  const { tree, full } = grow(before.tree, leaves);
  return { number: batch.number, tree, full: [...before.full, ...full], last: lastOf(batch) };
}

/** A batch sealed to the end of the log, where the log ends then, and the leaves of its events. */
export interface Sealed {
  batch: Batch;
  tip: Tip;
  leaves: readonly Buffer[];
}

/**
 * Seals events to the end of the log. `relayed` are the ids among them that must not come twice: a unique index keeps them.
 */
export async function sealBatch(
  before: Tip,
  { events, relayed }: { events: readonly PendingEvent[]; relayed: readonly string[] },
  { kid, sign }: Pick<Signer, 'kid' | 'sign'>,
): Promise<Sealed> {
  const leaves = events.map(leafHash);
  const unsigned: Batch = {
    number: before.number + 1,
    kid,
    signature: '',
    events: events.map(({ id, type, at, data }) => ({ id, type, at, data })),
    ...(relayed.length > 0 && { relayed: [...relayed] }),
  };
  const tip = extend(before, unsigned, leaves);
  const signature = (await sign(signedText(headOf(tip) as SignedHead))).toString('base64url');
  const batch = { ...unsigned, signature };
  return { batch, tip: { ...tip, last: lastOf(batch) }, leaves };
}

/** Public keys by kid, imported once for a whole check. */
export type VerificationKeys = ReadonlyMap<string, KeyObject>;

/** Imports public JWKs. */
export function verificationKeys(
  jwks: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): VerificationKeys {
  return new Map([...jwks].map(([kid, jwk]) => [kid, createPublicKey({ key: { ...jwk }, format: 'jwk' })]));
}

/** True when the key signed the head. */
export function verifyHead({ signature, ...head }: SignedHead, key: KeyObject): boolean {
  const bytes = Buffer.from(signature, 'base64url');
  return verify('sha256', signedText(head), { key, dsaEncoding: 'ieee-p1363' }, bytes);
}

/** Proves one batch at its place of the log: answers where the log ends after it, or what is wrong with it. */
export function verifyBatch(
  batch: Batch,
  before: Tip,
  keys: VerificationKeys,
): Tip | { fault: 'chain' | 'content' | 'signature'; detail: string } {
  if (batch.number !== before.number + 1)
    return { fault: 'chain', detail: `it calls itself number ${batch.number}` };
  const ids = new Set(batch.events.map((event) => event.id));
  if (batch.relayed?.some((id) => !ids.has(id)))
    return { fault: 'content', detail: 'it lists a relayed event that it does not hold' };
  const key = keys.get(batch.kid);
  if (!key) return { fault: 'signature', detail: `there is no key ${batch.kid}` };
  const tip = extend(before, batch);
  return verifyHead(headOf(tip) as SignedHead, key)
    ? tip
    : { fault: 'signature', detail: `what it holds is not what ${batch.kid} signed` };
}
