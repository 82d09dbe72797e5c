import { defineCollection } from '../storage/index.ts';
import { accountSchema } from './account.ts';
import { authoritySchema } from './authority.ts';
import { lockoutSchema } from './lockout.ts';
import { codeSchema } from './one-time-code.ts';
import { organisationSchema } from './organisation.ts';
import { challengeSchema } from './passkey-challenge.ts';
import { recoverySchema } from './recovery.ts';
import { registrationSchema } from './registration.ts';

/** One document a person; every operation on an account is one conditional write of it. */
export const accountsCollection = defineCollection({
  name: 'accounts',
  schema: accountSchema,
  key: (account) => account.id,
  encrypted: true,
  hot: true,
  indexes: [
    { name: 'identifier', path: 'lookups.identifiers', unique: true, blind: true },
    { name: 'phone', path: 'lookups.phone', unique: true, blind: true },
    { name: 'passkey', path: 'lookups.passkeys', unique: true, blind: true },
    { name: 'staff', path: ['lookups.staff', 'createdAt'] },
    { name: 'invitation', path: 'lookups.invitation', unique: true, blind: true },
    { name: 'outbox-due', path: 'outboxDueAt' },
    { name: 'proof-due', path: 'proof.dueAt' },
  ],
});

/** One document an organisation; its credit code is unique, so that two people cannot both have bound it. */
export const organisationsCollection = defineCollection({
  name: 'organisations',
  schema: organisationSchema,
  key: (organisation) => organisation.id,
  encrypted: true,
  indexes: [
    { name: 'credit-code', path: 'creditCode', unique: true, blind: true },
    { name: 'bound-to', path: 'binding.account' },
  ],
});

/** One document an authority. Public information, a few hundred documents. */
export const authoritiesCollection = defineCollection({
  name: 'authorities',
  schema: authoritySchema,
  key: (authority) => authority.code,
  indexes: [{ name: 'area', path: ['areaCode', 'code'] }],
});

/** Drafts of registrations, 30 minutes. */
export const registrationsCollection = defineCollection({
  name: 'registrations',
  schema: registrationSchema,
  key: (draft) => draft.id,
  encrypted: true,
  durability: 'artefact',
  expires: (draft) => draft.expiresAt,
  indexes: [],
});

/** Recoveries under way, 30 minutes. */
export const recoveriesCollection = defineCollection({
  name: 'recoveries',
  schema: recoverySchema,
  key: (draft) => draft.id,
  encrypted: true,
  durability: 'artefact',
  expires: (draft) => draft.expiresAt,
  indexes: [],
});

/** Codes sent by SMS, 5 minutes; only their MAC is kept. */
export const codesCollection = defineCollection({
  name: 'one-time-codes',
  schema: codeSchema,
  key: (code) => code.id,
  encrypted: true,
  durability: 'artefact',
  expires: (code) => code.expiresAt,
  indexes: [],
});

/** Challenges of passkey ceremonies, 5 minutes. */
export const challengesCollection = defineCollection({
  name: 'passkey-challenges',
  schema: challengeSchema,
  key: (challenge) => challenge.id,
  durability: 'artefact',
  expires: (challenge) => challenge.expiresAt,
  indexes: [],
});

/** A count that outlives the process: an attacker must not get five fresh guesses from each restart. */
export const lockoutsCollection = defineCollection({
  name: 'lockouts',
  schema: lockoutSchema,
  key: (lockout) => lockout.key,
  durability: 'artefact',
  expires: (lockout) => lockout.expiresAt,
  indexes: [],
});
