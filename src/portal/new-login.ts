import type { NewLogin } from '../identity/index.ts';
import { describeDevice } from './describe.ts';
import { fault, type PageFault } from './faults.ts';
import type { PageRequest } from './interaction.ts';
import { readPasskeyResponse } from './passkey-forms.ts';

/** Reads a new password that was typed twice; its rules are identity's. */
export function readNewPassword(
  body: Readonly<Record<string, string>>,
): { ok: true; password: string } | { ok: false; faults: PageFault[] } {
  const { password = '', password2 = '' } = body;
  if (!password) return { ok: false, faults: [fault('password', 'passwordEmpty')] };
  if (password !== password2) return { ok: false, faults: [fault('password2', 'passwordsDiffer')] };
  return { ok: true, password };
}

/** Reads the last step of a registration or recovery: passkey, password, or codes only (partial new-login). */
export function readNewLogin(
  request: PageRequest,
): { ok: true; login: NewLogin } | { ok: false; faults: PageFault[] } {
  const { body, userAgent, locale } = request;
  if (body.method === 'sms') return { ok: true, login: { method: 'sms' } };
  if (body.method === 'passkey') {
    const answer = readPasskeyResponse(body);
    if (!answer) return { ok: false, faults: [fault('', 'newPasskeyRefused')] };
    const name = describeDevice(userAgent) ?? (locale === 'en' ? 'My device' : '我的设备');
    return { ok: true, login: { method: 'passkey', ...answer, name } };
  }
  const read = readNewPassword(body);
  return read.ok ? { ok: true, login: { method: 'password', password: read.password } } : read;
}
