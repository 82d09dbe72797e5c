import { hash, timingSafeEqual } from 'node:crypto';
import { errors, type Provider } from 'oidc-provider';
import { acrOf, type Bilingual, type Clock, isProblem, parseAcr, type Random } from '../core/index.ts';
import type { Keyring } from '../keyring/index.ts';
import { levelOfSession } from './acr.ts';
import { isOver } from './claims.ts';
import type { AccountsPort, PortalClient, PortalEntry } from './port.ts';
import type { SessionRecords } from './session-records.ts';

/** The portal's name in the register; nobody can register it. */
export const portalClientId = 'tongxing-portal';

/** How long a person may take from the portal to the login and back. */
export const portalStateSeconds = 10 * 60;
const stateContext = 'sso.portal-state';

export interface PortalSettings {
  /** Path that people come back to, and the name that they see. */
  callbackPath: string;
  name: Bilingual;
}

export interface PortalClientDependencies {
  issuer: string;
  settings: PortalSettings;
  keyring: Keyring;
  accounts: AccountsPort;
  sessions: SessionRecords;
  clock: Clock;
  random: Random;
  provider(): Provider;
}

/** What a browser has to bring back: who asked (state), that it is the same (verifier), where to go on, until when. */
interface PendingEntry {
  state: string;
  verifier: string;
  returnTo: string;
  until: number;
}

/** The registration of the portal. Its secret is derived and never leaves: codes are redeemed in process. */
export function portalMetadata(
  issuer: string,
  { callbackPath, name }: PortalSettings,
  keyring: Keyring,
): Record<string, unknown> {
  return {
    client_id: portalClientId,
    client_name: name.zh,
    'client_name#en': name.en,
    client_secret: keyring.derive('sso.portal-client').toString('base64url'),
    redirect_uris: [new URL(callbackPath, issuer).href],
    post_logout_redirect_uris: [new URL('/', issuer).href],
    response_types: ['code'],
    response_modes: ['query'],
    scope: 'openid',
    subject_type: 'pairwise',
    id_token_signed_response_alg: 'ES256',
  };
}

/** Makes the portal's side of the protocol. */
export function createPortalClient(dependencies: PortalClientDependencies): PortalClient {
  const { issuer, settings, keyring, accounts, sessions, clock, random, provider } = dependencies;
  const redirectUri = new URL(settings.callbackPath, issuer).href;

  const seal = (pending: PendingEntry) =>
    keyring.cipher.encrypt(Buffer.from(JSON.stringify(pending)), stateContext).toString('base64url');

  function unseal(sealed: string | undefined): PendingEntry | undefined {
    if (!sealed) return undefined;
    try {
      const plain = keyring.cipher.decrypt(Buffer.from(sealed, 'base64url'), stateContext);
      const pending = JSON.parse(plain.toString()) as PendingEntry;
      return pending.until > clock.now() ? pending : undefined;
    } catch (error) {
      if (isProblem(error, 'cipher-cannot-open')) return undefined;
      throw error;
    }
  }

  /** The provider's checks of the token endpoint, without HTTP: client, address, verifier, time, first use. */
  async function redeemCode(value: string, { verifier, returnTo }: PendingEntry): Promise<PortalEntry> {
    const code = await provider().AuthorizationCode.find(value);
    const challenge = hash('sha256', verifier, 'base64url');
    if (
      !code?.accountId ||
      !code.sessionUid ||
      code.clientId !== portalClientId ||
      code.redirectUri !== redirectUri ||
      code.codeChallenge !== challenge
    )
      return { outcome: 'stale' };
    try {
      await code.consume();
    } catch (error) {
      if (error instanceof errors.InvalidGrant) return { outcome: 'stale' };
      throw error;
    }
    return {
      outcome: 'entered',
      accountId: code.accountId,
      sessionId: code.sessionUid,
      level: parseAcr(code.acr ?? '') ?? 0,
      amr: code.amr ?? [],
      authTime: code.authTime ?? 0,
      returnTo,
    };
  }

  return {
    callbackPath: settings.callbackPath,
    authorizationUrl({ returnTo, level, maxAgeSeconds, prompt, uiLocales }) {
      if (!isOwnPath(returnTo)) throw new Error('returnTo must be a path of this service');
      const state = random.bytes(16).toString('base64url');
      const verifier = random.bytes(32).toString('base64url');
      const url = new URL('/oidc/auth', issuer);
      const essential = level && { id_token: { acr: { essential: true, value: acrOf(level) } } };
      const params = {
        client_id: portalClientId,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: 'openid',
        state,
        code_challenge: hash('sha256', verifier, 'base64url'),
        code_challenge_method: 'S256',
        claims: essential && JSON.stringify(essential),
        max_age: maxAgeSeconds?.toString(),
        prompt,
        ui_locales: uiLocales,
      };
      for (const [name, value] of Object.entries(params)) if (value) url.searchParams.set(name, value);
      const until = clock.now() + portalStateSeconds * 1000;
      return { url: url.href, state: seal({ state, verifier, returnTo, until }) };
    },
    async redeem(query, sealed) {
      const pending = unseal(sealed);
      if (!pending || !isSame(query.state, pending.state) || query.iss !== issuer)
        return { outcome: 'stale' };
      if (typeof query.error === 'string')
        return { outcome: 'refused', error: query.error, returnTo: pending.returnTo };
      if (typeof query.code !== 'string') return { outcome: 'stale' };
      return redeemCode(query.code, pending);
    },
    async findLiveSession(sessionId) {
      const session = await sessions.touch(sessionId);
      if (!session?.accountId || session.loginTs === undefined) return undefined;
      const account = await accounts.find(session.accountId);
      if (!account?.active || isOver(account, session.loginTs)) return undefined;
      const organisationId = session.acting?.organisationId;
      const actingFor = organisationId && (await accounts.findActingFor(account.id, organisationId));
      return {
        accountId: account.id,
        sessionId,
        level: levelOfSession(session.acr, account.proofingLevel),
        amr: session.amr ?? [],
        authTime: session.loginTs,
        isStaff: account.duties !== undefined,
        ...(actingFor && { actingFor: { organisationId: actingFor.organisationId, name: actingFor.name } }),
      };
    },
  };
}

/** A path on this origin; `//host` and `/\host` are not. */
const isOwnPath = (path: string) => /^\/(?![/\\])/.test(path);

function isSame(given: unknown, expected: string): boolean {
  const a = Buffer.from(typeof given === 'string' ? given : '');
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
