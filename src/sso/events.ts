import { z } from 'zod';
import { defineEvents } from '../audit/index.ts';

const level = z.int().min(0).max(3);
/** Random id of the organisation that the person acts for. */
const organisation = z.string().optional();

/** What the login protocol writes into the log. Random ids only. */
export const ssoEvents = defineEvents({
  'sso.site.entered': {
    name: { zh: '进入网站', en: 'Site entered' },
    meaning:
      'A person entered a site; `fresh` when they logged in for it, otherwise a session was there already.',
    data: z.strictObject({
      account: z.string(),
      client: z.string(),
      organisation,
      session: z.string(),
      fresh: z.boolean(),
      level,
      amr: z.array(z.string()),
    }),
  },
  'sso.consent.given': {
    name: { zh: '同意网站获取信息', en: 'Consent given' },
    meaning: 'A person allowed a site to know the named scopes and claims.',
    data: z.strictObject({
      account: z.string(),
      client: z.string(),
      organisation,
      scopes: z.array(z.string()),
      claims: z.array(z.string()),
    }),
  },
  'sso.consent.refused': {
    name: { zh: '不同意网站获取信息', en: 'Consent refused' },
    meaning: 'A person did not allow a site what it asked for. The login stays.',
    data: z.strictObject({ account: z.string(), client: z.string(), organisation }),
  },
  'sso.consent.withdrawn': {
    name: { zh: '收回网站授权', en: 'Consent withdrawn' },
    meaning: 'What a site was allowed was taken back; its tokens are dead.',
    data: z.strictObject({ account: z.string(), client: z.string(), organisation, reason: z.string() }),
  },
  'sso.session.ended': {
    name: { zh: '单点登录会话结束', en: 'Session ended' },
    meaning:
      'A single sign-on session ended before its time; the named sites are told by back-channel logout.',
    data: z.strictObject({
      account: z.string().optional(),
      organisation,
      session: z.string(),
      reason: z.string(),
      clients: z.array(z.string()),
    }),
  },
  'sso.acting.changed': {
    name: { zh: '切换办事身份', en: 'Acting identity changed' },
    meaning:
      'A person began to act for an organisation, or for themselves again; the named sites, entered before, are told by back-channel logout.',
    data: z.strictObject({
      account: z.string(),
      organisation,
      session: z.string(),
      clients: z.array(z.string()),
      /** When the time that ended began; sessions at the sites were named after it. */
      epoch: z.int().optional(),
    }),
  },
  'sso.token.replayed': {
    name: { zh: '令牌被重复使用', en: 'Token used twice' },
    meaning:
      'A code or refresh token was used a second time. All tokens of the person at this site are dead.',
    data: z.strictObject({ account: z.string().optional(), client: z.string(), kind: z.string() }),
  },
  'sso.client.added': {
    name: { zh: '登记网站或系统', en: 'Site or system registered' },
    meaning: 'A service site or system was registered.',
    data: z.strictObject({ client: z.string(), actor: z.string() }),
  },
  'sso.client.removed': {
    name: { zh: '移除网站或系统', en: 'Site or system removed' },
    meaning: 'A service site or system was removed from the register.',
    data: z.strictObject({ client: z.string(), actor: z.string() }),
  },
});
