import type { AssuranceLevel, Bilingual } from '../core/index.ts';
import type { LicenceRequest } from '../sso/index.ts';

/** Whose licences: the person's, or those of the organisation that the session acts for. */
export interface LicenceHolder {
  accountId: string;
  organisationId?: string | undefined;
}

/** What a consent page says about one request for licences. */
export interface LicenceOffer {
  serviceItem: Bilingual;
  matter: LicenceRequest['matter'];
  types: readonly {
    code: string;
    name: Bilingual;
    /** The least level at which its holder may show it. */
    level: AssuranceLevel;
    /** `fact` names what is learned, whatever it is called. */
    learns: readonly (Bilingual & { fact: string })[];
    licences: readonly {
      licenceId: string;
      maskedNumber: string;
      issuer: Bilingual;
      validUntil: string | null;
      isValid: boolean;
      /** The person's own values of what is learned, masked, by `fact`; what only a verification can answer is left out. */
      tells: Readonly<Record<string, { value: unknown; words?: Bilingual | undefined }>>;
    }[];
  }[];
  /** Milliseconds since the epoch. */
  validUntil: number;
  reads: number;
}

/** What the consent page needs of the wallet; handed in, because the wallet is above this room. */
export interface LicenceConsents {
  offer(holder: LicenceHolder, request: LicenceRequest): Promise<LicenceOffer | undefined>;
  grant(input: {
    holder: LicenceHolder;
    clientId: string;
    request: LicenceRequest;
    licenceIds: readonly string[];
    /** Names this act of consenting: the same again gives the same consent. */
    once: string;
    /** Facts that the page named: what may be learned beyond them by now was not agreed to. */
    seen: readonly string[];
  }): Promise<{ id: string } | undefined>;
}
