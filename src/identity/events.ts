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
    name: { zh: '注册账号', en: 'Account registered' },
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
    name: { zh: '窗口或命令行开户', en: 'Account opened by an office or the console' },
    meaning: 'An account was opened by an office that saw the papers, or by the command line.',
    data: z.strictObject({ account, actor: z.string(), level }),
  },
  'identity.account.proven': {
    name: { zh: '补核身份一致', en: 'Identity confirmed later' },
    meaning: 'The police register made up for an answer it owed: the identity is confirmed.',
    data: z.strictObject({ account, level }),
  },
  'identity.account.disabled': {
    name: { zh: '停用账号', en: 'Account closed' },
    meaning: 'An account was closed; its sessions and grants end, sites are told, recovery can reopen it.',
    data: z.strictObject({
      account,
      actor: z.string(),
      reason: z.enum(['own-wish', 'theft', 'office', 'proof-refused']),
    }),
  },
  'identity.account.recovered': {
    name: { zh: '找回账号', en: 'Account recovered' },
    meaning:
      'A person came back by recovery: other ways in are revoked, sessions end, levels above 1 are held for 72 hours.',
    data: z.strictObject({ account, method }),
  },
  'identity.account.theft-reported': {
    name: { zh: '报告身份被冒用', en: 'Identity theft reported' },
    meaning:
      'The owner said that somebody else acted: sessions end, a method may be blocked, higher levels are held.',
    data: z.strictObject({ account, by: z.enum(['owner', 'link']) }),
  },
  'identity.registration.stopped': {
    name: { zh: '注册被中止', en: 'Registration stopped' },
    meaning: 'Somebody tried to register the identity of this account with a phone that is not its own.',
    data: z.strictObject({ account, client }),
  },
  'identity.login.succeeded': {
    name: { zh: '登录成功', en: 'Login succeeded' },
    meaning: 'A person showed who they are.',
    data: z.strictObject({ account, client, method, level, knownDevice: z.boolean() }),
  },
  'identity.login.refused': {
    name: { zh: '登录被拒绝', en: 'Login refused' },
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
    name: { zh: '登录方式被锁定', en: 'Login method locked' },
    meaning: 'A way to log in was locked for devices that the account has not seen, after repeated failures.',
    data: z.strictObject({ account: account.optional(), client, method }),
  },
  'identity.level.raised': {
    name: { zh: '提高实名等级', en: 'Level raised' },
    meaning: 'A register confirmed more about a person.',
    data: z.strictObject({
      account,
      level,
      by: z.enum(['police', 'telecom', 'social-security', 'counter']),
    }),
  },
  'identity.organisation.bound': {
    name: { zh: '绑定单位', en: 'Organisation bound' },
    meaning:
      'The business register confirmed a person as legal representative of an organisation, which is theirs to act for.',
    data: z.strictObject({ account, organisation, level }),
  },
  'identity.organisation.confirmed': {
    name: { zh: '复核法定代表人一致', en: 'Representative confirmed again' },
    meaning: 'The business register confirmed the representative of an organisation once more.',
    data: z.strictObject({ account, organisation }),
  },
  'identity.organisation.refused': {
    name: { zh: '绑定单位被拒绝', en: 'Organisation refused' },
    meaning: 'A person asked for an organisation that the business register does not say they represent.',
    data: z.strictObject({
      account,
      client,
      reason: z.enum(['mismatch', 'name-differs', 'not-found', 'struck-off']),
    }),
  },
  'identity.organisation.ended': {
    name: { zh: '不再代表单位', en: 'Representation ended' },
    meaning: 'A person no longer stands for an organisation: sessions in which they act for it end at once.',
    data: z.strictObject({
      account,
      organisation,
      reason: z.enum(['representative-changed', 'struck-off', 'not-found', 'released']),
    }),
  },
  'identity.authority.changed': {
    name: { zh: '登记或修改机构', en: 'Authority registered or changed' },
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
    name: { zh: '邀请工作人员', en: 'Staff invited' },
    meaning:
      'A member of staff was invited, or invited again; `emergency` when the console did it beside an active security administrator.',
    data: z.strictObject({ account, actor, duties, again: z.boolean(), emergency: z.boolean() }),
  },
  'identity.staff.joined': {
    name: { zh: '工作人员开通账号', en: 'Staff joined' },
    meaning: 'A member of staff used the invitation: earlier passkeys and sessions of the account end.',
    data: z.strictObject({ account }),
  },
  'identity.staff.duties-changed': {
    name: { zh: '变更工作职责', en: 'Duties changed' },
    meaning: 'A member of staff was given other duties; sessions end.',
    data: z.strictObject({ account, actor, duties }),
  },
  'identity.staff.disabled': {
    name: { zh: '停用工作人员账号', en: 'Staff account shut' },
    meaning: 'The account of a member of staff was shut; sessions end.',
    data: z.strictObject({ account, actor }),
  },
  'identity.name.changed': {
    name: { zh: '变更姓名', en: 'Name changed' },
    meaning: 'The name was changed after the police register confirmed the new one.',
    data: z.strictObject({ account }),
  },
  'identity.phone.changed': {
    name: { zh: '更换手机号', en: 'Phone changed' },
    meaning: 'The phone was changed; the old number was told.',
    data: z.strictObject({ account, telecom: z.enum(['match', 'mismatch', 'unavailable']) }),
  },
  'identity.phone.lost': {
    name: { zh: '手机号已易主', en: 'Phone changed hands' },
    meaning:
      'The number belongs to somebody else now: taken over with proof, or the operator says that it changed hands.',
    data: z.strictObject({ account, reason: z.enum(['taken-over', 'changed-hands']) }),
  },
  'identity.password.changed': {
    name: { zh: '设置或修改密码', en: 'Password set or changed' },
    meaning: 'The password was set or changed.',
    data: z.strictObject({ account }),
  },
  'identity.passkey.added': {
    name: { zh: '添加通行密钥', en: 'Passkey added' },
    meaning: 'A passkey was bound, in a session of this level.',
    data: z.strictObject({ account, level }),
  },
  'identity.passkey.removed': {
    name: { zh: '删除通行密钥', en: 'Passkey removed' },
    meaning: 'A passkey was removed.',
    data: z.strictObject({ account }),
  },
  'identity.method.blocked': {
    name: { zh: '停用登录方式', en: 'Login method blocked' },
    meaning: 'The owner blocked a way to log in.',
    data: z.strictObject({ account, method }),
  },
  'identity.method.unblocked': {
    name: { zh: '恢复登录方式', en: 'Login method unblocked' },
    meaning: 'The owner opened a blocked way to log in again.',
    data: z.strictObject({ account, method }),
  },
});

/** Name of an event of this room. */
export type IdentityEvent = keyof typeof identityEvents;
