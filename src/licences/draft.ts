import type { IdentifierType } from '../core/index.ts';

/** Whom an issuer names. */
export interface HolderDraft {
  /** Empty where none was chosen in a form. */
  idType: IdentifierType | '';
  idNumber: string;
  name: string;
}

/** What an issuer says of a version. */
export interface VersionDraft {
  holders: readonly HolderDraft[];
  issuedOn: string;
  validFrom: string;
  validUntil: string | null;
  areaCode?: string | undefined;
  data: Readonly<Record<string, unknown>>;
  caseNumber?: string | undefined;
  serviceItemCode?: string | undefined;
  /** The holder's photo, a JPEG. In a change: absent keeps that of the version before, null takes it away. */
  photo?: Uint8Array | null | undefined;
}

/** What an issuer says of a new licence. */
export interface LicenceDraft extends VersionDraft {
  typeCode: string;
  issuingAuthorityCode: string;
  /** Further authorities of a joint issue: named on the licence; the seal is that of the issuing authority. */
  jointAuthorityCodes?: readonly string[] | undefined;
  /** Absent where the library makes the numbers. */
  number?: string | undefined;
  /** Id of the licence that this one renews. */
  renews?: string | undefined;
}
