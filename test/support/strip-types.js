import { createHash } from 'node:crypto';
import { stripTypeScriptTypes } from 'node:module';

/** jest transformer: the same type stripping that node applies in production, so tests run what production runs. */
export default {
  process: (source) => ({ code: stripTypeScriptTypes(source) }),
  getCacheKey: (source) => createHash('sha256').update(process.version).update(source).digest('hex'),
};
