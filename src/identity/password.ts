import { availableParallelism } from 'node:os';
import { type Algorithm, hash, verify } from '@node-rs/argon2';
import { type Bilingual, Problem, type Random } from '../core/index.ts';
import { commonPasswords } from './common-passwords.ts';
import './problems.ts';

/** RFC 9106 and OWASP's floor for argon2id: 19 MiB, two passes, one lane; about 8 ms of one core. */
const argon2 = { algorithm: 2 satisfies Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashing and checking of passwords, off the main thread, never more at once than there are cores. */
export interface Passwords {
  /** Says no before anything was counted or looked up. @throws {Problem} too-busy when the queue is full */
  assertRoom(): void;
  /** @throws {Problem} too-busy */
  hash(password: string): Promise<string>;
  /** Does the same work when there is no hash, so that people who do not exist take as long. @throws {Problem} too-busy */
  verify(hashed: string | undefined, password: string): Promise<boolean>;
}

/** Makes the hasher. `queueLength`: attempts that wait; beyond it they are turned away rather than piled up. */
export function createPasswords({
  random,
  queueLength = 64,
  concurrency = Math.min(4, availableParallelism()),
}: {
  random: Random;
  queueLength?: number;
  concurrency?: number;
}): Passwords {
  let running = 0;
  const waiting: (() => void)[] = [];
  /** A hash that no password opens, made once so that the first stranger takes no longer than the second. */
  const decoy = hash(random.bytes(32), argon2);

  function assertRoom(): void {
    if (running >= concurrency && waiting.length >= queueLength)
      throw new Problem('too-busy', { headers: { 'Retry-After': '3' } });
  }

  async function queued<T>(work: () => Promise<T>): Promise<T> {
    assertRoom();
    if (running >= concurrency) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      // The place is handed on, not freed and taken again: nobody can jump the queue.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  }

  return {
    assertRoom,
    hash: (password) => queued(() => hash(password.normalize('NFKC'), argon2)),
    async verify(hashed, password) {
      const against = hashed ?? (await decoy);
      // Longer ones were never accepted; hashing them would only be work for whoever sends them.
      const typed = password.normalize('NFKC').slice(0, 4 * maxLength);
      const isRight = await queued(() => verify(against, typed));
      return isRight && hashed !== undefined;
    },
  };
}

const minLength = 8;
const maxLength = 128;

/** Why a new password is not accepted. */
export type PasswordFault = { code: 'too-short' | 'too-long' | 'common' | 'own-data'; text: Bilingual };

const texts = {
  'too-short': { zh: '密码至少需要 8 个字符。', en: 'Use at least 8 characters.' },
  'too-long': { zh: '密码最多 128 个字符。', en: 'Use at most 128 characters.' },
  common: {
    zh: '这个密码太常见，容易被猜到，请换一个。',
    en: 'This password is one of the first that people try. Choose another.',
  },
  'own-data': {
    zh: '密码中不要包含您的姓名、证件号码或手机号码。',
    en: 'Leave your name, document number and phone number out of the password.',
  },
} satisfies Record<PasswordFault['code'], Bilingual>;

/**
 * Checks a new password: length and a deny-list, no rules of composition. `own` are texts about the person; six characters
 * in a row of a number, or the whole name, make a password theirs in the wrong sense.
 * @see NIST SP 800-63B-4 3.1.1.2
 */
export function checkNewPassword(password: string, own: readonly string[]): PasswordFault | undefined {
  const fault = (code: PasswordFault['code']): PasswordFault => ({ code, text: texts[code] });
  const typed = password.normalize('NFKC');
  const length = [...typed].length;
  if (length < minLength) return fault('too-short');
  if (length > maxLength) return fault('too-long');
  const plain = typed.toLowerCase();
  if (isCommon(plain)) return fault('common');
  if (own.some((text) => sharesOwnData(plain, text.toLowerCase()))) return fault('own-data');
  return undefined;
}

/** On the list, or one character or short group repeated, or a run along the alphabet, the digits or the keyboard. */
function isCommon(plain: string): boolean {
  if (commonPasswords.has(plain)) return true;
  if (/^(.{1,4})\1+$/u.test(plain)) return true;
  const runs = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiopasdfghjklzxcvbnm'];
  return runs.some((run) => run.includes(plain) || [...run].reverse().join('').includes(plain));
}

function sharesOwnData(plain: string, own: string): boolean {
  const digits = own.replace(/^\+86/, '');
  if (!/^[\dx]{6,}$/.test(digits)) return own.length >= 2 && plain.includes(own);
  for (let start = 0; start + 6 <= digits.length; start += 1)
    if (plain.includes(digits.slice(start, start + 6))) return true;
  return false;
}
