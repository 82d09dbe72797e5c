import { defineProblems } from '../core/index.ts';

/** What can go wrong while a seal is put on a file. What is wrong with a file to validate is a report, not a problem. */
export const sealProblems = defineProblems({
  'pdf-not-sealable': {
    status: 422,
    title: { zh: '文件无法加盖印章', en: 'File cannot be sealed' },
    text: {
      zh: '该 PDF 已加密、已有签名、结构不完整，或盖章位置不在页面上。请使用系统生成的证照文件，并检查盖章位置。',
      en: 'The PDF is encrypted, already signed, not whole, or has no such page for the seal. Use a file drawn by this system and check the place of the seal.',
    },
    meaning:
      'Seals go on unsigned PDFs with a cross-reference table (saved without object streams), inside an existing page.',
  },
  'seal-too-large': {
    status: 500,
    title: { zh: '签名数据超出预留空间', en: 'Signature does not fit' },
    text: {
      zh: '签名、证书链和时间戳超出了文件中预留的空间，文件未盖章。请缩短证书链，或更换返回较少证书的时间戳服务。',
      en: 'The signature with its chain and time stamp is larger than the space kept for it, and the file was not sealed. Shorten the chain, or use a time-stamping service that sends fewer certificates.',
    },
    meaning: 'The CMS is larger than the placeholder of 16 KB. Nothing was cut; no file was made.',
  },
  'seal-signer-unfit': {
    status: 500,
    title: { zh: '印章密钥或证书不可用', en: 'Seal key or certificate unfit' },
    text: {
      zh: '印章密钥与证书不匹配、算法不受支持，或证书不允许用于签名。请检查该印章的密钥和证书。',
      en: 'The key of the seal does not belong to its certificate, its algorithm is not supported, or the certificate may not sign. Check the key and the certificate of this seal.',
    },
    meaning:
      'A seal signs with P-256 or RSA of 2048 bits or more, and its certificate allows digitalSignature.',
  },
  'time-stamp-unavailable': {
    status: 503,
    title: { zh: '时间戳服务不可用', en: 'Time-stamping service unavailable' },
    text: {
      zh: '时间戳服务没有响应，文件未盖章。请稍后重试；如持续失败，请检查时间戳服务地址和网络。',
      en: 'The time-stamping service did not answer, and the file was not sealed. Try again later; if it goes on, check its address and the network.',
    },
    meaning:
      'A seal without a time stamp would become invalid with the revocation of its certificate, so none is made in its place.',
  },
  'time-stamp-refused': {
    status: 502,
    title: { zh: '时间戳不可信', en: 'Time stamp not to be believed' },
    text: {
      zh: '时间戳服务的答复未通过校验，文件未盖章。请检查时间戳服务及其受信任证书的配置。',
      en: 'The answer of the time-stamping service did not pass its checks, and the file was not sealed. Check the service and its trusted certificates.',
    },
    meaning:
      'Status, nonce, digest, signature, purpose (critical timeStamping) and chain of the token are checked before it is used. The log names which failed.',
  },
  'seal-not-available': {
    status: 409,
    title: { zh: '没有可用的印章', en: 'No seal in use' },
    text: {
      zh: '该机构没有可用于此类证照的印章（未登记、已停用或证书已过期），文件未盖章。请由印章管理员登记、启用印章或更新证书。',
      en: 'The authority has no seal in use for this type (none registered, suspended, or its certificate has ended), and nothing was sealed. Its seal keeper has to register one, resume it, or renew its certificate.',
    },
    meaning:
      'A seal seals when it is active, registered for the type, and its newest certificate is valid now.',
  },
  'seal-key-unavailable': {
    status: 503,
    title: { zh: '印章密钥无法使用', en: 'Seal key cannot be reached' },
    text: {
      zh: '暂时无法使用印章密钥，文件未盖章。请稍后重试；如持续失败，请检查密钥设备。',
      en: 'The key of the seal cannot be used now, and nothing was sealed. Try again later; if it goes on, check where the keys are kept.',
    },
    meaning: 'The keyring or its device did not sign. The log has the cause.',
  },
  'anchors-unreadable': {
    status: 500,
    title: { zh: '受信任证书无法读取', en: 'Trusted certificates cannot be read' },
    text: {
      zh: 'TONGXING_ANCHORS 目录中的 anchors.json 或其中列出的证书无法读取。请按 keys/README.md 的说明改正后重新启动。',
      en: 'anchors.json in the folder of TONGXING_ANCHORS, or a certificate that it names, cannot be read. Correct it as keys/README.md shows and start again.',
    },
    meaning: 'The start stops: with fewer anchors than were meant, good seals would look bad.',
  },
  'validator-busy': {
    status: 503,
    title: { zh: '验证繁忙', en: 'Validation is busy' },
    text: {
      zh: '正在验证的文件过多，请稍后重试。',
      en: 'Too many files are being validated. Try again in a moment.',
    },
    meaning: 'The queue in front of the validation workers is full.',
  },
});
