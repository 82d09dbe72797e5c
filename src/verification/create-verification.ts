import { type Clock, isProblem } from '../core/index.ts';
import type { LicenceLibrary } from '../licences/index.ts';
import type { Receipts } from '../receipts/index.ts';
import type { SealService } from '../seals/index.ts';
import type { Store } from '../storage/index.ts';
import type { Presentations, Shares } from '../wallet/index.ts';
import { createFindLicence } from './find-licence.ts';
import type { ServiceItems, Verification } from './port.ts';
import type { IssuersPort } from './question.ts';
import { libraryMarks } from './store.ts';
import { createVerify } from './verify-licence.ts';

/** What judging needs of the rooms below. */
export interface VerificationDependencies {
  store: Pick<Store, 'collection'>;
  clock: Clock;
  library: LicenceLibrary;
  seals: Pick<SealService, 'statusOf' | 'validate'>;
  issuers: IssuersPort;
  receipts: Pick<Receipts, 'issue'>;
  presentations: Pick<Presentations, 'consume'>;
  shares: Pick<Shares, 'use'>;
  serviceItems: ServiceItems;
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

/** Makes the judge of licences. `start` marks the beginning of this library at the first start of all. */
export function createVerification(
  deps: VerificationDependencies,
): Verification & { start(): Promise<void> } {
  const begunAt = createBeginning(deps);
  const verify = createVerify({ ...deps, begunAt, findLicence: createFindLicence(deps) });
  return {
    serviceItems: deps.serviceItems,
    verify,
    async start() {
      await begunAt();
    },
  };
}
