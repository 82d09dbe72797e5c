import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Lends an empty folder, and takes it away whatever happens. */
export async function withFolder<R>(use: (folder: string) => Promise<R>): Promise<R> {
  const folder = mkdtempSync(join(tmpdir(), 'tongxing-bench-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A folder that is filled at most once. */
export interface KeptFolder {
  path: string;
  isFilled: boolean;
  /** To be called when it is whole: what was left half filled is thrown away the next time. */
  setFilled(): void;
}

/** Lends the folder of this name below `keep`, as an earlier run filled it; without `keep`, an empty one that is taken away. */
export function withKeptFolder<R>(
  { keep, name }: { keep: string | undefined; name: string },
  use: (folder: KeptFolder) => Promise<R>,
): Promise<R> {
  if (keep === undefined) return withFolder((path) => use({ path, isFilled: false, setFilled: () => {} }));
  const path = join(keep, name);
  const mark = join(path, 'filled');
  const isFilled = existsSync(mark);
  if (!isFilled) {
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path, { recursive: true });
  }
  return use({ path, isFilled, setFilled: () => writeFileSync(mark, '') });
}
