import { z } from 'zod';
import { defineCollection } from '../storage/index.ts';

/** How long an artefact stays readable after it expired: the provider itself tells expired from unknown. */
const readableAfterExpirySeconds = 15 * 60;

/** When a document that expires at `expiresAt` (milliseconds since the epoch) may be swept. */
export const readableUntil = (expiresAt: number): number => expiresAt + readableAfterExpirySeconds * 1000;

/** What the provider keeps of one code, token, interaction or pushed request. */
export interface Artefact {
  key: string;
  /** The model's payload without the identifier that the key stands for. */
  payload: Record<string, unknown>;
  /** Milliseconds since the epoch. */
  readableUntil: number;
}

/**
 * Codes, tokens, interactions and pushed requests. Keyed by a hash of what the client or browser holds, and the body is
 * encrypted, because payloads repeat secrets: a copy of the database lets nobody in.
 */
export const artefactCollection = defineCollection({
  name: 'sso-artefacts',
  // Written by the provider five times per login, so this checks no more than that it is one.
  schema: z.custom<Artefact>(
    (value) => typeof value === 'object' && value !== null && 'payload' in value && 'readableUntil' in value,
  ),
  key: (artefact) => artefact.key,
  indexes: [],
  encrypted: true,
  sharded: true,
  durability: 'artefact',
  expires: (artefact) => artefact.readableUntil,
});

/** Codes and identifiers of client assertions that were used: the key is the whole content, its uniqueness the check. */
export const replayCollection = defineCollection({
  name: 'sso-replays',
  schema: z.object({ key: z.string(), exp: z.number() }),
  key: (seen) => seen.key,
  indexes: [],
  sharded: true,
  durability: 'artefact',
  expires: ({ exp }) => exp * 1000,
});

/** What a session remembers of one site. */
export interface SiteAuthorization {
  /** Names the session to this site in ID and logout tokens; another one for each site. */
  sid?: string;
  grantId?: string;
  /** Set when the site holds a token that outlives the session (offline_access). */
  persistsLogout?: boolean;
}

/** Whom a session acts for, once somebody was chosen: an organisation, or without one the person themselves. */
export interface Acting {
  /** Random id. */
  organisationId?: string | undefined;
  /** When it was chosen, in milliseconds since the epoch; later choices win. */
  since: number;
  /** When the choice last changed whom it is; absent while it was the person all the time. Names the session at sites. */
  epoch?: number | undefined;
}

/** One single sign-on session, or the tombstone of one. There is one document per session, whatever its cookie is now. */
export interface SessionRecord {
  key: string;
  uid: string;
  /** Hashes of the cookie values that open it, newest first; `until` (ms) on those that were rotated away. */
  secrets: { hash: string; until?: number | undefined }[];
  /** Set while somebody is logged in and the session is not ended: what lists of sessions find. */
  owner?: string | undefined;
  accountId?: string | undefined;
  /** Level that the methods of the last login carry, as acr value. */
  acr?: string | undefined;
  amr?: string[] | undefined;
  /** Seconds since the epoch of the last login. */
  loginTs?: number | undefined;
  /** Tells two logins apart that happened in the same second. */
  loginId?: string | undefined;
  acting?: Acting | undefined;
  transient?: boolean | undefined;
  state?: Record<string, unknown> | undefined;
  authorizations: Record<string, SiteAuthorization>;
  iat: number;
  exp: number;
  /** Without use for so long it is idle; the usual time when absent. */
  idleSeconds?: number | undefined;
  /** Milliseconds since the epoch of the last use, true to the minute. */
  usedAt: number;
  /** Where the person logged in from, for their own list of sessions. */
  address?: string | undefined;
  userAgent?: string | undefined;
  /** A tombstone: nothing brings the session back until it would have expired. */
  ended?: { at: number; reason: string } | undefined;
}

export const sessionCollection = defineCollection({
  name: 'sso-sessions',
  schema: z.custom<SessionRecord>(
    (value) => typeof value === 'object' && value !== null && 'uid' in value && 'secrets' in value,
  ),
  key: (session) => session.key,
  indexes: [
    { name: 'owner', path: 'owner' },
    { name: 'acting', path: 'acting.organisationId' },
  ],
  encrypted: true,
  sharded: true,
  durability: 'artefact',
  expires: ({ exp }) => readableUntil(exp * 1000),
});

/** What one person lets one site know, and the generation of tokens that still count. */
export const consentCollection = defineCollection({
  name: 'sso-consents',
  schema: z.object({
    key: z.string(),
    accountId: z.string(),
    clientId: z.string(),
    /** What is allowed while acting for an organisation is allowed for that organisation only. */
    organisationId: z.string().optional(),
    /** Every token names the generation it was issued under; a new generation ends all earlier ones, the consent stays. */
    generation: z.string(),
    scopes: z.array(z.string()),
    claims: z.array(z.string()),
    /** Scopes per resource indicator (RFC 8707). */
    resources: z.record(z.string(), z.array(z.string())),
    since: z.number(),
    updatedAt: z.number(),
  }),
  key: (consent) => consent.key,
  indexes: [
    { name: 'account', path: 'accountId' },
    { name: 'client', path: 'clientId' },
  ],
  encrypted: true,
  hot: true,
});

export type ConsentRecord = z.infer<typeof consentCollection.schema>;

/** The client register. Metadata in the names of RFC 7591, as the provider completed them. */
export const clientCollection = defineCollection({
  name: 'sso-clients',
  schema: z.object({
    clientId: z.string(),
    metadata: z.record(z.string(), z.unknown()),
    createdAt: z.number(),
  }),
  key: (client) => client.clientId,
  indexes: [{ name: 'created', path: 'createdAt' }],
  encrypted: true,
});
