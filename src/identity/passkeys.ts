import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { z } from 'zod';
import type { Passkey } from './account.ts';
import type { Challenge, Challenges } from './passkey-challenge.ts';
import type { PasskeyOptions, Transaction } from './port.ts';

const base64url = z.string().regex(/^[A-Za-z0-9_-]*$/);

const responseBase = {
  id: base64url.min(1).max(1400),
  rawId: base64url.max(1400),
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).nullish(),
  clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
};

/** What navigator.credentials.get answers, as far as it is used. */
const assertionSchema = z.object({
  ...responseBase,
  response: z.object({
    clientDataJSON: base64url.max(4000),
    authenticatorData: base64url.max(4000),
    signature: base64url.max(8000),
    userHandle: base64url.max(100).nullish(),
  }),
});

/** What navigator.credentials.create answers, as far as it is used. */
const attestationSchema = z.object({
  ...responseBase,
  response: z.object({
    clientDataJSON: base64url.max(4000),
    attestationObject: base64url.max(40_000),
    transports: z.array(z.string().max(20)).max(10).nullish(),
  }),
});

export type Assertion = z.infer<typeof assertionSchema>;

/** Where passkeys are bound to and what the browser shows. */
export interface RelyingParty {
  /** Host name without a port. */
  id: string;
  origin: string;
  name: string;
}

/** The two ceremonies of W3C WebAuthn, with our challenges. Attestation is not asked for, so `hwk` is never claimed. */
export interface Passkeys {
  loginOptions(order: {
    transaction: Transaction;
    accountId?: string | undefined;
    allowed?: readonly Passkey[] | undefined;
  }): Promise<PasskeyOptions>;
  bindOptions(order: {
    transaction: Transaction;
    accountId: string;
    userName: string;
    displayName: string;
    existing: readonly Passkey[];
    mustVerifyUser?: boolean;
  }): Promise<PasskeyOptions>;
  /** Undefined when the answer does not hold, whatever the cause. Takes the challenge. */
  verifyBinding(answer: {
    challengeId: string;
    transaction: Transaction;
    accountId: string;
    response: unknown;
  }): Promise<Omit<Passkey, 'name' | 'createdAt' | 'boundAtLevel'> | undefined>;
  /** Takes the challenge of a login and reads the answer; the account's key is then checked with verifyAssertion. */
  takeAssertion(answer: {
    challengeId: string;
    transaction: Transaction;
    response: unknown;
  }): Promise<{ challenge: Challenge; assertion: Assertion | undefined } | undefined>;
  /** The sign counter is answered, not judged: that needs the stored one at the moment of writing. */
  verifyAssertion(
    challenge: Challenge,
    assertion: Assertion,
    passkey: Passkey,
  ): Promise<{ counter: number; isUserVerified: boolean; isBackedUp: boolean } | undefined>;
}

/** The same algorithms whatever the runtime could do besides: EdDSA, ES256, RS256 (COSE). */
const algorithms = [-8, -7, -257];

const descriptor = (passkey: Passkey) => ({ id: passkey.credentialId, transports: passkey.transports });

/** Makes the ceremonies. */
export function createPasskeys({
  challenges,
  relyingParty,
}: {
  challenges: Challenges;
  relyingParty: RelyingParty;
}): Passkeys {
  const { id: rpID, origin, name: rpName } = relyingParty;

  return {
    async loginOptions({ transaction, accountId, allowed }) {
      const issued = await challenges.issue({ kind: 'login', transaction, accountId });
      const options = await generateAuthenticationOptions({
        rpID,
        challenge: Buffer.from(issued.challenge, 'base64url'),
        userVerification: 'preferred',
        ...(allowed && { allowCredentials: allowed.map(descriptor) }),
      });
      return { challengeId: issued.id, options: { ...options } };
    },

    async bindOptions({ transaction, accountId, userName, displayName, existing, mustVerifyUser }) {
      const issued = await challenges.issue({ kind: 'bind', transaction, accountId });
      const options = await generateRegistrationOptions({
        rpID,
        rpName,
        // The user handle: random, says nothing, and comes back at a login without a name.
        userID: Buffer.from(accountId, 'base64url'),
        userName,
        userDisplayName: displayName,
        challenge: Buffer.from(issued.challenge, 'base64url'),
        attestationType: 'none',
        authenticatorSelection: {
          residentKey: 'required',
          userVerification: mustVerifyUser ? 'required' : 'preferred',
        },
        supportedAlgorithmIDs: algorithms,
        excludeCredentials: existing.map(descriptor),
      });
      return { challengeId: issued.id, options: { ...options } };
    },

    async verifyBinding({ challengeId, transaction, accountId, response }) {
      const challenge = await challenges.take(challengeId, 'bind', transaction);
      const read = attestationSchema.safeParse(response);
      if (!challenge || challenge.accountId !== accountId || !read.success) return undefined;
      const verified = await accepted(() =>
        verifyRegistrationResponse({
          response: read.data as RegistrationResponseJSON,
          expectedChallenge: challenge.challenge,
          expectedOrigin: origin,
          expectedRPID: rpID,
          requireUserVerification: false,
          supportedAlgorithmIDs: algorithms,
        }),
      );
      if (!verified?.verified) return undefined;
      const { credential, userVerified, credentialBackedUp } = verified.registrationInfo;
      return {
        credentialId: credential.id,
        publicKey: Buffer.from(credential.publicKey).toString('base64url'),
        counter: credential.counter,
        transports: credential.transports ?? [],
        canVerifyUser: userVerified,
        isBackedUp: credentialBackedUp,
      };
    },

    async takeAssertion({ challengeId, transaction, response }) {
      const challenge = await challenges.take(challengeId, 'login', transaction);
      if (!challenge) return undefined;
      const read = assertionSchema.safeParse(response);
      return { challenge, assertion: read.success ? read.data : undefined };
    },

    async verifyAssertion(challenge, assertion, passkey) {
      const verified = await accepted(() =>
        verifyAuthenticationResponse({
          response: assertion as AuthenticationResponseJSON,
          expectedChallenge: challenge.challenge,
          expectedOrigin: origin,
          expectedRPID: rpID,
          requireUserVerification: false,
          credential: {
            id: passkey.credentialId,
            publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
            // The library would compare with what we read a moment ago; the comparison that counts is in the write.
            counter: 0,
            transports: passkey.transports,
          },
        }),
      );
      if (!verified?.verified) return undefined;
      const { newCounter, userVerified, credentialBackedUp } = verified.authenticationInfo;
      return { counter: newCounter, isUserVerified: userVerified, isBackedUp: credentialBackedUp };
    },
  };
}

/** The library throws on every answer that does not hold; to us that is one outcome, a refusal. */
async function accepted<T>(verify: () => Promise<T>): Promise<T | undefined> {
  try {
    return await verify();
  } catch {
    return undefined;
  }
}

/**
 * Whether a counter may follow the stored one. Both zero: the authenticator does not count, as synced passkeys do.
 * @see W3C WebAuthn Level 3, 7.2 step 22 (step number not checked)
 */
export function mayFollow(stored: number, reported: number): boolean {
  return (stored === 0 && reported === 0) || reported > stored;
}
