import { createPrivateKey } from 'node:crypto';
import { fileDriver } from './drivers/file.ts';
import type { KeyDriver } from './drivers/port.ts';
import type { KeyStore } from './key-store.ts';
import type { HeldKey } from './key-table.ts';
import { allKeys, keysOf } from './key-table.ts';
import type { Keyring, Signer, SigningAlgorithm } from './port.ts';
import { signingPurpose } from './purposes.ts';

/** The part of the keyring that signs and shows public keys. `ensure` makes a purpose's first keys. */
export function createSigners({
  store,
  driver,
  ensure,
}: {
  store: KeyStore;
  driver: KeyDriver;
  ensure: (purpose: string) => Promise<void>;
}): Pick<Keyring, 'signer' | 'publicKeys' | 'tokenKeySet'> {
  const signers = new Map<string, Signer>();
  return {
    async signer(use, algorithm = 'ES256') {
      const purpose = signingPurpose(use, algorithm);
      if (!store.table().has(purpose)) await ensure(purpose);
      const { active } = keysOf(store.table(), purpose);
      const known = signers.get(active.record.kid);
      if (known) return known;
      const signer = openSigner(active, algorithm, use === 'token' ? fileDriver : driver);
      signers.set(signer.kid, signer);
      return signer;
    },
    async publicKeys(use) {
      const groups = [...store.table()].filter(([purpose]) => purpose.startsWith(`sign:${use}:`));
      const keys = groups.flatMap(([, group]) => allKeys(group));
      return new Map(keys.map(({ record }) => [record.kid, record.publicJwk ?? {}]));
    },
    tokenKeySet: () => ({ keys: tokenKeys(store).map(privateJwk) }),
  };
}

function openSigner({ record, secret }: HeldKey, algorithm: SigningAlgorithm, driver: KeyDriver): Signer {
  const sign = driver.open(secret, algorithm);
  return { kid: record.kid, algorithm, publicJwk: record.publicJwk ?? {}, sign };
}

/** Those in use first, since the provider signs with the first that fits. */
function tokenKeys(store: KeyStore): HeldKey[] {
  const groups = (['ES256', 'RS256'] as const).map((algorithm) =>
    keysOf(store.table(), signingPurpose('token', algorithm)),
  );
  return [
    ...groups.map(({ active }) => active),
    ...groups.flatMap(({ next }) => next),
    ...groups.flatMap(({ retired }) => retired),
  ];
}

function privateJwk({ record, secret }: HeldKey): Record<string, unknown> {
  const key = createPrivateKey({ key: secret, type: 'pkcs8', format: 'der' });
  return { ...key.export({ format: 'jwk' }), ...record.publicJwk };
}
