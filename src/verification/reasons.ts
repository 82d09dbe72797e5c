import type { Bilingual } from '../core/index.ts';

/** Why a check did not pass, or what is to be known although it passed. Codes are stable and never reused. */
export const reasons = {
  'licence-not-found': {
    zh: '没有找到本事项可以核验的这一证照。请核对证照类型和编号。',
    en: 'There is no such licence that this service item may verify. Check the type and the number.',
  },
  'code-not-usable': {
    zh: '这个码不能使用：已过期、已使用、不正确，或不是本事项需要的证照。请持证人重新出示。',
    en: 'This code cannot be used: it is expired, used or wrong, or is not of a licence that this service item needs. Ask the holder to show a new one.',
  },
  'no-consent-or-licence': {
    zh: '没有持证人为本次办件给出的有效授权，或其名下没有可核验的该类证照。',
    en: 'There is no live consent of the holder for this case, or no licence of this type that it opens.',
  },
  'file-unknown': {
    zh: '文件上的印章可信，但本库没有本事项可以核验的这个文件，无法确认其状态。',
    en: 'The seal on the file is to be trusted, but this library has no such file that this service item may verify, and cannot tell its status.',
  },
  'file-not-issued': {
    zh: '本库没有本事项可以核验的这个文件。',
    en: 'This library has no such file that this service item may verify.',
  },
  'as-of-in-future': {
    zh: '所问日期尚未到来，无法判断。',
    en: 'The day asked about is still to come, so nothing can be told.',
  },
  'as-of-before-library': {
    zh: '所问日期早于本库启用，本库没有当时的记录。',
    en: 'The day asked about lies before this library began, so it has no record of that time.',
  },
  'identifier-check': {
    zh: '证照标识的校验位不正确。',
    en: 'The check character of the licence identifier is wrong.',
  },
  'number-pattern': {
    zh: '证照编号不符合该类证照的编号规则。',
    en: 'The number does not follow the rule of its type.',
  },
  'type-unknown': {
    zh: '证照类型不在目录中，编号规则无从核对。',
    en: 'The type is not in the catalogue, so the number cannot be compared with its rule.',
  },
  'holder-differs': {
    zh: '持证人与所提供的信息不一致。',
    en: 'The holder is not the one that was named.',
  },
  'issuer-unknown': {
    zh: '颁发机构未在平台登记。',
    en: 'The issuing authority is not registered.',
  },
  'issuer-no-longer-entitled': {
    zh: '该机构目前不在该类证照的颁发机构之列，无法确认颁发时是否有权。',
    en: 'The authority does not issue this type at present; whether it was entitled then cannot be told.',
  },
  'not-issued-then': { zh: '当时尚未颁发。', en: 'It had not been issued then.' },
  suspended: { zh: '证照已暂扣或暂停使用。', en: 'The licence is suspended.' },
  revoked: { zh: '证照已被吊销。', en: 'The licence has been revoked.' },
  rescinded: { zh: '证照已被撤销。', en: 'The licence has been rescinded.' },
  cancelled: { zh: '证照已注销。', en: 'The licence has been cancelled.' },
  superseded: { zh: '证照已被新证替代。', en: 'The licence has been replaced by a new one.' },
  transferred: { zh: '证照已转出到其他机构。', en: 'The licence has been transferred to another authority.' },
  ended: { zh: '证照已失效。', en: 'The licence has ended.' },
  'version-replaced': {
    zh: '这是旧版本，证照内容已经变更。',
    en: 'This is an old version; the licence has been changed since.',
  },
  'not-yet-valid': { zh: '有效期尚未开始。', en: 'Its validity has not begun.' },
  expired: { zh: '已过有效期。', en: 'Its validity is over.' },
  disputed: {
    zh: '持证人已对内容提出异议，颁发机构尚未答复。',
    en: 'The holder has objected to what it says, and the issuing authority has not answered yet.',
  },
  'not-sealed': { zh: '文件上没有电子印章。', en: 'There is no e-seal on the file.' },
  'seal-broken': { zh: '电子印章校验未通过。', en: 'The e-seal does not verify.' },
  'seal-unknown': { zh: '印章未在平台登记。', en: 'The seal is not registered.' },
  'seal-of-other-authority': {
    zh: '印章不属于颁发机构。',
    en: 'The seal is not that of the issuing authority.',
  },
  'seal-not-for-type': {
    zh: '该印章未登记用于这类证照。',
    en: 'The seal is not registered for this type of licence.',
  },
  'seal-not-active-then': {
    zh: '盖章时印章不在启用状态。',
    en: 'The seal was not in use when the licence was sealed.',
  },
  'signer-untrusted': {
    zh: '印章证书不是受信任机构签发。',
    en: 'The certificate of the seal is from nobody who is trusted here.',
  },
  'signer-not-compared': {
    zh: '无法确认印章属于哪个机构。',
    en: 'Whose seal it is cannot be told.',
  },
  'certificate-unknown': {
    zh: '盖章所用证书不是该印章登记的证书。',
    en: 'The certificate that sealed is not one of the seal.',
  },
  'certificate-not-valid-then': {
    zh: '盖章时证书不在有效期内。',
    en: 'The certificate was not valid when it sealed.',
  },
  'certificate-revoked-then': {
    zh: '盖章时证书已被吊销。',
    en: 'The certificate was already revoked when it sealed.',
  },
  'certificate-revoked-since': {
    zh: '证书在盖章之后被吊销，不影响此前所盖的印章。',
    en: 'The certificate was revoked after it sealed, which does not touch what was sealed before.',
  },
  'certificate-expired-since': {
    zh: '证书在盖章之后到期，不影响此前所盖的印章。',
    en: 'The certificate expired after it sealed, which does not touch what was sealed before.',
  },
  'certificate-unclear': {
    zh: '没有可用的吊销信息，无法确认证书当时是否有效。',
    en: 'There is no fresh word on revocation, so the certificate cannot be judged.',
  },
  'file-changed': { zh: '文件在盖章后被改动。', en: 'The file was changed after it was sealed.' },
  'file-no-pdf': {
    zh: '这不是 PDF 文件。请提供证照的 PDF 原文件。',
    en: 'This is no PDF file. Provide the PDF file of the licence as it was downloaded.',
  },
  'file-unreadable': {
    zh: '文件无法读取，或含有证照文件不应有的内容。',
    en: 'The file cannot be read, or holds what a licence must not hold.',
  },
  'file-unclear': { zh: '无法判断文件是否被改动。', en: 'Whether the file was changed cannot be told.' },
} as const satisfies Record<string, Bilingual>;

/** Code of a reason. */
export type ReasonCode = keyof typeof reasons;
