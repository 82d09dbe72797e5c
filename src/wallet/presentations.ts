import type { RateLimit } from '../core/index.ts';
import { createCodeHash, makeShowingCode, parseShowingCode } from './codes.ts';
import type { WalletDependencies } from './deps.ts';
import type { Holders } from './holders.ts';
import type { Presentations } from './port.ts';
import { showingCollection } from './store.ts';

/** How long a code shows its licence. */
export const showingLifeMs = 60_000;

/** Wrong codes of one verifier: a counter that rescans old ones is forgiven, a program that tries them is not. */
const wrongCodes: RateLimit = { max: 30, windowSeconds: 600 };

/** Makes the showing of licences by QR code. */
export function createPresentations(deps: WalletDependencies, holders: Holders): Presentations {
  const { store, clock, random, rate, keyring } = deps;
  const showings = store.collection(showingCollection);
  const hash = createCodeHash(keyring.derive('wallet'));

  return {
    async show({ holder, licenceId }) {
      if (!(await holders.findLicence(holder, licenceId))) return undefined;
      const code = makeShowingCode(random);
      const shownAt = clock.now();
      const expiresAt = shownAt + showingLifeMs;
      const { accountId, organisationId } = holder;
      const presentation = { licenceId, accountId, ...(organisationId && { organisationId }), shownAt };
      const reference = hash('showing', code);
      await showings.insert({ key: reference, presentation, expiresAt });
      return { code, expiresAt, reference };
    },
    isLive: async (reference) => (await showings.get(reference)) !== undefined,
    async consume(text, verifier) {
      const code = parseShowingCode(text);
      // What is no code at all is looked for like one that is: the answer takes the same time.
      const used = await showings.take(hash('showing', code ?? ''));
      if (used) return { outcome: 'presented', presentation: used.value.presentation };
      const { allowed, resetAt } = await rate.take(`wallet:showing:${verifier.id}`, wrongCodes);
      return allowed ? { outcome: 'refused' } : { outcome: 'limited', retryAt: resetAt };
    },
  };
}
