import { z } from 'zod';
import { defineEvents } from '../audit/index.ts';

/** Random id of the account. */
const account = z.string();
/** Random id of the organisation. */
const organisation = z.string();
/** The site that started it. */
const client = z.string().optional();
const method = z.enum(['password', 'sms', 'passkey']);
const level = z.int().min(0).max(3);
/** Staff id, or `operator`. */
const actor = z.string();
const duties = z.array(z.strictObject({ role: z.string(), authorityCode: z.string() })).max(100);

/** What this room writes to the log: random ids, codes and counts, nothing that names a person. */
export const identityEvents = defineEvents({
  'identity.account.registered': {
    meaning: 'A person registered and opened an account.',
    data: z.strictObject({
      account,
      client,
      method,
      level,
      proof: z.enum(['confirmed', 'pending']),
    }),
  },
  'identity.account.enrolled': {
    meaning: 'An account was opened by an office that saw the papers, or by the command line.',
    data: z.strictObject({ account, actor: z.string(), level }),
  },
  'identity.account.proven': {
    meaning: 'The police register made up for an answer it owed: the identity is confirmed.',
    data: z.strictObject({ account, level }),
  },
  'identity.account.disabled': {
    meaning: 'An account was closed; its sessions and grants end, sites are told, recovery can reopen it.',
    data: z.strictObject({
      account,
      actor: z.string(),
      reason: z.enum(['own-wish', 'theft', 'office', 'proof-refused']),
    }),
  },
  'identity.account.recovered': {
    meaning:
      'A person came back by recovery: other ways in are revoked, sessions end, levels above 1 are held for 72 hours.',
    data: z.strictObject({ account, method }),
  },
  'identity.account.theft-reported': {
    meaning:
      'The owner said that somebody else acted: sessions end, a method may be blocked, higher levels are held.',
    data: z.strictObject({ account, by: z.enum(['owner', 'link']) }),
  },
  'identity.registration.stopped': {
    meaning: 'Somebody tried to register the identity of this account with a phone that is not its own.',
    data: z.strictObject({ account, client }),
  },
  'identity.login.succeeded': {
    meaning: 'A person showed who they are.',
    data: z.strictObject({ account, client, method, level, knownDevice: z.boolean() }),
  },
  'identity.login.refused': {
    meaning: 'A login was refused. Without an account when there is no such person.',
    data: z.strictObject({
      account: account.optional(),
      client,
      method,
      reason: z.enum([
        'unknown',
        'wrong',
        'not-set-up',
        'blocked',
        'disabled',
        'other-account',
        'counter',
        'changed-hands',
        'not-verified',
        'idle',
      ]),
    }),
  },
  'identity.login.locked': {
    meaning: 'A way to log in was locked for devices that the account has not seen, after repeated failures.',
    data: z.strictObject({ account: account.optional(), client, method }),
  },
  'identity.level.raised': {
    meaning: 'A register confirmed more about a person.',
    data: z.strictObject({
      account,
      level,
      by: z.enum(['police', 'telecom', 'social-security', 'counter']),
    }),
  },
  'identity.organisation.bound': {
    meaning:
      'The business register confirmed a person as legal representative of an organisation, which is theirs to act for.',
    data: z.strictObject({ account, organisation, level }),
  },
  'identity.organisation.confirmed': {
    meaning: 'The business register confirmed the representative of an organisation once more.',
    data: z.strictObject({ account, organisation }),
  },
  'identity.organisation.refused': {
    meaning: 'A person asked for an organisation that the business register does not say they represent.',
    data: z.strictObject({
      account,
      client,
      reason: z.enum(['mismatch', 'name-differs', 'not-found', 'struck-off']),
    }),
  },
  'identity.organisation.ended': {
    meaning: 'A person no longer stands for an organisation: sessions in which they act for it end at once.',
    data: z.strictObject({
      account,
      organisation,
      reason: z.enum(['representative-changed', 'struck-off', 'not-found', 'released']),
    }),
  },
  'identity.authority.changed': {
    meaning: 'An authority was registered or changed.',
    data: z.strictObject({
      authority: z.string(),
      actor,
      status: z.enum(['active', 'closed']),
      mayDefine: z.boolean(),
      types: z.int(),
    }),
  },
  'identity.staff.invited': {
    meaning:
      'A member of staff was invited, or invited again; `emergency` when the console did it beside an active security administrator.',
    data: z.strictObject({ account, actor, duties, again: z.boolean(), emergency: z.boolean() }),
  },
  'identity.staff.joined': {
    meaning: 'A member of staff used the invitation: earlier passkeys and sessions of the account end.',
    data: z.strictObject({ account }),
  },
  'identity.staff.duties-changed': {
    meaning: 'A member of staff was given other duties; sessions end.',
    data: z.strictObject({ account, actor, duties }),
  },
  'identity.staff.disabled': {
    meaning: 'The account of a member of staff was shut; sessions end.',
    data: z.strictObject({ account, actor }),
  },
  'identity.name.changed': {
    meaning: 'The name was changed after the police register confirmed the new one.',
    data: z.strictObject({ account }),
  },
  'identity.phone.changed': {
    meaning: 'The phone was changed; the old number was told.',
    data: z.strictObject({ account, telecom: z.enum(['match', 'mismatch', 'unavailable']) }),
  },
  'identity.phone.lost': {
    meaning:
      'The number belongs to somebody else now: taken over with proof, or the operator says that it changed hands.',
    data: z.strictObject({ account, reason: z.enum(['taken-over', 'changed-hands']) }),
  },
  'identity.password.changed': {
    meaning: 'The password was set or changed.',
    data: z.strictObject({ account }),
  },
  'identity.passkey.added': {
    meaning: 'A passkey was bound, in a session of this level.',
    data: z.strictObject({ account, level }),
  },
  'identity.passkey.removed': { meaning: 'A passkey was removed.', data: z.strictObject({ account }) },
  'identity.method.blocked': {
    meaning: 'The owner blocked a way to log in.',
    data: z.strictObject({ account, method }),
  },
  'identity.method.unblocked': {
    meaning: 'The owner opened a blocked way to log in again.',
    data: z.strictObject({ account, method }),
  },
});

/** Name of an event of this room. */
export type IdentityEvent = keyof typeof identityEvents;
