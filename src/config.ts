/**
 * config: the environment as one typed object. Nothing else in the program reads the environment.
 *
 * Each setting is one row: name, default, meaning, example and parser. docs/config.md is generated from the rows. A missing or
 * wrong setting stops the start with its name, what was wrong, and an example of a right value.
 */
import { defineProblems, Problem } from './core/index.ts';
import {
  logLevels,
  parseAuthority,
  parseFolder,
  parseHostPorts,
  parseIssuer,
  parseListen,
  parseLogLevel,
  parseName,
  parseRanges,
  parseSealLevel,
  parseSeconds,
  parseStore,
  parseSwitch,
  parseTokens,
  parseUrl,
} from './parse-setting.ts';

defineProblems({
  'setting-invalid': {
    status: 500,
    title: { zh: '设置有误', en: 'Wrong setting' },
    text: {
      zh: '请按提示改正该设置后重新启动。',
      en: 'Correct the setting as the message says and start again.',
    },
    meaning: 'A setting of the environment is missing or wrong; the start stops before anything is opened.',
  },
});

/** One setting of the environment, as code and as documentation. */
export interface Setting<T> {
  name: `TONGXING_${string}`;
  /** Undefined: there is no default and the setting may be absent only if the parser allows it. */
  default?: string;
  meaning: string;
  example: string;
  /** @throws {Error} whose message says what is wrong with the value */
  parse: (value: string | undefined) => T;
}

const setting = <T>(row: Setting<T>): Setting<T> => row;

/** Every setting, in the order of the reference. */
export const settings = {
  issuer: setting({
    name: 'TONGXING_ISSUER',
    meaning: 'Public origin of this service: the OpenID Connect issuer and the base of every link.',
    example: 'https://sso.gz.example',
    parse: parseIssuer,
  }),
  listen: setting({
    name: 'TONGXING_LISTEN',
    default: '127.0.0.1:3000',
    meaning: 'Address to listen on. Keep it on loopback behind a TLS proxy.',
    example: '127.0.0.1:3000',
    parse: parseListen,
  }),
  store: setting({
    name: 'TONGXING_STORE',
    default: 'sqlite:data/tongxing.db',
    meaning:
      'Where everything is kept: an embedded SQLite file, or a MongoDB replica set or sharded cluster.',
    example: 'mongodb://db1,db2,db3/tongxing?replicaSet=rs0',
    parse: parseStore,
  }),
  keys: setting({
    name: 'TONGXING_KEYS',
    default: 'keys/private',
    meaning:
      'Folder of the master key (0700; the file is 0600). Made at the first start. Back it up apart from the data: without it nothing can be read.',
    example: '/etc/tongxing/keys',
    parse: parseFolder,
  }),
  trustProxy: setting({
    name: 'TONGXING_TRUST_PROXY',
    default: '',
    meaning: 'Addresses or ranges of the proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.',
    example: '127.0.0.1, 10.0.0.0/8',
    parse: parseRanges,
  }),
  outboundAllow: setting({
    name: 'TONGXING_OUTBOUND_ALLOW',
    default: '',
    meaning:
      'host:port pairs that outgoing requests may reach although their address is private or loopback, or plain http: registers inside the government network.',
    example: 'police-gateway.internal:8443',
    parse: parseHostPorts,
  }),
  metricsListen: setting({
    name: 'TONGXING_METRICS_LISTEN',
    default: '127.0.0.1:9464',
    meaning: 'Address that serves /metrics for Prometheus, and nothing else.',
    example: '127.0.0.1:9464',
    parse: parseListen,
  }),
  drainSeconds: setting({
    name: 'TONGXING_DRAIN_SECONDS',
    default: '2',
    meaning:
      'How long a process that was told to stop goes on accepting while /readyz is already red, so that balancers send requests elsewhere first. Longer than the interval at which yours asks.',
    example: '6',
    parse: parseSeconds,
  }),
  logLevel: setting({
    name: 'TONGXING_LOG_LEVEL',
    default: 'info',
    meaning: `Lowest level that is logged: ${logLevels.join(', ')}.`,
    example: 'warn',
    parse: parseLogLevel,
  }),
  province: setting({
    name: 'TONGXING_PROVINCE',
    default: '',
    meaning:
      'Name of the province or city in the header of every page, Chinese and English separated by a bar.',
    example: '贵州省|Guizhou Province',
    parse: parseName,
  }),
  policeUrl: setting({
    name: 'TONGXING_POLICE_URL',
    meaning: 'Police population register (docs/registers.md). Without it no resident can be proofed.',
    example: 'https://gateway.gz.example/police',
    parse: parseUrl,
  }),
  businessUrl: setting({
    name: 'TONGXING_BUSINESS_URL',
    meaning: 'Business register (docs/registers.md).',
    example: 'https://gateway.gz.example/business',
    parse: parseUrl,
  }),
  socialSecurityUrl: setting({
    name: 'TONGXING_SOCIAL_SECURITY_URL',
    meaning: 'Social security register (docs/registers.md).',
    example: 'https://gateway.gz.example/social-security',
    parse: parseUrl,
  }),
  telecomUrl: setting({
    name: 'TONGXING_TELECOM_URL',
    meaning: 'Telecom operators (docs/registers.md).',
    example: 'https://gateway.gz.example/telecom',
    parse: parseUrl,
  }),
  smsUrl: setting({
    name: 'TONGXING_SMS_URL',
    meaning: 'SMS gateway (docs/registers.md). Without it no code can be sent.',
    example: 'https://gateway.gz.example/sms',
    parse: parseUrl,
  }),
  registerTokens: setting({
    name: 'TONGXING_REGISTER_TOKENS',
    default: '',
    meaning:
      'Bearer tokens that the registers and the SMS gateway ask for, NAME=TOKEN with the names police, business, social-security, telecom and sms.',
    example: 'police=Zm9v, sms=YmFy',
    parse: parseTokens,
  }),
  definingAuthority: setting({
    name: 'TONGXING_DEFINING_AUTHORITY',
    default: '',
    meaning:
      'Unified social credit code under which the types of licences that come with the house are defined. Without one none are brought in (the demo has one of its own).',
    example: '11520000000000019J',
    parse: parseAuthority,
  }),
  anchors: setting({
    name: 'TONGXING_ANCHORS',
    default: 'keys/anchors',
    meaning:
      'Folder of the public certificates that are believed: anchors.json says which may vouch for whose seals, and which for time (keys/README.md).',
    example: '/etc/tongxing/anchors',
    parse: parseFolder,
  }),
  tsaUrl: setting({
    name: 'TONGXING_TSA_URL',
    meaning:
      'Time-stamping authority (RFC 3161 over HTTP) whose root is among the anchors. Without it nothing can be sealed.',
    example: 'https://tsa.gz.example/tsa',
    parse: parseUrl,
  }),
  sealLevel: setting({
    name: 'TONGXING_SEAL_LEVEL',
    default: 'b-t',
    meaning:
      'PAdES level of seals: b-t with a time stamp; b-b without one, whose files stop being valid when their certificate ends.',
    example: 'b-t',
    parse: parseSealLevel,
  }),
  demo: setting({
    name: 'TONGXING_DEMO',
    default: 'no',
    meaning:
      'The demo world: http on localhost is allowed, and every page says that it is a demo. Its keys open no store outside the demo.',
    example: 'no',
    parse: parseSwitch,
  }),
};

/** The settings of a process, parsed. */
export type Config = { [K in keyof typeof settings]: ReturnType<(typeof settings)[K]['parse']> };

/**
 * Reads the settings from an environment.
 * @throws {Problem} setting-invalid, naming every wrong setting, what was wrong, and an example
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const parsed: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [key, row] of Object.entries(settings)) {
    const value = environment[row.name] ?? ('default' in row ? row.default : undefined);
    try {
      parsed[key] = row.parse(value);
    } catch (error) {
      faults.push(`${row.name} ${(error as Error).message}. Example: ${row.name}=${row.example}`);
    }
  }
  if (parsed.demo === false && String(parsed.issuer).startsWith('http:')) {
    const { name, example } = settings.issuer;
    faults.push(`${name} must be https in production. Example: ${name}=${example}`);
  }
  if (faults.length > 0) throw new Problem('setting-invalid', { detail: faults.join('\n') });
  return parsed as Config;
}

/** Names that look like settings and are none: a slip of the keyboard would otherwise be a default in silence. */
export function unknownSettings(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set<string>(Object.values(settings).map(({ name }) => name));
  return Object.keys(environment).filter((name) => name.startsWith('TONGXING_') && !known.has(name));
}
