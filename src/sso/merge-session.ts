import type { Stored } from '../storage/index.ts';
import { type ActingChoice, afterChoice, isOtherActor } from './acting.ts';
import { lookupKey } from './hash.ts';
import type { Acting, SessionRecord, SiteAuthorization } from './store.ts';

/** A session as one request leaves it, with what it found when it came. */
export interface SessionState {
  uid: string;
  /** Value of the cookie from now on. */
  cookie: string;
  /** True when this request changed the cookie. */
  isRotated: boolean;
  loaded: Stored<SessionRecord> | undefined;
  ours: Pick<
    SessionRecord,
    'accountId' | 'acr' | 'amr' | 'loginTs' | 'loginId' | 'idleSeconds' | 'transient' | 'state'
  > & {
    authorizations?: Record<string, SiteAuthorization> | undefined;
  };
  /** Whom this request chose to act for. */
  choice?: ActingChoice | undefined;
  lifetimes: { absoluteSeconds: number; anonymousSeconds: number };
  /** Where this request came from; kept with a login. */
  device: { address: string; userAgent: string };
}

/** A cookie that was rotated away without a login still opens the session while answers in flight arrive. */
const overlapMs = 60_000;
const mostSecrets = 4;

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/**
 * What to write over `current`, so that requests that ran at the same time both count: three-way, by site. Undefined when
 * there is nothing that may be written: two different people logged in on one session, and the first stays.
 */
export function mergeSession(
  state: SessionState,
  current: SessionRecord | undefined,
  now: number,
): SessionRecord | undefined {
  const { ours, loaded } = state;
  const isLogin = ours.loginId !== undefined && ours.loginId !== loaded?.value.loginId;
  if (isLogin && current?.accountId && loaded?.value.accountId !== ours.accountId) {
    if (current.accountId !== ours.accountId) return undefined;
  }
  const takesOurLogin = isLogin && (ours.loginTs ?? 0) >= (current?.loginTs ?? 0);
  const login = takesOurLogin || !current ? ours : current;
  const device = takesOurLogin ? state.device : current;
  const acting = afterChoice(current?.acting, state.choice);
  const iat = current?.iat ?? Math.floor(now / 1000);
  const { absoluteSeconds, anonymousSeconds } = state.lifetimes;
  return withoutUndefined({
    key: current?.key ?? lookupKey('session', state.uid),
    uid: state.uid,
    secrets: mergeSecrets(state, current, isLogin, now),
    owner: login.accountId,
    accountId: login.accountId,
    acr: login.acr,
    amr: login.amr,
    loginTs: login.loginTs,
    loginId: login.loginId,
    idleSeconds: login.idleSeconds,
    acting,
    transient: login.transient,
    state: current && same(ours.state, loaded?.value.state) ? current.state : ours.state,
    authorizations: mergeSites(state, current, acting),
    iat,
    exp: login.loginTs === undefined ? iat + anonymousSeconds : login.loginTs + absoluteSeconds,
    usedAt: now,
    address: device?.address,
    userAgent: device?.userAgent,
  });
}

/**
 * Sites by three-way merge, but never across a choice of whom to act for: what this request entered under an earlier choice
 * is dropped, and so is everything else when the choice is this request's own.
 */
function mergeSites(
  { ours: { authorizations: ours = {} }, loaded }: SessionState,
  current: SessionRecord | undefined,
  acting: Acting | undefined,
): Record<string, SiteAuthorization> {
  const before = loaded?.value.authorizations ?? {};
  const theirs = current?.authorizations ?? {};
  const isChosenElsewhere = current !== undefined && current.acting?.since !== loaded?.value.acting?.since;
  if (isChosenElsewhere && acting?.since === current.acting?.since) return theirs;
  const isNewActor = current !== undefined && isOtherActor(acting, current.acting);
  const merged: Record<string, SiteAuthorization> = {};
  for (const id of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
    const isOurs = !same(ours[id], before[id]);
    const site = isOurs ? ours[id] : isNewActor ? undefined : theirs[id];
    if (site) merged[id] = site;
  }
  return merged;
}

/**
 * After a login (also a step-up) only the new cookie opens the session: whoever knew an older one did not log in. Any
 * other rotation leaves the older one open for a moment, because two tabs may be on their way at once.
 */
function mergeSecrets(
  { cookie, isRotated, loaded }: SessionState,
  current: SessionRecord | undefined,
  isLogin: boolean,
  now: number,
): SessionRecord['secrets'] {
  const own = { hash: lookupKey('cookie', cookie) };
  if (!current) return [own];
  if (!isRotated) return current.secrets;
  if (isLogin) return [own];
  // Somebody logged in since we read it: our cookie belongs to before.
  if (current.loginId !== loaded?.value.loginId) return current.secrets;
  const older = current.secrets
    .filter(({ until }) => until === undefined || until > now)
    .map((secret) => ({ ...secret, until: secret.until ?? now + overlapMs }));
  return [own, ...older].slice(0, mostSecrets);
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
