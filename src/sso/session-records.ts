import type { Audit } from '../audit/index.ts';
import { type Clock, isProblem, type PendingEvent, readAll } from '../core/index.ts';
import type { Store, Stored } from '../storage/index.ts';
import { isOtherActor, sitesLeft, withChoice } from './acting.ts';
import { lookupKey } from './hash.ts';
import { mergeSession, type SessionState } from './merge-session.ts';
import { type SessionRecord, sessionCollection } from './store.ts';

/** Nothing entered for this long ends single sign-on; a site's own session is the site's. */
export const idleSeconds = 30 * 60;
/** A login carries this long, however busy. */
export const absoluteSeconds = 8 * 60 * 60;
/** The same, as the pages say it. */
export const sessionLifetimes = { idleMinutes: idleSeconds / 60, hours: absoluteSeconds / 3600 } as const;
/** An untouched session is written at most this often, only to move `usedAt`. */
const touchMs = 60_000;

/** The documents of single sign-on sessions: merged when saved at once, never revived once ended. */
export interface SessionRecords {
  /** By cookie value: alive, not idle. */
  findByCookie(cookie: string): Promise<Stored<SessionRecord> | undefined>;
  /** By uid: not ended, not past its absolute end. For tokens, which outlive idleness. */
  findByUid(uid: string): Promise<Stored<SessionRecord> | undefined>;
  /** Like findByUid, but idle sessions do not count and the use is noted. */
  touch(uid: string): Promise<SessionRecord | undefined>;
  /** Writes what changed since `loaded`; answers what stands now, or undefined when the session is ended. */
  save(state: SessionState): Promise<Stored<SessionRecord> | undefined>;
  /** Ends it; answers it as it was, or undefined when somebody else ended it before. Its event rides in the tombstone, so that sites are told even after a crash. */
  end(uid: string, reason: string): Promise<SessionRecord | undefined>;
  /**
   * Lets it act for an organisation from now on, or for the person again. The sites entered so far are left; the event that
   * tells them rides in the document. False when the session is over.
   */
  actFor(uid: string, organisationId: string | undefined): Promise<boolean>;
  /** The tombstone, while it stands. */
  findEnded(uid: string): Promise<SessionRecord | undefined>;
  /** Sessions of an account that are alive and not idle. */
  list(accountId: string): Promise<SessionRecord[]>;
  /** All that are not ended, idle ones too: tokens hang on them. With `before`, those whose login was in an earlier second. */
  listUids(accountId: string, before?: number): Promise<string[]>;
  /** Those that act for an organisation. */
  listActing(organisationId: string): Promise<Pick<SessionRecord, 'uid' | 'accountId'>[]>;
}

export interface SessionRecordsDependencies {
  store: Store;
  audit: Audit;
  clock: Clock;
  /** Whether the account may still act for the organisation. Asked about sessions that act, no others. */
  mayAct(accountId: string, organisationId: string): Promise<boolean>;
}

/** Sites named in one event, which has a size limit. */
const sitesAnEvent = 50;

/** Key of a session's document. */
const sessionKey = (uid: string) => lookupKey('session', uid);

/** Makes the register of sessions. */
export function createSessionRecords({
  store,
  audit,
  clock,
  mayAct,
}: SessionRecordsDependencies): SessionRecords {
  const sessions = store.collection(sessionCollection);

  const isAlive = ({ ended, exp }: SessionRecord) => !ended && exp * 1000 > clock.now();
  const isIdle = ({ usedAt, ...session }: SessionRecord) =>
    clock.now() - usedAt > (session.idleSeconds ?? idleSeconds) * 1000;

  async function findByUid(uid: string): Promise<Stored<SessionRecord> | undefined> {
    const stored = await sessions.get(sessionKey(uid));
    if (!stored || !isAlive(stored.value)) return undefined;
    const { accountId, acting } = stored.value;
    if (!accountId || !acting?.organisationId || (await mayAct(accountId, acting.organisationId)))
      return stored;
    // The event that says so may still be on its way.
    await end(uid, 'acting-ended');
    return undefined;
  }

  /** What a change of whom a session acts for has to say; nothing when it is the same. */
  function actingEvents(before: SessionRecord | undefined, after: SessionRecord): PendingEvent[] {
    const { accountId, uid, acting } = after;
    if (!accountId || !isOtherActor(before?.acting, acting)) return [];
    const left = before ? Object.keys(sitesLeft(before, after)) : [];
    const epoch = before?.acting?.epoch;
    const organisation = acting?.organisationId;
    const events: PendingEvent[] = [];
    do {
      events.push(
        audit.event('sso.acting.changed', {
          ...{ account: accountId, session: uid, clients: left.splice(0, sitesAnEvent) },
          ...(organisation && { organisation }),
          ...(epoch && { epoch }),
        }),
      );
    } while (left.length > 0);
    return events;
  }

  async function allOf(index: 'owner' | 'acting', value: string): Promise<SessionRecord[]> {
    const all = await readAll((from) => sessions.find({ index, equals: [value], limit: 200, ...from }));
    return all.map((stored) => stored.value);
  }

  async function save(state: SessionState): Promise<Stored<SessionRecord> | undefined> {
    let current = state.loaded;
    for (;;) {
      const now = clock.now();
      if (current?.value.ended) return undefined;
      const next = mergeSession(state, current?.value, now);
      if (!next) return undefined;
      if (current && now - current.value.usedAt < touchMs && isSame(current.value, next)) return current;
      try {
        const events = actingEvents(current?.value, next);
        return current
          ? await sessions.replace(next, current.version, { events })
          : await sessions.insert(next, { events });
      } catch (error) {
        if (!isProblem(error, 'version-conflict', 'already-exists', 'not-found')) throw error;
        current = await sessions.get(next.key);
        // Swept while it was in use: it is over.
        if (!current) return undefined;
      }
    }
  }

  async function end(uid: string, reason: string): Promise<SessionRecord | undefined> {
    for (;;) {
      const stored = await sessions.get(sessionKey(uid));
      if (!stored || stored.value.ended) return undefined;
      const { owner: _, state: __, ...was } = stored.value;
      const { acting: ___, ...rest } = was;
      const tombstone: SessionRecord = { ...rest, secrets: [], ended: { at: clock.now(), reason } };
      // An event has a size limit; the tombstone itself names every site.
      const clients = Object.keys(was.authorizations).slice(0, sitesAnEvent);
      const organisation = was.acting?.organisationId;
      const data = {
        ...(was.accountId && { account: was.accountId }),
        ...{ session: uid, reason, clients },
        ...(organisation && { organisation }),
      };
      const event = audit.event('sso.session.ended', data);
      try {
        // On the disk before anybody is told: a power cut must not bring back what somebody just ended.
        await sessions.replace(tombstone, stored.version, {
          events: was.accountId ? [event] : [],
          durable: true,
        });
      } catch (error) {
        if (isProblem(error, 'version-conflict', 'not-found')) continue;
        throw error;
      }
      return stored.value;
    }
  }

  return {
    async findByCookie(cookie) {
      const uid = cookie.slice(0, cookie.indexOf('.'));
      const stored = uid ? await findByUid(uid) : undefined;
      if (!stored || isIdle(stored.value)) return undefined;
      const hash = lookupKey('cookie', cookie);
      const now = clock.now();
      const opens = stored.value.secrets.some(
        (secret) => secret.hash === hash && (secret.until ?? Infinity) > now,
      );
      return opens ? stored : undefined;
    },
    findByUid,
    async touch(uid) {
      const stored = await findByUid(uid);
      if (!stored || isIdle(stored.value)) return undefined;
      const usedAt = clock.now();
      if (usedAt - stored.value.usedAt >= touchMs) {
        // Whoever else writes it at this moment notes the use as well.
        await sessions.replace({ ...stored.value, usedAt }, stored.version).catch((error: unknown) => {
          if (!isProblem(error, 'version-conflict', 'not-found')) throw error;
        });
      }
      return stored.value;
    },
    save,
    end,
    async actFor(uid, organisationId) {
      for (;;) {
        const stored = await findByUid(uid);
        if (!stored?.value.accountId) return false;
        const since = Math.max(clock.now(), (stored.value.acting?.since ?? 0) + 1);
        const next = withChoice(stored.value, { ...(organisationId && { organisationId }), since });
        try {
          await sessions.replace(next, stored.version, { events: actingEvents(stored.value, next) });
          return true;
        } catch (error) {
          if (!isProblem(error, 'version-conflict', 'not-found')) throw error;
        }
      }
    },
    async findEnded(uid) {
      const stored = await sessions.get(sessionKey(uid));
      return stored?.value.ended ? stored.value : undefined;
    },
    async list(accountId) {
      return (await allOf('owner', accountId)).filter((session) => isAlive(session) && !isIdle(session));
    },
    async listUids(accountId, before = Infinity) {
      const earlier = ({ loginTs, iat }: SessionRecord) => (loginTs ?? iat) < Math.floor(before / 1000);
      return (await allOf('owner', accountId)).filter(earlier).map(({ uid }) => uid);
    },
    listActing: async (organisationId) =>
      (await allOf('acting', organisationId)).map(({ uid, accountId }) => ({ uid, accountId })),
  };
}

function isSame({ usedAt: _, ...a }: SessionRecord, { usedAt: __, ...b }: SessionRecord): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
