import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { exportJWK, generateKeyPair } from 'jose';
import type { Service } from '../../src/app.ts';
import type { ClientMetadata } from '../../src/sso/index.ts';
import type { Credentials } from './site/settings.ts';

type Clients = Service['sso']['clients'];

/** A registration as this world keeps it: what was asked for and what was given. */
interface Registration {
  metadata: ClientMetadata;
  credentials: Credentials;
}

/**
 * Registers clients by name, once: the file keeps what they were given. One whose metadata has changed since, as in a world of
 * an earlier version, is registered anew.
 */
export async function registerClients<Name extends string>(
  clients: Clients,
  file: string,
  wanted: Readonly<Record<Name, ClientMetadata>>,
): Promise<Record<Name, Credentials>> {
  const kept: Partial<Record<string, Registration>> = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : {};
  const all: Record<string, Registration> = {};
  for (const [name, metadata] of Object.entries<ClientMetadata>(wanted))
    all[name] = (await stillGood(clients, kept[name], metadata)) ?? (await register(clients, metadata));
  writeFileSync(file, JSON.stringify(all), { mode: 0o600 });
  const credentials = Object.entries(all).map(([name, one]) => [name, one.credentials]);
  return Object.fromEntries(credentials) as Record<Name, Credentials>;
}

async function stillGood(
  clients: Clients,
  kept: Registration | undefined,
  metadata: ClientMetadata,
): Promise<Registration | undefined> {
  if (!kept || (await clients.findName(kept.credentials.client_id)) === undefined) return undefined;
  if (isDeepStrictEqual(kept.metadata, metadata)) return kept;
  await clients.remove(kept.credentials.client_id);
  return undefined;
}

/** With a secret, or with a private key where the metadata says so: both ways stay exercised. */
async function register(clients: Clients, metadata: ClientMetadata): Promise<Registration> {
  if (metadata.token_endpoint_auth_method !== 'private_key_jwt') {
    const { client_id: id, client_secret: secret } = await clients.add(metadata);
    return { metadata, credentials: { client_id: String(id), client_secret: String(secret) } };
  }
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const kid = randomUUID();
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' };
  const { client_id: id } = await clients.add({ ...metadata, jwks: { keys: [jwk] } });
  const credentials = { client_id: String(id), private_jwk: { ...(await exportJWK(privateKey)), kid } };
  return { metadata, credentials };
}
