import type { SigningAlgorithm } from './port.ts';

/** How keys of a purpose live. */
export interface PurposeRules {
  kind: 'secret' | { algorithm: SigningAlgorithm };
  /** Whether `rotate` moves it. */
  rotates: boolean;
  /**
   * What becomes of a retired key once the longest token made with it has expired: `removed`; `emptied`, so that only the
   * public key stays to verify with; `kept`, because what it sealed is still there.
   */
  afterwards: 'removed' | 'emptied' | 'kept';
}

/** Purpose of the secret from which everything that never rotates is derived. */
export const permanentPurpose = 'permanent';

const secrets: Readonly<Record<string, PurposeRules>> = {
  permanent: { kind: 'secret', rotates: false, afterwards: 'kept' },
  // Tokens of an old key stay in the indexes until a re-index has rewritten every document, so blind keys do not rotate here.
  blind: { kind: 'secret', rotates: false, afterwards: 'kept' },
  body: { kind: 'secret', rotates: true, afterwards: 'kept' },
  cookie: { kind: 'secret', rotates: true, afterwards: 'removed' },
};

/** Purposes that every installation has from its first start. */
export const firstPurposes = ['body', 'blind', 'cookie', 'sign:token:ES256', 'sign:token:RS256'] as const;

/** The record purpose of a signer: `sign:audit:ES256`. */
export function signingPurpose(purpose: string, algorithm: SigningAlgorithm): string {
  return `sign:${purpose}:${algorithm}`;
}

/** The rules of a record's purpose. @throws {Error} for a purpose that this version does not know */
export function rulesOf(purpose: string): PurposeRules {
  const known = secrets[purpose];
  if (known) return known;
  const seal = /^sign:seal:[\w-]{22}:(ES256|RS256)$/.exec(purpose)?.[1];
  // A certificate names the key of a seal: another key takes another certificate, never a rotation.
  if (seal) return { kind: { algorithm: seal as SigningAlgorithm }, rotates: false, afterwards: 'kept' };
  const [, use, algorithm] = /^sign:([a-z][a-z0-9-]*):(ES256|RS256)$/.exec(purpose) ?? [];
  if (!use || !algorithm) throw new Error(`key purpose ${purpose} is not known`);
  // Others pin the root of an authority for decades: another root would be another authority.
  if (use.endsWith('-root'))
    return { kind: { algorithm: algorithm as SigningAlgorithm }, rotates: false, afterwards: 'kept' };
  return {
    kind: { algorithm: algorithm as SigningAlgorithm },
    rotates: true,
    afterwards: use === 'token' ? 'removed' : 'emptied',
  };
}
