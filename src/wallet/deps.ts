import type { Audit } from '../audit/index.ts';
import type { Clock, Random, RateCounter } from '../core/index.ts';
import type { Identity, Organisations } from '../identity/index.ts';
import type { Keyring } from '../keyring/index.ts';
import type { LicenceLibrary } from '../licences/index.ts';
import type { Store } from '../storage/index.ts';
import type { MattersPort, VerifierNames } from './port.ts';

/** What the room needs. */
export interface WalletDependencies {
  store: Store;
  keyring: Pick<Keyring, 'derive' | 'cipher'>;
  audit: Audit;
  clock: Clock;
  random: Random;
  rate: RateCounter;
  identity: Pick<Identity, 'findAccount' | 'tell'> & {
    organisations: Pick<Organisations, 'list' | 'confirm' | 'findRepresented'>;
  };
  library: Pick<
    LicenceLibrary,
    'types' | 'findById' | 'findByHolder' | 'findEnding' | 'stateAt' | 'fileOf' | 'pictureOf' | 'setDisputed'
  >;
  /** Verification's table of service items. */
  matters: MattersPort;
  names: VerifierNames;
}
