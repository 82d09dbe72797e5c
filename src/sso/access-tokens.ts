import { hash } from 'node:crypto';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import type { Provider } from 'oidc-provider';
import { type Clock, isProblem } from '../core/index.ts';
import type { Keyring } from '../keyring/index.ts';
import { isOver } from './claims.ts';
import type { ClientRegister } from './clients.ts';
import type { Consents } from './consents.ts';
import type { AccountsPort, Sso, TokenFault } from './port.ts';
import { apiResource } from './resources.ts';
import type { SessionRecords } from './session-records.ts';

const bindingContext = 'sso.access-token';

export interface AccessTokensDependencies {
  issuer: string;
  keyring: Keyring;
  clients: ClientRegister;
  consents: Consents;
  sessions: SessionRecords;
  accounts: AccountsPort;
  clock: Clock;
  provider(): Provider;
}

/** Makes and checks what is ours in access tokens for our API. */
export interface AccessTokens {
  verify: Sso['verifyAccessToken'];
  /** Names the grant and session of a person's token, for us alone to read. */
  sealBinding(grantId: string, sessionUid: string | undefined): string;
  /** Takes the keys of this moment. */
  rekey(): void;
}

type Fault = { fault: TokenFault };

/** How far clocks may differ. */
const toleranceSeconds = 5;
/** Tokens that are remembered at most; the oldest are forgotten first. */
const maxRemembered = 5_000;

/** Keeps what good tokens say until they expire; everything that can end before that is asked at every request. */
function remembering(readSigned: (token: string) => Promise<JWTPayload | Fault>, clock: Clock) {
  let remembered = new Map<string, JWTPayload>();
  return {
    async of(token: string): Promise<JWTPayload | Fault> {
      // What is read while the keys change is remembered where nobody looks any more.
      const known = remembered;
      const key = hash('sha256', token, 'base64url');
      const found = known.get(key);
      if (found && (found.exp ?? 0) > clock.now() / 1000 - toleranceSeconds) return found;
      known.delete(key);
      const payload = await readSigned(token);
      if ('fault' in payload) return payload;
      known.set(key, payload);
      const [oldest] = known.size > maxRemembered ? known.keys() : [];
      if (oldest !== undefined) known.delete(oldest);
      return payload;
    },
    forget() {
      remembered = new Map();
    },
  };
}

/**
 * Checks bearer tokens: signature, type and audience pinned, then everything that can have ended since it was issued. It
 * lives five minutes, but a withdrawn grant or a logout counts at once.
 * @see RFC 9068 4
 */
export function createAccessTokens(dependencies: AccessTokensDependencies): AccessTokens {
  const { issuer, keyring, clients, consents, sessions, accounts, clock, provider } = dependencies;
  let keys = publicKeys(keyring);
  /** What tokens say whose signature was good, by their hash: a system sends the same one for minutes. */
  const read = remembering(readSigned, clock);

  /** A person's token: its grant, session and account have to stand. */
  async function findPerson(
    binding: string,
    clientId: string,
    issuedAt: number,
  ): Promise<{ accountId: string } | undefined> {
    const [grantId = '', sessionUid] = unsealBinding(keyring, binding)?.split(' ') ?? [];
    const consent = await consents.findByGrantId(grantId);
    if (consent?.clientId !== clientId) return undefined;
    if (sessionUid) {
      const session = await sessions.findByUid(sessionUid);
      // A session that acts for somebody else since then has left the site.
      if (session?.value.authorizations[clientId]?.grantId !== grantId) return undefined;
    }
    const account = await accounts.find(consent.accountId);
    if (!account?.active || isOver(account, issuedAt)) return undefined;
    return { accountId: account.id };
  }

  async function verify(token: string): ReturnType<Sso['verifyAccessToken']> {
    const payload = await read.of(token);
    if ('fault' in payload) return payload as Fault;
    const { client_id: clientId, cnf, binding, sub, iat = 0 } = payload;
    // A token bound to a key is no bearer token, whoever holds it.
    if (cnf !== undefined) return { fault: 'sender-constrained' };
    if (typeof clientId !== 'string') return { fault: 'malformed' };
    const scopes = new Set(typeof payload.scope === 'string' ? payload.scope.split(' ') : []);
    if (!(await clients.find(provider(), clientId))) return { fault: 'revoked' };
    if (typeof binding !== 'string') {
      return sub === clientId ? { caller: { kind: 'client', clientId, scopes } } : { fault: 'malformed' };
    }
    const person = await findPerson(binding, clientId, iat);
    return person
      ? { caller: { kind: 'client', clientId, scopes, accountId: person.accountId } }
      : { fault: 'revoked' };
  }

  async function readSigned(token: string): Promise<JWTPayload | Fault> {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience: apiResource(issuer),
        algorithms: ['ES256'],
        typ: 'at+jwt',
        requiredClaims: ['exp', 'iat', 'sub', 'jti', 'client_id'],
        currentDate: new Date(clock.now()),
        clockTolerance: toleranceSeconds,
      });
      return payload;
    } catch (error) {
      return { fault: faultOf(error) };
    }
  }

  return {
    verify,
    sealBinding: (grantId, sessionUid) =>
      keyring.cipher
        .encrypt(Buffer.from(sessionUid ? `${grantId} ${sessionUid}` : grantId), bindingContext)
        .toString('base64url'),
    rekey() {
      keys = publicKeys(keyring);
      // A key that was withdrawn must not go on through what it once signed.
      read.forget();
    },
  };
}

function unsealBinding(keyring: Keyring, binding: string): string | undefined {
  try {
    return keyring.cipher.decrypt(Buffer.from(binding, 'base64url'), bindingContext).toString();
  } catch (error) {
    if (isProblem(error, 'cipher-cannot-open')) return undefined;
    throw error;
  }
}

function publicKeys(keyring: Keyring): ReturnType<typeof createLocalJWKSet> {
  const keys = keyring
    .tokenKeySet()
    .keys.filter(({ alg }) => alg === 'ES256')
    .map(({ kty, crv, x, y, kid, alg }) => ({ kty, crv, x, y, kid, alg, use: 'sig' }));
  return createLocalJWKSet({ keys } as JSONWebKeySet);
}

function faultOf(error: unknown): TokenFault {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return 'not-for-us';
  if (error instanceof errors.JOSEError) return 'malformed';
  throw error;
}
