import { type Bilingual, chinaTimeZone, retryAfter } from '../core/index.ts';
import type { FieldFault, ViewReply } from '../http/index.ts';

const texts = {
  identifierEmpty: { zh: '请输入手机号或身份证号', en: 'Enter your phone number or ID number' },
  organisationEmpty: {
    zh: '请输入单位的统一社会信用代码，18 位',
    en: 'Enter the unified social credit code of the organisation, 18 characters',
  },
  organisationMismatch: {
    zh: '市场监管部门登记的法定代表人不是您，没有绑定。刚变更登记的，请过一两天再试；其他人员请由法定代表人授权',
    en: 'The business register names somebody else as its legal representative, so nothing was bound. After a recent change, try again in a day or two; others need a mandate of the representative',
  },
  organisationName: {
    zh: '市场监管部门登记的法定代表人证件号码和您的一致，姓名不一致。改过名字的，请先到登记机关更新法定代表人姓名，再回来办理',
    en: 'The business register has your document number with another name. If you changed your name, have the registration authority update it first, then come back',
  },
  organisationNotFound: {
    zh: '市场监管部门没有这个代码的登记，没有绑定。请核对营业执照上的号码',
    en: 'The business register does not know this code, so nothing was bound. Check the number on the business licence',
  },
  organisationStruckOff: {
    zh: '这个单位已注销或被吊销，不能再以它的名义办事。有疑问请向登记机关查询',
    en: 'This organisation was struck off, so nobody can act for it any more. If you doubt that, ask the registration authority',
  },
  organisationEnded: {
    zh: '登记信息已有变化，您现在不能代表这个单位。您自己的事不受影响；有疑问请向登记机关查询',
    en: 'The registration has changed: you cannot act for this organisation now. Your own matters are not affected; if you doubt it, ask the registration authority',
  },
  organisationLevel: {
    zh: '代表单位办事要先达到中级实名，并用密码或通行密钥登录。请先到「我的账号」提高等级',
    en: 'To act for an organisation you need level 2 first, and a login by password or passkey. Raise your level in your account',
  },
  businessUnavailable: {
    zh: '市场监管登记系统暂时连不上，没法确认您能代表这个单位，现在不能以它的名义办事。您自己的事可以照常办；请过几分钟再试',
    en: 'The business register cannot be reached, so it cannot be confirmed that you stand for this organisation, and you cannot act for it now. Your own matters go on as usual; try again in a few minutes',
  },
  actingEmpty: { zh: '请选择以谁的身份办事', en: 'Choose for whom you act' },
  passwordEmpty: { zh: '请输入密码', en: 'Enter your password' },
  codeEmpty: { zh: '请输入短信里的 6 位数字', en: 'Enter the 6 digits from the message' },
  loginRefused: {
    zh: '没有登录成功：账号、密码对不上，或者这种登录方式暂时不能用。请核对后再试，也可以换一种方式登录。',
    en: 'You are not logged in: the account and password do not match, or this way to log in is unavailable at the moment. Check them and try again, or use another way.',
  },
  passkeyRefused: {
    zh: '这次没有用通行密钥登录成功。您可以再试一次，或者用密码、短信验证码登录。',
    en: 'Logging in with the passkey did not work this time. Try again, or use your password or an SMS code.',
  },
  codeExpired: {
    zh: '验证码已过期或已用过。请重新发送',
    en: 'The code has expired or was used. Send a new one',
  },
  codeUsedUp: { zh: '验证码试错次数已满。请重新发送', en: 'Too many wrong tries. Send a new code' },
  expired: { zh: '停留太久，刚才的内容已作废。请重新开始', en: 'This took too long. Please start again' },
  agree: { zh: '请先阅读并勾选同意《隐私说明》', en: 'Please read the privacy notice and tick the box' },
  mismatch: {
    zh: '姓名和证件号码对不上。请核对两项是否与证件一致；改过名字的，请用现在证件上的姓名',
    en: 'The name and the document number do not match. Check both against the document; if you changed your name, use the one on your present document',
  },
  phoneInUse: {
    zh: '这个手机号已经绑定了别的账号。请换一个号码；如果那就是您的账号，请直接登录',
    en: 'This phone number belongs to another account. Use another number; if that account is yours, just log in',
  },
  cardMismatch: {
    zh: '卡号和您的身份对不上。请核对卡面上的号码',
    en: 'The card number does not match your identity. Check the number printed on the card',
  },
  cardUnavailable: {
    zh: '社会保障系统暂时连不上，没有核对成。请过几分钟再试',
    en: 'The social security system cannot be reached, so nothing was checked. Try again in a few minutes',
  },
  telecomMismatch: {
    zh: '运营商没有确认这个手机号由您本人办理，等级没有变。请换成本人办理的号码，或用社会保障卡核对',
    en: 'The operator did not confirm that this number is in your name, so your level stays. Change to a number of your own, or use your social security card',
  },
  telecomUnavailable: {
    zh: '暂时联系不上电信运营商，没有核对成，等级没有变。请过几分钟再试',
    en: 'The operator cannot be reached right now, so nothing was checked and your level stays. Please try again in a few minutes',
  },
  newPasskeyRefused: {
    zh: '通行密钥没有设置成功。请再试一次，或者换一种登录方式',
    en: 'The passkey could not be set up. Try again, or choose another way to log in',
  },
  passwordsDiffer: { zh: '两次输入的密码不一样', en: 'The two passwords are not the same' },
  policeUnavailable: {
    zh: '公安人口库暂时连不上，现在不能核对身份。请过一会儿再试，或到就近政务大厅',
    en: 'The police population register cannot be reached, so your identity cannot be checked now. Try again later, or go to the nearest service hall',
  },
  nameMismatch: {
    zh: '和公安人口库里的姓名不一致，没有更新。刚改名的，人口库可能要几天才更新；仍不行请到派出所查询',
    en: 'It differs from the name in the police population register, so nothing was changed. After a recent change the register may need some days; if it still fails, ask at a police station',
  },
  nameDeceased: {
    zh: '公安人口库的答复是：这个身份目前不能使用，没有更新。请带身份证到派出所核实',
    en: 'The police population register answered that this identity cannot be used at present, so nothing was changed. Take your ID card to a police station',
  },
  lastWayIn: {
    zh: '这是您仅有的登录方式，不能删除或停用。请先设置密码或添加另一个通行密钥',
    en: 'This is your only way to log in and cannot be removed or blocked. Set a password or add another passkey first',
  },
  rolesExclude: {
    zh: '系统管理员、安全管理员、审计管理员三种职责互斥，一人只能担任其中一种',
    en: 'System, security and audit administrator exclude each other: one person can be one of them only',
  },
  dutyEmpty: { zh: '请选择职责和机构', en: 'Choose a role and an authority' },
  lastDuty: {
    zh: '这是该人员仅有的职责，不能移除。不再担任工作的，请停用账号',
    en: 'This is the only duty of this person. Disable the account if the work has ended',
  },
  authorityExists: {
    zh: '这个机构已经登记，请在机构列表中修改',
    en: 'This authority is registered already. Change it from the list',
  },
  logDate: { zh: '日期不对，请按 2026-11-22 的格式填写', en: 'Enter the date as 2026-11-22' },
  staffPasskeyRefused: {
    zh: '通行密钥没有设置成功。它必须能核验本人（指纹、面容或设备密码）。请再试一次，或换一台设备',
    en: 'The passkey could not be set up. It has to verify you by fingerprint, face or the PIN of the device. Try again, or use another device',
  },
  confirm: { zh: '请先勾选，确认您明白后果', en: 'Tick the box to confirm that you understand' },
} satisfies Record<string, Bilingual>;

/** A fault that a page shows. */
export interface PageFault extends FieldFault {
  /** Too many acts: from when on they are allowed again, in milliseconds since the epoch. */
  retryAt?: number;
  /** It is not the person's fault: something that this service needs does not answer. */
  isOurs?: true;
}

/** A fault of a field by its text; an empty field name puts it into the summary only. */
export function fault(field: string, text: keyof typeof texts): PageFault {
  return { field, text: texts[text] };
}

/** Status and headers of a page with these faults: 200 without any, 429 when one of them is a limit, 503 when it is ours. @see RFC 6585 4 */
export function statusOf(faults: readonly PageFault[], now: number): Pick<ViewReply, 'status' | 'headers'> {
  const { retryAt, isOurs } = faults.find((one) => one.retryAt !== undefined) ?? {};
  if (retryAt === undefined) return { status: faults.length > 0 ? 422 : 200 };
  return { status: isOurs ? 503 : 429, headers: retryAfter(retryAt, now) };
}

const clockTime = (locale: string, at: number): string =>
  new Intl.DateTimeFormat(locale, {
    month: 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
    timeZone: chinaTimeZone,
  }).format(at);

/** Too many tries, and from when on they are allowed again (milliseconds since the epoch). */
export function limitedFault(field: string, retryAt: number): PageFault {
  return {
    field,
    retryAt,
    text: {
      zh: `试得太频繁了。请在${clockTime('zh-CN', retryAt)}以后再试`,
      en: `Too many tries. Please try again after ${clockTime('en-GB', retryAt)}`,
    },
  };
}

/** The SMS gateway did not take the code. */
export function notSentFault(field: string, retryAt: number): PageFault {
  return {
    field,
    retryAt,
    isOurs: true,
    text: {
      zh: '验证码短信暂时发不出去，您填写的内容已保留。请一分钟后再点一次发送',
      en: 'The message with the code cannot be sent at the moment. What you entered is kept: please ask for a code again in a minute',
    },
  };
}

/** A way to log in is paused on unfamiliar devices. */
export function lockedFault(field: string, retryAt: number): PageFault {
  return {
    field,
    retryAt,
    text: {
      zh: `为保护账号，这种登录方式在陌生设备上暂停到${clockTime('zh-CN', retryAt)}。请换一种方式登录，或用您常用的设备`,
      en: `To protect the account, this way to log in is paused on unfamiliar devices until ${clockTime('en-GB', retryAt)}. Use another way, or a device you usually use`,
    },
  };
}

/** The code is wrong, with the tries that are left. */
export function wrongCodeFault(triesLeft: number): PageFault {
  if (triesLeft <= 0) return fault('code', 'codeUsedUp');
  return {
    field: 'code',
    text: {
      zh: `验证码不对，还可以试 ${triesLeft} 次`,
      en: `The code is wrong; ${triesLeft} ${triesLeft === 1 ? 'try' : 'tries'} left`,
    },
  };
}
