import type { Bilingual } from '../core/index.ts';
import type { CodePurpose } from './one-time-code.ts';
import type { IdentitySettings, Visitor } from './port.ts';

type Locale = Visitor['locale'];

const errands: Record<CodePurpose, { zh: string; en: string }> = {
  registration: { zh: '注册账号', en: 'to register' },
  login: { zh: '登录', en: 'to log in' },
  recovery: { zh: '找回账号', en: 'to recover your account' },
  'phone-change': { zh: '更换手机号', en: 'to change your phone number' },
};

/** A name is what a site registered: kept to one line, because the last line of the message means something to phones. */
const brief = (name: string) => name.replace(/\s+/g, ' ').slice(0, 40);
const loginAt = (site: Bilingual): Bilingual => ({
  zh: `登录「${brief(site.zh)}」`,
  en: `to log in to ${brief(site.en)}`,
});

/** Why an identity that waited for the police register was not confirmed. */
export type ProofRefusal = 'mismatch' | 'not-found' | 'deceased' | 'already-registered';

const refusals: Record<ProofRefusal, { zh: string; en: string }> = {
  mismatch: {
    zh: '您填写的姓名与证件号码不一致，请核对后重新注册。',
    en: 'The name and the document number do not belong together. Check them and register again.',
  },
  'not-found': {
    zh: '未查到您填写的证件号码，请核对后重新注册，或携带证件到服务窗口办理。',
    en: 'The document number was not found. Check it and register again, or bring the document to a service counter.',
  },
  deceased: {
    zh: '该证件号码的登记状态异常，请携带证件到户籍所在地派出所核实。',
    en: 'The register shows a status that has to be corrected. Bring the document to the police station of your residence.',
  },
  // Says the same whether or not there is an account: the reader may be a stranger.
  'already-registered': {
    zh: '未能在线完成核验。如您已有账号，请使用原账号登录或找回；否则请携带证件到服务窗口办理。',
    en: 'It could not be done online. If you have an account, log in with it or recover it; if not, bring your document to a service counter.',
  },
};

/** What happened to the ways to log in of an account. */
export type MethodChange = 'passkey-added' | 'passkey-removed' | 'password-changed';

const changes: Record<MethodChange, Bilingual> = {
  'passkey-added': { zh: '添加了一个通行密钥', en: 'A passkey was added to your account' },
  'passkey-removed': { zh: '删除了一个通行密钥', en: 'A passkey was removed from your account' },
  'password-changed': { zh: '更换了密码', en: 'The password of your account was changed' },
};

/** Texts of all messages. Each opens with the name of the service and says what to do; none holds personal data. */
export interface Messages {
  /** Names the host where the code is typed and, for a login, the site that it opens: whoever was lured to another one sees it. */
  code(purpose: CodePurpose, code: string, visitor: Pick<Visitor, 'locale' | 'site'>): string;
  registrationAttempted(locale: Locale): string;
  proofConfirmed(locale: Locale): string;
  proofRefused(reason: ProofRefusal, locale: Locale): string;
  phoneChanged(reportLink: string, locale: Locale): string;
  methodChanged(change: MethodChange, reportLink: string, locale: Locale): string;
  recovered(reportLink: string, locale: Locale): string;
  disabled(locale: Locale): string;
  /** That the register names another representative of an organisation. */
  representationEnded(organisation: string, locale: Locale): string;
  fromAnotherRoom(text: Bilingual, locale: Locale): string;
}

/** Makes the texts for one service. */
export function createMessages({ siteName, issuer }: IdentitySettings): Messages {
  const host = new URL(issuer).hostname;
  const say = (locale: Locale, zh: string, en: string) =>
    locale === 'en' ? `[${siteName.en}] ${en}` : `【${siteName.zh}】${zh}`;

  return {
    code(purpose, code, { locale, site }) {
      const { zh, en } = purpose === 'login' && site ? loginAt(site) : errands[purpose];
      const text = say(
        locale,
        `验证码 ${code}，用于在 ${host} ${zh}，5 分钟内有效。请勿告诉任何人，包括自称工作人员的人。`,
        `${code} is your code ${en} at ${host}, valid for 5 minutes. Tell nobody, whoever they say they are.`,
      );
      // The last line lets phones fill the code in on this site, and only here. @see WICG Origin-bound one-time codes
      return `${text}\n\n@${host} #${code}`;
    },
    registrationAttempted: (locale) =>
      say(
        locale,
        '有人正在用您的身份注册账号，您已有账号，因此没有注册成功。如是您本人，请直接登录或找回账号；如不是，您无需操作。',
        'Somebody tried to register with your identity. You have an account already, so nothing was opened. If it was you, log in or recover your account; if not, you need not do anything.',
      ),
    proofConfirmed: (locale) =>
      say(
        locale,
        '您的身份信息已核验通过，现在可以登录并办理业务。',
        'Your identity has been confirmed. You can log in and use the services now.',
      ),
    proofRefused: (reason, locale) =>
      say(
        locale,
        `您的身份信息未能通过核验：${refusals[reason].zh}`,
        `Your identity could not be confirmed: ${refusals[reason].en}`,
      ),
    phoneChanged: (link, locale) =>
      say(
        locale,
        `您账号的手机号已更换，本号码不再用于登录。如非本人操作，请立即打开 ${link}`,
        `The phone number of your account was changed; this one no longer logs in. If it was not you, open ${link} now`,
      ),
    methodChanged: (change, link, locale) =>
      say(
        locale,
        `您的账号刚刚${changes[change].zh}。如非本人操作，请立即打开 ${link}`,
        `${changes[change].en} just now. If it was not you, open ${link} now`,
      ),
    recovered: (link, locale) =>
      say(
        locale,
        `您的账号已通过找回重新设置登录方式，72 小时内仅开放基础服务。如非本人操作，请立即打开 ${link}`,
        `Your account was recovered with a new way to log in; only basic services are open for 72 hours. If it was not you, open ${link} now`,
      ),
    disabled: (locale) =>
      say(
        locale,
        '您的账号已停用，所有登录均已退出。需要恢复时，请在登录页找回账号。',
        'Your account is closed and logged out everywhere. To open it again, recover it from the login page.',
      ),
    representationEnded: (organisation, locale) =>
      say(
        locale,
        `市场监管部门登记的「${brief(organisation)}」法定代表人已变更，您不能再代表它办事。您本人的账号不受影响。登记有误的，请联系登记机关。`,
        `The business register names another legal representative of ${brief(organisation)}, so you can no longer act for it. Your own account is not touched. If the register is wrong, talk to the registration authority.`,
      ),
    fromAnotherRoom: ({ zh, en }, locale) => say(locale, zh, en),
  };
}
