import type { Bilingual } from '../core/index.ts';

/**
 * A client's registration in the names of RFC 7591. `scope` holds scopes of sites and of our API (`licences:issue`) alike.
 */
export interface ClientMetadata {
  client_id?: string;
  client_secret?: string;
  client_name?: string;
  'client_name#en'?: string;
  redirect_uris?: string[];
  scope?: string;
  /** Why this client may go without PKCE (RFC 7636): a written exception for a legacy system. */
  pkce_exception?: string;
  /** Members of staff may log in here with their accounts of staff; needed for the scope `staff`. */
  staff_login?: boolean;
  /** The authority (credit code) that this system acts for. */
  authority_code?: string;
  /** Codes of the types that it may issue for that authority; `*` alone: all that the authority issues. */
  licence_types?: string[];
  [name: string]: unknown;
}

/** For which authority a system acts, and which types it may issue: `*` or their codes. */
export interface ClientRights {
  authorityCode: string;
  licenceTypes: '*' | readonly string[];
}

/** A client as people read of it. */
export interface ClientLabel {
  id: string;
  name: Bilingual;
}

/** The register of service sites and systems. Other processes see a change within seconds. */
export interface Clients {
  /**
   * Registers a client and answers the whole registration. client_id and client_secret are made up when absent; this is
   * the only time the secret is shown.
   * @throws {Problem} client-metadata-invalid with what is wrong in words | already-exists
   */
  add(metadata: ClientMetadata, actor?: string): Promise<ClientMetadata>;
  /** Without secrets. */
  list(): Promise<ClientMetadata[]>;
  /** Without its secret. @throws {Problem} not-found */
  get(clientId: string): Promise<ClientMetadata>;
  /** Its tokens and grants stop working. @throws {Problem} not-found */
  remove(clientId: string, actor?: string): Promise<void>;
  /** The name for people, for lists; undefined when there is no such client any more. */
  findName(clientId: string): Promise<Bilingual | undefined>;
  /** What a system may do for an authority, as registered; undefined for all others. Cached: made to be asked on every request. */
  rightsOf(clientId: string): Promise<ClientRights | undefined>;
}
