import { randomInt } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dayAt } from './time.ts';

/** What every case file has. */
export interface CaseFile {
  /** Like FOOD-20261122-0000001: letters, the day, seven digits. */
  number: string;
  /** Milliseconds since the epoch. */
  openedAt: number;
}

/** What a verification leaves in a case file: the answer, what the matter may learn, and the receipt. Never the paper. */
export interface Verification {
  at: number;
  conclusion: 'valid' | 'not_valid' | 'cannot_tell';
  /** Why it is not valid or cannot be told, in the language of whoever asked. */
  reasons: readonly string[];
  facts: Readonly<Record<string, unknown>>;
  /** Compact JWS. */
  receipt: string;
}

const form = /^[A-Z]{2,8}-\d{8}-\d{7}$/;

/** Case files in a folder, one JSON file each. */
export function createCases<File extends CaseFile>(folder: string) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const fileOf = (number: string): string => `${folder}/${number}.json`;
  const read = (number: string): File => JSON.parse(readFileSync(fileOf(number), 'utf8')) as File;
  const numbers = (): string[] =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length));

  function put(file: File): File {
    // A crash leaves the whole old file or the whole new one.
    writeFileSync(`${fileOf(file.number)}.new`, JSON.stringify(file, undefined, 2), { mode: 0o600 });
    renameSync(`${fileOf(file.number)}.new`, fileOf(file.number));
    return file;
  }

  return {
    put,
    /** A number for a new case: the day in China, then random digits that tell nobody how many there are. */
    newNumber(prefix: string, now: number): string {
      return `${prefix}-${dayAt(now).replaceAll('-', '')}-${String(randomInt(10_000_000)).padStart(7, '0')}`;
    },
    find: (number: string): File | undefined =>
      form.test(number) && numbers().includes(number) ? read(number) : undefined,
    /** Changes the file as it is now, in one step: whoever awaited something holds an older one. */
    change: (number: string, change: (file: File) => File): File => put(change(read(number))),
    /** Newest first. */
    list(): File[] {
      return numbers()
        .map(read)
        .sort((one, other) => other.openedAt - one.openedAt);
    },
  };
}
