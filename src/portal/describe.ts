const browsers: readonly (readonly [RegExp, string])[] = [
  [/MicroMessenger/i, 'WeChat'],
  [/HuaweiBrowser/i, 'Huawei Browser'],
  [/MiuiBrowser/i, 'Mi Browser'],
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/(Headless)?Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/OpenHarmony|HarmonyOS/i, 'HarmonyOS'],
  [/Android/, 'Android'],
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'Mac'],
  [/Linux/, 'Linux'],
];

const firstOf = (table: readonly (readonly [RegExp, string])[], text: string): string | undefined =>
  table.find(([pattern]) => pattern.test(text))?.[1];

/** A browser and its system in words that people recognise; undefined when the User-Agent says neither. */
export function describeDevice(userAgent: string | undefined): string | undefined {
  const parts = [firstOf(browsers, userAgent ?? ''), firstOf(systems, userAgent ?? '')];
  return parts.filter(Boolean).join(' · ') || undefined;
}

/** A number in the groups that people read it by: `520102 18800101 0014`, `138 0000 0001`. Others stay as they are. */
export function groupNumber(number: string): string {
  const groups = /^(\d{6})(\d{8})(\w{4})$/.exec(number) ?? /^(?:\+86)?(\d{3})(\d{4})(\d{4})$/.exec(number);
  return groups ? groups.slice(1).join(' ') : number;
}

/** A network address for its owner's list, the part that singles out a line left out: `203.0.*.*`, `2001:db8:*`. */
export function maskAddress(address: string | undefined): string | undefined {
  if (!address) return undefined;
  const v4 = /(?:^|:)(\d+)\.(\d+)\.\d+\.\d+$/.exec(address);
  if (v4) return `${v4[1]}.${v4[2]}.*.*`;
  return `${address.split(':').slice(0, 2).join(':')}:*`;
}

/** The way a person logged in, as the texts name it, from the methods of a session (RFC 8176). */
export function describeMethod(amr: readonly string[]): 'passkey' | 'sms' | 'password' {
  if (amr.includes('pop')) return 'passkey';
  return amr.includes('sms') ? 'sms' : 'password';
}
