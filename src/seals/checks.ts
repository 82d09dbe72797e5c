import type { Bilingual } from '../core/index.ts';

/** One check or reason of a validation, in words. Ids are stable and never reused. */
export interface CheckText extends Bilingual {
  /** What it rests on. */
  clause?: string;
}

/** Every check of a validation, in the order in which they are made. */
export const sealChecks = {
  readable: { zh: '文件可读取', en: 'The file can be read', clause: 'ISO 32000-1 7.5' },
  'has-signatures': { zh: '文件带有签名', en: 'The file has signatures', clause: 'ISO 32000-1 12.7.2' },
  'no-active-content': {
    zh: '文件不含脚本、可选内容、附件和表单',
    en: 'The file has no scripts, optional content, attachments or forms',
    clause: 'ISO 19005-2 6.5, 6.6, 6.8, 6.9',
  },
  'byte-range': { zh: '签名范围完整', en: 'The signed range is whole', clause: 'ISO 32000-1 12.8.1' },
  'signature-form': { zh: '签名格式正确', en: 'The signature is well formed', clause: 'RFC 5652 5' },
  'signed-attributes': {
    zh: '签名属性正确',
    en: 'The signed attributes are right',
    clause: 'ETSI EN 319 142-1 6.3, RFC 5035',
  },
  'content-digest': { zh: '内容未被改动', en: 'The content is unchanged', clause: 'RFC 5652 5.4' },
  'signature-value': { zh: '签名值正确', en: 'The signature is right', clause: 'RFC 5652 5.6' },
  'time-stamp': { zh: '时间戳可信', en: 'The time stamp is to be believed', clause: 'RFC 3161 2.3' },
  'signer-trust': { zh: '印章证书可信', en: 'The seal certificate is trusted', clause: 'RFC 5280 6' },
  'signer-usage': { zh: '印章证书可用于签章', en: 'The certificate may seal', clause: 'RFC 5280 4.2.1.3' },
  revocation: {
    zh: '盖章时印章证书未被吊销',
    en: 'The certificate was not revoked then',
    clause: 'RFC 5280 5, RFC 6960',
  },
  'signer-bound': { zh: '印章属于颁发机构', en: 'The seal is that of the issuing authority' },
  changes: { zh: '盖章后未被改动', en: 'Nothing was changed after sealing', clause: 'ISO 32000-1 12.8.2.2' },
} as const satisfies Record<string, CheckText>;

/** Id of a check. */
export type SealCheckId = keyof typeof sealChecks;

/** Why a check did not pass. */
export const sealReasons = {
  'not-pdf': { zh: '不是 PDF 文件', en: 'It is not a PDF' },
  'trailing-bytes': { zh: '文件结尾之后还有内容', en: 'There are bytes after the end of the file' },
  encrypted: { zh: '文件已加密', en: 'The file is encrypted' },
  structure: {
    zh: '文件结构不完整或自相矛盾',
    en: 'The structure of the file is broken or contradicts itself',
  },
  'too-large': { zh: '文件超过 20 MB', en: 'The file is larger than 20 MB' },
  'too-slow': { zh: '文件过于复杂，无法在限定时间内验证', en: 'The file is too complex to validate in time' },
  'no-signature': { zh: '文件没有签名', en: 'The file has no signature' },
  'too-many-signatures': { zh: '签名过多', en: 'There are too many signatures' },
  'active-content': {
    zh: '含有脚本、可选内容、附件或表单',
    en: 'It has scripts, optional content, attachments or forms',
  },
  'not-covering': { zh: '签名范围与文件不符', en: 'The signed range does not fit the file' },
  'unknown-form': { zh: '签名格式不受支持或已损坏', en: 'The form of the signature is unknown or damaged' },
  'digest-not-allowed': { zh: '摘要算法不安全', en: 'The digest algorithm is not secure' },
  'content-type': { zh: '内容类型不符', en: 'The content type is wrong' },
  'no-certificate': { zh: '缺少签名证书', en: 'The certificate of the signer is missing' },
  'signing-certificate': { zh: '签名未指明该证书', en: 'The signature does not name this certificate' },
  'message-digest': { zh: '内容与签名时不同', en: 'The content is not what was signed' },
  signature: { zh: '签名值与证书不符', en: 'The signature was not made with this certificate' },
  'time-stamp-refused': { zh: '时间戳未通过校验', en: 'The time stamp does not pass its checks' },
  'no-time-stamp': {
    zh: '没有时间戳，按当前时间判断',
    en: 'There is no time stamp; the present time counts',
  },
  untrusted: { zh: '证书不是受信任机构签发', en: 'The certificate is from nobody who is trusted here' },
  'not-in-time': { zh: '证书当时不在有效期内', en: 'The certificate was not valid at that time' },
  unfit: { zh: '证书用途不符', en: 'The certificate is not for this purpose' },
  revoked: { zh: '证书在盖章时已被吊销', en: 'The certificate was revoked when it sealed' },
  'no-evidence': { zh: '没有可用的最新吊销信息', en: 'There is no fresh word on revocation' },
  'other-seal': {
    zh: '不是该颁发机构登记的印章',
    en: 'It is not a seal registered for the issuing authority',
  },
  'seal-inactive': {
    zh: '盖章时该印章未启用或已停用',
    en: 'The seal was not in use when it sealed',
  },
  'not-asked': { zh: '尚未与颁发机构核对', en: 'The issuing authority was not compared' },
  'forbidden-change': { zh: '盖章后的文件内容有改动', en: 'The file was changed after sealing' },
  unknown: { zh: '因前面的检查未通过而无法判断', en: 'Cannot be told, since an earlier check did not pass' },
} as const satisfies Record<string, CheckText>;

/** Id of a reason. */
export type SealReason = keyof typeof sealReasons;
