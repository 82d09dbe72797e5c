import { readFile } from 'node:fs/promises';
import { Problem } from '../core/index.ts';

/** Reads a file that an operator named. @throws {Problem} invalid-input saying what is wrong with it */
export async function readJsonFile<T>(file: string): Promise<T> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new Problem('invalid-input', { detail: `The file ${file} cannot be read.`, cause });
  }
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new Problem('invalid-input', { detail: `${file} is not JSON: ${(cause as Error).message}`, cause });
  }
}
