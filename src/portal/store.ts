import { z } from 'zod';
import { defineCollection } from '../storage/index.ts';

const portalSession = z.strictObject({
  /** SHA-256 of the cookie's value, base64url: a copy of the store opens no session. */
  id: z.string(),
  accountId: z.string(),
  /** The single sign-on session behind it; it decides on each request whether this one still lives. */
  ssoSessionId: z.string(),
  openedAt: z.number(),
  expiresAt: z.number(),
});

/** Sessions of the portal. Short-lived: a power cut may cost a login, nothing else. */
export const portalSessions = defineCollection({
  name: 'portal-sessions',
  schema: portalSession,
  key: (session) => session.id,
  indexes: [],
  encrypted: true,
  expires: (session) => session.expiresAt,
  durability: 'artefact',
});
