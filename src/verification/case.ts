import type { Licence, LicenceState, LicenceType, LicenceVersion } from '../licences/index.ts';
import type { SealReport, SealService } from '../seals/index.ts';
import type { AskedHolder, IssuersPort, Named } from './question.ts';
import type { ReasonCode } from './reasons.ts';

/** What the register of seals says of a seal. */
export type SealStanding = Awaited<ReturnType<SealService['statusOf']>>;

/** What the register of authorities says of an issuer. */
export type Issuer = Awaited<ReturnType<IssuersPort['find']>>;

/** A licence with everything that its checks look at, gathered before the first of them. */
export interface Subject {
  licence: Licence;
  /** The version that is judged: that of the file or printed page, else the one that counted then. */
  version: LicenceVersion;
  /** What it was then; undefined when it did not exist. */
  state: LicenceState | undefined;
  type: LicenceType | undefined;
  /** The issuing authority, then those of a joint issue. */
  issuers: readonly Issuer[];
  /** Of the seal on its file; undefined when the register has none such. Not asked where there is no file. */
  seal?: SealStanding;
}

/** Everything that one verification is decided by. No check looks at anything else. */
export interface Case {
  by: Named['by'];
  /** Whether the question is about now, and if not, whether this library can know. */
  time: 'now' | 'then' | 'future' | 'before-library';
  /** The instant that is judged, milliseconds: the one asked about, or now where that is still to come. */
  at: number;
  asked: { number?: string | undefined; holder?: AskedHolder | undefined };
  /** Absent when nothing was found that may be judged; `missing` says why. */
  subject?: Subject | undefined;
  missing?: ReasonCode | undefined;
  /** Of a file that the library does not know. */
  report?: SealReport | undefined;
}
