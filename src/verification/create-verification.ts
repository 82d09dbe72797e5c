import { type Clock, isProblem, type Random, type RateCounter } from '../core/index.ts';
import type { Route } from '../http/index.ts';
import type { LicenceLibrary } from '../licences/index.ts';
import type { Receipts } from '../receipts/index.ts';
import type { SealService } from '../seals/index.ts';
import type { Store } from '../storage/index.ts';
import type { Desks, Presentations, Shares, VerifierNames } from '../wallet/index.ts';
import { createCounter } from './counter.ts';
import { counterRoutes } from './counter-pages.ts';
import { createFindLicence } from './find-licence.ts';
import type { ServiceItems, Verification } from './port.ts';
import type { IssuersPort } from './question.ts';
import { verificationRoutes } from './routes.ts';
import { statusRoutes } from './status-page.ts';
import { libraryMarks } from './store.ts';
import { createVerify } from './verify-licence.ts';

/** What the room needs of those below. */
export interface VerificationDependencies {
  store: Pick<Store, 'collection'>;
  clock: Clock;
  random: Random;
  library: LicenceLibrary;
  seals: Pick<SealService, 'statusOf' | 'validate'>;
  issuers: IssuersPort;
  receipts: Pick<Receipts, 'issue' | 'proof'>;
  wallet: {
    presentations: Pick<Presentations, 'consume'>;
    shares: Pick<Shares, 'use'>;
    desks: Pick<Desks, 'open' | 'state' | 'take' | 'close'>;
  };
  names: Pick<VerifierNames, 'ofClient'>;
  serviceItems: ServiceItems;
  rate: Pick<RateCounter, 'take' | 'peek'>;
}

/** Remembers for ever when this library first started; before that it has no records of its own. */
function createBeginning({ store, clock }: Pick<VerificationDependencies, 'store' | 'clock'>) {
  const marks = store.collection(libraryMarks);
  let known: Promise<number> | undefined;
  async function read(): Promise<number> {
    const stored = await marks.get('begun');
    if (stored) return stored.value.at;
    try {
      return (await marks.insert({ name: 'begun', at: clock.now() })).value.at;
    } catch (error) {
      if (!isProblem(error, 'already-exists')) throw error;
      return read();
    }
  }
  return (): Promise<number> => {
    known ??= read();
    known.catch(() => {
      known = undefined;
    });
    return known;
  };
}

/** Makes the room. `start` marks the beginning of this library at the first start of all. */
export function createVerification(
  deps: VerificationDependencies,
): Verification & { routes: readonly Route[]; start(): Promise<void> } {
  const { wallet, serviceItems } = deps;
  const begunAt = createBeginning(deps);
  const findLicence = createFindLicence({ ...deps, ...wallet });
  const verify = createVerify({ ...deps, begunAt, findLicence });
  const work = { ...deps, desks: wallet.desks, verify };
  return {
    ...{ serviceItems, verify },
    routes: [
      ...verificationRoutes({ ...deps, verify }),
      ...counterRoutes({ ...work, counter: createCounter(work) }),
      ...statusRoutes(deps),
    ],
    async start() {
      await begunAt();
    },
  };
}
