import {
  AuthenticatorEmulator,
  deserializeCredential,
  PasskeysCredentialsMemoryRepository,
  serializeCredential,
  WebAuthnEmulator,
} from 'nid-webauthn-emulator';
import type { PasskeyOptions } from '../../src/identity/index.ts';

/** Where devices keep their passkeys for when nothing else is said. */
export const issuer = 'http://localhost:3000';

interface DeviceOptions {
  /** False: the device asks for a touch only. */
  verifiesUser?: boolean;
  /** 0: as synced passkeys do. */
  counts?: 0 | 1;
  origin?: string;
}

/** A browser with an authenticator of its own, speaking real WebAuthn. */
export function createDevice(
  { verifiesUser = true, counts = 1, origin = issuer }: DeviceOptions = {},
  credentials = new PasskeysCredentialsMemoryRepository(),
) {
  const authenticator = new AuthenticatorEmulator({
    signCounterIncrement: counts,
    userGetAssertionInteraction: () => ({ options: { uv: verifiesUser, up: true } }),
    userMakeCredentialInteraction: () => ({ options: { uv: verifiesUser, up: true } }),
    credentialsRepository: credentials,
  });
  const browser = new WebAuthnEmulator(authenticator);
  type Create = Parameters<typeof browser.createJSON>[1];
  type Get = Parameters<typeof browser.getJSON>[1];
  return {
    create: ({ options }: PasskeyOptions): unknown =>
      browser.createJSON(origin, options as unknown as Create),
    get: ({ options }: PasskeyOptions) => browser.getJSON(origin, options as unknown as Get),
    /** The same keys with the same counters in another device: what a thief of keys would have. */
    clone(changes: DeviceOptions = {}) {
      const copies = new PasskeysCredentialsMemoryRepository();
      for (const one of credentials.loadCredentials())
        copies.saveCredential(deserializeCredential(serializeCredential(one)));
      return createDevice({ verifiesUser, counts, origin, ...changes }, copies);
    },
  };
}
