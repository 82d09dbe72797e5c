import { defineProblems } from '../core/index.ts';

/** What can be wrong with the keys. All of these stop the start; an operator reads them. */
export const keyringProblems = defineProblems({
  'master-key-missing': {
    status: 500,
    title: { zh: '缺少主密钥', en: 'Master key missing' },
    text: {
      zh: '数据库已有密钥记录，但 TONGXING_KEYS 目录中没有主密钥。请把原来的主密钥文件放回该目录，或将 TONGXING_KEYS 指向它所在的目录。',
      en: 'The store holds keys, but the folder of TONGXING_KEYS holds no master key. Put the original file back, or point TONGXING_KEYS to the folder that has it.',
    },
    meaning:
      'A new master key could not open anything of this store, so none is made. The master key is backed up apart from the data.',
  },
  'master-key-foreign': {
    status: 500,
    title: { zh: '主密钥与数据不匹配', en: 'Master key of another store' },
    text: {
      zh: 'TONGXING_KEYS 中的主密钥打不开这个数据库的密钥。请换成与该数据库配套的主密钥。',
      en: 'The master key in TONGXING_KEYS does not open the keys of this store. Use the one that belongs to it.',
    },
    meaning: 'The keys in the store are wrapped under another master key. Nothing was written.',
  },
  'master-key-exposed': {
    status: 500,
    title: { zh: '主密钥权限过宽', en: 'Master key is exposed' },
    text: {
      zh: 'TONGXING_KEYS 中的主密钥可被其他用户读取或替换。请将文件权限设为 0600、目录设为 0700，并归运行服务的用户所有。',
      en: 'Other users can read or replace the master key in TONGXING_KEYS. Give the file mode 0600 and the folder 0700, owned by the user of the service.',
    },
    meaning: 'Whoever reads the master key and the store can read everything. Consider whether somebody did.',
  },
  'master-key-unreadable': {
    status: 500,
    title: { zh: '主密钥无法读取', en: 'Master key cannot be read' },
    text: {
      zh: 'TONGXING_KEYS 中的主密钥文件无法读取或内容不完整。请检查目录与文件，必要时从备份恢复主密钥。',
      en: 'The master key file in TONGXING_KEYS cannot be read or is not whole. Check folder and file, or restore the key from its backup.',
    },
    meaning: 'The file is damaged, is not a master key, or the service may not read or write the folder.',
  },
  'master-key-of-demo': {
    status: 500,
    title: { zh: '演示密钥不能用于正式环境', en: 'Key of another mode' },
    text: {
      zh: 'TONGXING_KEYS 中的主密钥属于另一种运行方式（演示或正式）。演示密钥不得用于正式环境，请将 TONGXING_KEYS 指向正确的目录。',
      en: 'The master key in TONGXING_KEYS was made for the other mode. Demo keys are refused in production and production keys in the demo: point TONGXING_KEYS to the right folder.',
    },
    meaning:
      'A master key says in its file, and by how it wraps, whether it was made by the demo or by production.',
  },
  'key-record-damaged': {
    status: 500,
    title: { zh: '密钥记录已损坏', en: 'Key record damaged' },
    text: {
      zh: '数据库中的一条密钥记录已损坏或被改动。请从备份恢复数据库，并查明原因。',
      en: 'A key record in the store is damaged or was changed by hand. Restore the store from a backup and find out how it happened.',
    },
    meaning:
      'The master key opens other keys of this store but not this one, or the public part is not the one that was stored.',
  },
  'key-driver-unavailable': {
    status: 500,
    title: { zh: '密钥设备驱动不可用', en: 'Key driver not available' },
    text: {
      zh: '所选的密钥驱动（PKCS#11）不在此版本中，请改用文件驱动。',
      en: 'The chosen key driver (PKCS#11) is not part of this version. Choose the file driver.',
    },
    meaning:
      'The port for hardware security modules stands and no driver for it is included. Nothing falls back to files silently.',
  },
});
