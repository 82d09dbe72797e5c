import type { JWK } from 'jose';

/** What `clients add` answered, as far as a site needs it. */
export interface Credentials {
  client_id: string;
  client_secret?: string;
  private_jwk?: JWK;
}

/** A text in both languages of the sites. */
export interface Words {
  zh: string;
  en: string;
}

/** What a site needs to know: its own face, and its registrations with the service. */
export interface SiteSettings {
  id: 'hall' | 'health';
  port: number;
  /** Origin of the service. */
  issuer: string;
  name: Words;
  mark: string;
  /** The other places of the demo world. */
  neighbours: readonly { name: Words; url: string }[];
  /** `path`: where the site itself takes the matter on; without it the demo ends at the login. */
  services: readonly (Words & { level: 1 | 2 | 3; path?: string })[];
  scope: string;
  client: Credentials;
  /** Folder of the case files. */
  cases: string;
  desk: DeskSettings;
  /** What the hall takes applications for. */
  application?: ApplicationSettings;
}

/** The part of a site where its staff work. */
export interface DeskSettings {
  client: Credentials;
  /** Who may work there. */
  duty: { role: 'issuing-clerk' | 'approver'; authorityCode: string };
  serviceItem: Words & { code: string };
}

/** A matter that ends in a licence. */
export interface ApplicationSettings {
  /** Type that is asked for by consented verification. */
  proofType: string;
  /** Type that is issued. */
  licenceType: string;
  /** The system of the authority that decides. */
  bureau: Credentials;
  authority: Words & { code: string; areaCode: string };
}
