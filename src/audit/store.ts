import { z } from 'zod';
import { type Collection, defineCollection } from '../storage/index.ts';
import { type Batch, batchSchema } from './batch.ts';
import type { Tile, Tree } from './tree.ts';

/**
 * What batches have in common: names of members, frequent types of events and values, the most frequent last. A batch of one
 * login is half as long by it.
 */
const dictionary = [
  '"relayed":["":null,"reason":"","method":"recovery","method":"code","method":"passkey","amr":["pop","user","mfa"]',
  '"amr":["sms"],"level":1,"level":3,"actor":"operator","actor":"system","outcome":"failed","outcome":"succeeded"',
  '"type":"identity.account.registered","at":"type":"identity.login.refused","at":"type":"sso.session.ended","at":',
  '"type":"wallet.share.granted","at":"type":"licences.licence.shown","at":"type":"licences.file.sealed","at":',
  '"type":"verification.question.unmatched","at":"reason":"licence-not-found","type":"licences.licence.issued","at":',
  '"method":"sms","level":2,"knownDevice":true,"method":"password","level":2,"knownDevice":false}}]}',
  '","type":"verification.licence.verified","at":17,"data":{"client":"","content":"","licence":"","by":"holder","by":"code',
  '","by":"number","conclusion":"cannot_tell","conclusion":"not_valid","conclusion":"valid","authority":"","purpose":"',
  '","serviceItem":"","caseNumber":"","version":1,"actor":"","version":1}}]}',
  '","type":"identity.login.succeeded","at":17,"data":{"account":"","client":"","organisation":"',
  '","session":"","fresh":false,"level":2,"amr":["pwd"]}}]}","session":"","fresh":true,"level":2,"amr":["pwd"]}}]}',
  '","type":"sso.site.entered","at":17,"data":{"account":"","client":"","actor":"',
  '{"number":1,"kid":"1-","signature":"","events":[{"id":"',
].join('');

/** The log: one document a batch. Not encrypted: it holds no personal data, and whoever checks it must be able to read it. */
export const auditBatches = defineCollection({
  name: 'audit-batches',
  schema: batchSchema,
  dictionary,
  key: (batch) => batchKey(batch.number),
  indexes: [
    { name: 'account', path: ['events.data.account', 'number'] },
    { name: 'licence', path: ['events.data.licence', 'number'] },
    // What makes a relayed event appear once although a relay may hand it over again after a crash.
    { name: 'relayed', path: 'relayed', unique: true },
  ],
});

const hashesText = z
  .string()
  .regex(/^[\w-]*$/)
  .meta({ description: 'SHA-256 hashes one after another, base64url.' });

/** Full rows of the tree over all events. Derived from the batches: they make proofs quick and prove nothing themselves. */
export const auditTiles = defineCollection({
  name: 'audit-tiles',
  schema: z.strictObject({ level: z.int().min(0), index: z.int().min(0), hashes: hashesText }),
  key: ({ level, index }) => tileKey(level, index),
  indexes: [],
});

/** The right edge of the tree at a batch, so that a starting process reads the few batches since then and not all. */
export const auditEdges = defineCollection({
  name: 'audit-edges',
  schema: z.strictObject({ number: z.int().min(1), levels: z.array(hashesText) }),
  key: () => edgeKey,
  indexes: [],
});

/** Key of the one edge. */
export const edgeKey = 'edge';

/** The log as this room uses it: nothing that changes or removes is named. */
export type Batches = Pick<
  Collection<Batch, 'account' | 'licence' | 'relayed'>,
  'get' | 'insert' | 'find' | 'count'
>;

type StoredTile = z.infer<(typeof auditTiles)['schema']>;
type StoredEdge = z.infer<(typeof auditEdges)['schema']>;

/** What is stored of the tree. */
export interface TreeRows {
  tiles: Pick<Collection<StoredTile>, 'get' | 'insert' | 'replace'>;
  edges: Pick<Collection<StoredEdge>, 'get' | 'insert' | 'replace'>;
}

/** Batches that one page looks through before it ends early: what is rare must not make one request read years. */
export const maxBatchesRead = 500;
/** Batches that are read side by side. */
export const batchesAtOnce = 50;

/** Key of a batch: its number, so that a number is taken once. */
export const batchKey = (number: number): string => String(number);

/** Key of a tile. */
export const tileKey = (level: number, index: number): string => `${level}-${index}`;

const pack = (hashes: readonly Buffer[]): string => Buffer.concat(hashes).toString('base64url');

function unpack(text: string): Buffer[] {
  const bytes = Buffer.from(text, 'base64url');
  return Array.from({ length: bytes.length / 32 }, (_, at) => bytes.subarray(at * 32, at * 32 + 32));
}

/** A tile in its stored form. */
export const packTile = ({ level, index, hashes }: Tile): StoredTile => ({
  level,
  index,
  hashes: pack(hashes),
});

/** The hashes of a stored tile. */
export const unpackTile = ({ hashes }: StoredTile): readonly Buffer[] => unpack(hashes);

/** The edge of a tree in its stored form. */
export const packEdge = (number: number, { edge }: Tree): StoredEdge => ({ number, levels: edge.map(pack) });

/** The unfinished tiles of a stored edge. */
export const unpackEdge = ({ levels }: StoredEdge): readonly (readonly Buffer[])[] => levels.map(unpack);
