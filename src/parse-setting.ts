/**
 * parse-setting: what each kind of setting may say. Every parser takes the text of the environment, undefined where there is
 * neither one nor a default, and throws an Error whose message goes on from the setting's name: `must be yes or no`.
 */
import { isIP } from 'node:net';
import { parseCreditCode } from './core/index.ts';

/** Host and port to listen on. */
interface ListenAddress {
  host: string;
  port: number;
}

function wrong(message: string): never {
  throw new Error(message);
}

/** An origin, https outside this machine. */
export function parseIssuer(value: string | undefined): string {
  if (!value) return wrong('is missing');
  const url = URL.canParse(value) ? new URL(value) : wrong('is not a URL');
  if (value !== url.origin) wrong('must be an origin: scheme and host, no path, no slash at the end');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && url.hostname === 'localhost')) {
    wrong('must be https (http only for http://localhost)');
  }
  return value;
}

/** HOST:PORT, an IPv6 address in brackets. */
export function parseListen(value: string | undefined): ListenAddress {
  const match = /^(?:\[([0-9a-f:]+)\]|([^:\s]+)):(\d{1,5})$/i.exec(value ?? '');
  const port = Number(match?.[3]);
  if (!match || port > 65535) return wrong('must be HOST:PORT');
  return { host: match[1] ?? match[2] ?? '', port };
}

/** The address of a store. */
export function parseStore(value = ''): string {
  return /^(sqlite:.+|mongodb(\+srv)?:\/\/.+)$/.test(value)
    ? value
    : wrong('must begin with sqlite: or mongodb://');
}

/** A folder, which cannot be left out. */
export const parseFolder = (value: string | undefined): string => value || wrong('is empty');

const parseList = (value: string | undefined): string[] => (value ?? '').split(/[\s,]+/).filter(Boolean);

/** Addresses, or ranges such as 10.0.0.0/8. */
export function parseRanges(value: string | undefined): string[] {
  const entries = parseList(value);
  for (const entry of entries) {
    const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
    const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
    if (Number(prefix ?? 0) > bits) wrong(`has the entry ${entry}, which is not an address or a range`);
  }
  return entries;
}

/** Whole seconds, less than a thousand. */
export function parseSeconds(value: string | undefined): number {
  if (!/^\d{1,3}$/.test(value ?? '')) wrong('must be a number of seconds from 0 to 999');
  return Number(value);
}

/** host:port pairs. */
export function parseHostPorts(value: string | undefined): string[] {
  const entries = parseList(value);
  const bad = entries.find((entry) => !/^(\[[0-9a-f:]+\]|[^:\s]+):\d{1,5}$/i.test(entry));
  if (bad !== undefined) wrong(`has the entry ${bad}, which is not host:port`);
  return entries;
}

/** The base of an interface, without a slash at its end. */
export function parseUrl(value: string | undefined): string | undefined {
  if (!value) return undefined;
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
    wrong('must be an http or https URL');
  return value.replace(/\/$/, '');
}

const tokenNames = ['police', 'business', 'social-security', 'telecom', 'sms'] as const;

/** NAME=TOKEN pairs. */
export function parseTokens(value: string | undefined): Partial<Record<(typeof tokenNames)[number], string>> {
  const pairs = parseList(value).map(
    (entry) => /^([a-z-]+)=(.+)$/.exec(entry) ?? wrong('has an entry that is not NAME=TOKEN'),
  );
  const unknown = pairs.find(([, name]) => !(tokenNames as readonly string[]).includes(name ?? ''));
  if (unknown) wrong(`names ${unknown[1]}; known are ${tokenNames.join(', ')}`);
  return Object.fromEntries(pairs.map(([, name, token]) => [name, token]));
}

type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** From all to nothing. */
export const logLevels: readonly string[] = ['debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** One of `logLevels`. */
export const parseLogLevel = (value: string | undefined): LogLevel =>
  logLevels.includes(value ?? '') ? (value as LogLevel) : wrong(`must be one of ${logLevels.join(', ')}`);

/** yes or no. */
export const parseSwitch = (value: string | undefined): boolean =>
  value === 'yes' || (!['', 'no'].includes(value ?? '') && wrong('must be yes or no'));

/** A name in Chinese and English, separated by a bar; the first for both where there is one only. */
export function parseName(value = ''): { zh: string; en: string } {
  const [zh = '', en = zh] = value.split('|').map((name) => name.trim());
  return { zh, en };
}

/** A unified social credit code, or none. */
export function parseAuthority(value: string | undefined): string | undefined {
  if (!value) return undefined;
  const parsed = parseCreditCode(value);
  return parsed.ok && !parsed.warning
    ? parsed.value.number
    : wrong('must be a unified social credit code whose check character is right');
}

/** The PAdES level of seals. */
export const parseSealLevel = (value: string | undefined): 'b-t' | 'b-b' =>
  value === 'b-t' || value === 'b-b' ? value : wrong('must be b-t or b-b');
