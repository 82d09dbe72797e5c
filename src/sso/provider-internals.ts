import type { Context } from 'koa';
import type { Client, Provider } from 'oidc-provider';
import type { SiteAuthorization } from './store.ts';

/**
 * What this room relies on in oidc-provider beyond its published types. Each member was read in the source of 9.13.3; the
 * tests of this room fail when one of them changes its meaning.
 */

/** A Session model instance with the members that saving and rotating use. */
export interface SessionModel {
  uid: string;
  jti: string;
  iat: number;
  exp: number;
  accountId?: string;
  acr?: string;
  amr?: string[];
  loginTs?: number;
  transient?: boolean;
  state?: Record<string, unknown>;
  authorizations?: Record<string, SiteAuthorization>;
  /** The cookie value before resetIdentifier. */
  oldId?: string;
  touched?: boolean;
  destroyed?: boolean;
  emit(event: string): void;
  resetIdentifier(): void;
  sidFor(clientId: string, value?: string): string | undefined;
}

/** The Session class: the provider finds it on itself at each use, so an own property replaces it. */
export interface SessionClass {
  new (payload?: Record<string, unknown>): SessionModel;
  get(ctx: Context): Promise<SessionModel>;
}

/** A client's model class, constructed from metadata and then looked up through `find`. */
export interface ClientClass {
  new (metadata: Record<string, unknown>): Client;
  prototype: {
    backchannelLogout(accountId: string, sid: string): Promise<void>;
    responseModeAllowed(mode: string | undefined): boolean;
  };
  find(id: unknown): Promise<Client | undefined>;
  /** Throws InvalidClientMetadata; also fetches and checks sector_identifier_uri. */
  validate(metadata: Record<string, unknown>): Promise<void>;
}

/** The per-request context class; its getters are replaced on the prototype. */
export interface ContextPrototype {
  ctx: Context;
  urlFor(name: string, options?: object): string;
}

/** A model of tokens or codes: what it answers here is handed out and, where there is a payload, stored. */
export interface TokenClass {
  prototype: { jti: string; getValueAndPayload(): Promise<{ value: string; payload?: object }> };
}

/** The provider seen from inside. */
export interface OpenProvider {
  Session: SessionClass;
  Client: ClientClass;
  AccessToken: TokenClass;
  AuthorizationCode: TokenClass;
  ReplayDetection: { unique(issuer: string, jti: string, exp: number): Promise<boolean> };
  OIDCContext: { prototype: ContextPrototype };
  /** The provider's router is its only layer. */
  middleware: [(ctx: Context, next: () => Promise<unknown>) => Promise<void>];
}

/** The same provider, with the members above. */
export function open(provider: Provider): OpenProvider {
  return provider as unknown as OpenProvider;
}
