import { isProblem, Problem } from '../../core/index.ts';
import { storeUnavailable } from '../problems.ts';

/** Primary result codes of SQLite; the low byte of `errcode`. @see https://www.sqlite.org/rescode.html */
const resultCodes = { ioError: 10, corrupt: 11, full: 13, constraint: 19, notADatabase: 26 } as const;

/** The disk is full where the shared-memory file grows: an extended code of the I/O errors. */
const ioErrorShmSize = 4874;

/** The extended result code when the error came from SQLite. Errors of built-in modules may not be `instanceof Error`. */
function sqliteCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number' ? errcode : undefined;
}

/** Turns what SQLite or the file system threw into the problem that callers know; what is neither goes on as it is. */
export function toStoreProblem(error: unknown, path: string): unknown {
  if (isProblem(error)) return error;
  const systemCode = (error as { code?: unknown } | null)?.code;
  if (systemCode === 'ENOSPC' || systemCode === 'EDQUOT') return new Problem('store-full', { cause: error });
  // A closed database, or a log that can no longer be written: nothing that the caller did.
  if (systemCode === 'EIO' || systemCode === 'ERR_INVALID_STATE') return storeUnavailable(error);
  const code = sqliteCode(error);
  if (code === undefined) return error;
  switch (code & 0xff) {
    case resultCodes.full:
      return new Problem('store-full', { cause: error });
    case resultCodes.ioError:
      return code === ioErrorShmSize ? new Problem('store-full', { cause: error }) : storeUnavailable(error);
    case resultCodes.corrupt:
    case resultCodes.notADatabase:
      return storeCorrupt(path, error);
    case resultCodes.constraint:
      return error;
    default:
      return storeUnavailable(error);
  }
}

/** The problem of a damaged file, by name. */
export function storeCorrupt(path: string, cause: unknown): Problem {
  return new Problem('store-corrupt', {
    cause,
    detail: {
      zh: `数据文件 ${path} 已损坏。请停止服务，保留该文件，并用 tongxing restore 从备份恢复。`,
      en: `The database file ${path} is damaged. Stop the service, keep the file, and restore a backup with tongxing restore.`,
    },
  });
}
