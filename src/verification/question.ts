import type { IdentifierType } from '../core/index.ts';
import type { UploadedFile } from '../http/index.ts';
import type { Authority } from '../identity/index.ts';
import type { Matter, Verifier } from '../wallet/index.ts';

/** For which day or instant something is asked. */
export interface AsOf {
  /** As it was asked: YYYY-MM-DD or an instant of RFC 3339. */
  text: string;
  /** The moment asked about, milliseconds since the epoch; of a day its end in China, of today now. */
  at: number;
  isFuture: boolean;
}

/** Whose licence it should be, to be compared. Normalised. */
export interface AskedHolder {
  idType: IdentifierType;
  idNumber: string;
  name?: string | undefined;
}

/** How the licence is named. */
export type Named =
  | { by: 'number'; typeCode: string; number: string; issuerCode?: string | undefined }
  /** The code of a QR that the holder shows. */
  | { by: 'code'; code: string }
  | {
      by: 'holder';
      idType: IdentifierType;
      idNumber: string;
      typeCode: string;
      consentId?: string | undefined;
    }
  | { by: 'file'; file: UploadedFile; typeCode?: string | undefined; issuerCode?: string | undefined }
  /** What a holder confirmed at the counter's desk, and what of it the page said that is learned. */
  | { by: 'desk'; licenceId: string; facts?: readonly string[] | undefined }
  /** The status page that the QR of a printed page leads to. */
  | { by: 'printed'; statusToken: string };

/** One question of a verifier. */
export interface Question {
  named: Named;
  verifier: Verifier;
  matter: Matter;
  asOf?: AsOf | undefined;
  holder?: AskedHolder | undefined;
}

/** Whom the receipts of an authority's counters name as their client. No client may be called so. */
export const counterClient = (authorityCode: string | undefined): string => `counter:${authorityCode}`;

/** What this room needs to know of authorities; identity keeps their register. */
export interface IssuersPort {
  find(code: string): Promise<Pick<Authority, 'code' | 'name' | 'issues' | 'status'> | undefined>;
}
