import { hash } from '@node-rs/argon2';
import { mod11Check2 } from '../../src/core/identifiers/check-characters.ts';

/** The issuer of both servers; the measuring client plays the TLS proxy in front of it. */
export const issuer = 'https://sso.bench.example';

/** Everybody's password. */
export const password = 'measured-by-the-bench';

/** The hash of everybody's password, of the smallest cost that there is. */
export const cheapHash = (): Promise<string> =>
  hash(password, { memoryCost: 8, timeCost: 1, parallelism: 1 });

/** Somebody who cannot exist, by number: born in the 1800s, with a valid check character. Some millions are possible. */
export function personOf(number: number): { idNumber: string; phoneNumber: string; name: string } {
  const born = new Date(Date.UTC(1880, 0, 1 + Math.floor(number / 900)));
  const day = born.toISOString().slice(0, 10).replaceAll('-', '');
  const digits = `520102${day}${String(100 + (number % 900))}`;
  return {
    idNumber: digits + mod11Check2(digits),
    phoneNumber: `+8610${String(number).padStart(9, '0')}`,
    name: '测速人',
  };
}

/** A client as both servers register it. */
export interface BenchClient {
  client_id: string;
  client_secret: string;
  redirect_uri?: string;
}

/** Two sites that people enter, and a system. */
export const clients = {
  first: site('first'),
  second: site('second'),
  system: { client_id: 'bench-system', client_secret: secretOf('system') } satisfies BenchClient,
};

/** What both sites ask for. */
export const siteScope = 'openid profile phone id_number';

/** What the system's tokens carry. */
export const systemScope = 'verifications:create';

function site(name: string) {
  return {
    client_id: `bench-${name}`,
    client_secret: secretOf(name),
    redirect_uri: `https://${name}.bench.example/callback`,
  } satisfies BenchClient;
}

function secretOf(name: string): string {
  return `known-to-everybody-and-used-on-loopback-only-${name}`;
}

/** Registration of a site, in the names of RFC 7591. */
export const siteMetadata = ({ client_id, client_secret, redirect_uri }: typeof clients.first) => ({
  client_id,
  client_secret,
  client_name: client_id,
  redirect_uris: [redirect_uri],
  scope: siteScope,
  id_token_signed_response_alg: 'ES256' as const,
});

/** Registration of the system. */
export const systemMetadata = {
  ...clients.system,
  client_name: 'bench-system',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [] as never[],
};
