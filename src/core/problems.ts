import { defineProblems } from './problem.ts';

/** Problems that any room may answer with. A room's own table holds what only that room can say. */
export const coreProblems = defineProblems({
  'invalid-input': {
    status: 422,
    title: { zh: '填写的内容有误', en: 'Invalid input' },
    text: {
      zh: '请根据提示修改后重新提交。',
      en: 'Correct the marked members and send the request again.',
    },
    meaning:
      'The request is well formed, but a value in it is not acceptable. `errors` locates each fault by a JSON pointer and gives its code.',
  },
  'not-found': {
    status: 404,
    title: { zh: '未找到', en: 'Not found' },
    text: {
      zh: '未找到您要的内容，请核对地址或编号后重试。',
      en: 'There is nothing here for you. Check the address or the identifier and try again.',
    },
    meaning:
      'No such thing, or none that this caller may know of. Both cases have the same answer, so that identifiers cannot be probed.',
  },
  'already-exists': {
    status: 409,
    title: { zh: '已存在', en: 'Already exists' },
    text: {
      zh: '相同的记录已存在，请查询现有记录，不要重复提交。',
      en: 'A record with the same key already exists. Read that one instead of sending it again.',
    },
    meaning:
      'The key or a unique value of the new record is taken. `index` names the unique index where it was not the key.',
  },
  'version-conflict': {
    status: 409,
    title: { zh: '内容已被他人修改', en: 'Changed in the meantime' },
    text: {
      zh: '这条记录刚刚被修改过，请刷新后重新操作。',
      en: 'The record changed while you were working on it. Read it again and repeat the change.',
    },
    meaning: 'A conditional write found another version than the one that was read. Nothing was written.',
  },
  'store-unavailable': {
    status: 503,
    title: { zh: '服务暂时不可用', en: 'Temporarily unavailable' },
    text: {
      zh: '数据存储暂时无法访问，您的操作没有完成，请稍后重试。',
      en: 'The data store does not answer, so nothing was done. Please try again in a few seconds.',
    },
    meaning:
      'The store did not answer in time. The service recovers by itself once the store is back; /readyz is red until then.',
  },
  'store-full': {
    status: 507,
    title: { zh: '存储空间不足', en: 'Out of storage space' },
    text: {
      zh: '服务器存储空间不足，您的操作没有完成，请联系管理员。',
      en: 'The server has run out of storage space and nothing was written. The operator has to free space or add some.',
    },
    meaning: 'The disk or quota under the store is full. Nothing that was acknowledged before is lost.',
  },
  'blob-damaged': {
    status: 500,
    title: { zh: '文件已损坏', en: 'Stored file is damaged' },
    text: {
      zh: '该文件的存储副本已损坏，无法读取，请联系管理员从备份恢复。',
      en: 'The stored copy of this file is damaged and cannot be read. The operator has to restore it from a backup.',
    },
    meaning: 'A stored file does not have the SHA-256 under which it was stored, or could not be opened.',
  },
  'cipher-cannot-open': {
    status: 500,
    title: { zh: '数据无法解密', en: 'Data cannot be opened' },
    text: {
      zh: '存储的数据无法解密，请联系管理员核对密钥（TONGXING_KEYS）与数据是否配套。',
      en: 'Stored data cannot be decrypted. The operator has to check that the keys (TONGXING_KEYS) belong to this store.',
    },
    meaning:
      'Encrypted bytes name a key that this installation does not have, were changed, or were moved to another place than they were written for.',
  },
  'internal-error': {
    status: 500,
    title: { zh: '服务出错', en: 'Internal error' },
    text: {
      zh: '服务出错，您的操作可能没有完成，请稍后重试；如仍有问题，请将请求编号告知管理员。',
      en: 'Something went wrong on our side, and what you did may not be complete. Try again later; if it happens again, give the operator the request number (instance).',
    },
    meaning: 'A fault of the program. The log has the cause under the request id that `instance` carries.',
  },
});

/**
 * Seconds that a client is asked to wait while the store is away: longer than a restart of one node, shorter than a person's patience.
 */
export const storeRetryAfterSeconds = 5;
