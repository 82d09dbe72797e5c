import { defineProblems, Problem, storeRetryAfterSeconds } from '../core/index.ts';

/** Problems that only storage can have; the ones that every caller meets are in core. */
export const storageProblems = defineProblems({
  'store-url-invalid': {
    status: 500,
    title: { zh: '存储地址有误', en: 'Store address not understood' },
    text: {
      zh: '存储地址（TONGXING_STORE）无法识别，请改为 sqlite:data/tongxing.db 或 mongodb://主机/库名 的形式。',
      en: 'The store address (TONGXING_STORE) is not understood. Use sqlite:data/tongxing.db or mongodb://host/database.',
    },
    meaning: 'The service did not start, because the address of the store names no store that it knows.',
  },
  'store-newer': {
    status: 500,
    title: { zh: '数据版本比程序新', en: 'Store is newer than the program' },
    text: {
      zh: '数据由更新版本的程序写入，请安装不低于该版本的程序后再启动；数据未被改动。',
      en: 'The store was written by a newer release. Install that release or a later one; nothing was changed.',
    },
    meaning:
      'The schema version of the store is above the one that this release knows. It is refused untouched.',
  },
  'store-foreign': {
    status: 500,
    title: { zh: '不是本系统的数据', en: 'Not a store of this program' },
    text: {
      zh: '该文件或数据库属于其他程序，请核对 TONGXING_STORE，或改用空的位置。',
      en: 'The file or database belongs to another program. Check TONGXING_STORE, or name an empty place.',
    },
    meaning: 'A readable database was found that this program did not make. It is refused untouched.',
  },
  'store-corrupt': {
    status: 500,
    title: { zh: '数据文件已损坏', en: 'Store is damaged' },
    text: {
      zh: '数据文件已损坏，请停止服务，保留该文件，并用 tongxing restore 从备份恢复。',
      en: 'The database file is damaged. Stop the service, keep the file, and restore a backup with tongxing restore.',
    },
    meaning:
      'The database file is not a database or fails its own consistency check. `detail` names the file.',
  },
  'store-not-empty': {
    status: 409,
    title: { zh: '目标存储不为空', en: 'The target is not empty' },
    text: {
      zh: '恢复只能写入空的存储，请改用新的位置，或先移走现有数据；未写入任何内容。',
      en: 'A restore writes only into an empty store. Name a new place or move the present data away; nothing was written.',
    },
    meaning: 'restore (or backup) found data where it was to write and refused before writing anything.',
  },
  'backup-unusable': {
    status: 500,
    title: { zh: '备份无法使用', en: 'Backup cannot be used' },
    text: {
      zh: '备份不完整、已损坏，或与目标存储的类型不同，请换用另一份备份；未写入任何内容。',
      en: 'The backup is incomplete, damaged, or of another kind of store. Use another backup; nothing was written.',
    },
    meaning:
      'The manifest is missing or does not agree with the files beside it, or names another kind of store.',
  },
  'restore-incomplete': {
    status: 500,
    title: { zh: '恢复未完成', en: 'A restore was not finished' },
    text: {
      zh: '此前的恢复中途停止，数据不完整。请删除该数据库，再重新执行 tongxing restore。',
      en: 'A restore into this database stopped half-way. Drop the database and run tongxing restore again.',
    },
    meaning:
      'The database carries the mark of a restore that did not reach its end. It is refused untouched.',
  },
  'cursor-invalid': {
    status: 400,
    title: { zh: '翻页参数有误', en: 'Cursor not understood' },
    text: {
      zh: '翻页参数无效，请从第一页重新开始。',
      en: 'The value of `after` is not one that this list gave out. Start again from the first page.',
    },
    meaning: 'The cursor was changed, cut, or belongs to another list.',
  },
});

/** The problem of a store that does not answer, telling callers when to come back. */
export function storeUnavailable(cause: unknown): Problem {
  return new Problem('store-unavailable', {
    cause,
    headers: { 'Retry-After': String(storeRetryAfterSeconds) },
  });
}
