import type { Context } from 'koa';
import { Provider } from 'oidc-provider';
import type { Random } from '../core/index.ts';
import type { Stored } from '../storage/index.ts';
import { type ActingChoice, actingOf, noteActing, sidOf } from './acting.ts';
import { open, type SessionClass } from './provider-internals.ts';
import { absoluteSeconds, type SessionRecords } from './session-records.ts';
import type { Acting, SessionRecord } from './store.ts';

/** A session that nobody logged in to (it carries the secret of a logout page) lives this long. */
const anonymousSeconds = 60 * 60;

const loadedRecord = Symbol('loaded');

export interface SessionModelDependencies {
  sessions: SessionRecords;
  random: Random;
  addressOf(ctx: Context): string;
}

/**
 * Replaces the provider's Session model, which writes whole documents over each other, by one over SessionRecords. The
 * cookie is `uid.secret`: the uid finds the one document, and the secret is what rotates.
 */
export function replaceSessionModel(
  provider: Provider,
  { sessions: records, random, addressOf }: SessionModelDependencies,
): void {
  const Base = open(provider).Session;
  const newCookie = (uid: string) => `${uid}.${random.bytes(24).toString('base64url')}`;

  // The name is written into every payload as its kind.
  class Session extends (Base as unknown as new (payload?: object) => InstanceType<SessionClass>) {
    declare [loadedRecord]: Stored<SessionRecord> | undefined;
    declare acting: Acting | undefined;

    constructor(payload?: Record<string, unknown>) {
      super(payload);
      if (payload?.jti === undefined) this.jti = newCookie(this.uid);
    }

    static async find(cookie: string): Promise<Session | undefined> {
      return revive(await records.findByCookie(cookie), cookie);
    }

    static async findByUid(uid: string): Promise<Session | undefined> {
      const stored = await records.findByUid(uid);
      const { ctx } = Provider;
      if (ctx) noteActing(ctx, stored?.value.acting);
      return revive(stored);
    }

    /** A cookie that opens nothing counts as none: it neither costs a write nor overwrites a good cookie. */
    static async get(ctx: Context): Promise<Session> {
      const { oidc } = ctx;
      const cookie = oidc.cookies.get(provider.cookieName('session'), { signed: true });
      const session = (cookie && (await Session.find(cookie))) || new Session();
      oidc.entity('Session', session);
      return session;
    }

    override resetIdentifier(): void {
      this.oldId = this.jti;
      this.jti = newCookie(this.uid);
      this.touched = true;
    }

    ensureClientContainer(clientId: string): void {
      const { ctx } = Provider;
      this.sidFor(clientId, sidOf(this.uid, clientId, (ctx ? actingOf(ctx) : this.acting)?.epoch));
    }

    async save(): Promise<string> {
      const { uid, jti, accountId, acr, amr, loginTs, transient, state, authorizations } = this;
      const { ctx } = Provider;
      // The pages of one request carry its login on, so the same login may come back with the next answer.
      const { login, acting: choice } = (ctx?.oidc?.result ?? {}) as {
        login?: { id?: string };
        acting?: ActingChoice;
      };
      const loginId = login?.id ?? this[loadedRecord]?.value.loginId;
      const account = ctx?.oidc?.account as { idleSeconds?: number } | undefined;
      const idleSeconds = account ? account.idleSeconds : this[loadedRecord]?.value.idleSeconds;
      const saved = await records.save({
        uid,
        cookie: jti,
        isRotated: this.oldId !== undefined,
        loaded: this[loadedRecord],
        ours: { accountId, acr, amr, loginTs, loginId, idleSeconds, transient, state, authorizations },
        choice,
        lifetimes: { absoluteSeconds, anonymousSeconds },
        device: deviceOf(ctx as Context | undefined),
      });
      if (saved) {
        this[loadedRecord] = saved;
        this.exp = saved.value.exp;
        delete this.oldId;
      }
      this.touched = false;
      this.emit('saved');
      return jti;
    }

    async destroy(): Promise<void> {
      await records.end(this.uid, 'logout');
      this.emit('destroyed');
      this.destroyed = true;
    }
  }

  function revive(stored: Stored<SessionRecord> | undefined, jti?: string): Session | undefined {
    if (!stored) return undefined;
    const { value } = stored;
    // The request changes its copy in place; what was loaded stays as it was, to be compared with.
    const authorizations = Object.fromEntries(
      Object.entries(value.authorizations).map(([client, site]) => [client, { ...site }]),
    );
    const session = new Session({ ...value, authorizations, kind: 'Session', jti: jti ?? `${value.uid}.` });
    // Not a member that the provider knows, so its constructor leaves it out.
    session.acting = value.acting;
    Object.defineProperty(session, loadedRecord, { value: stored, writable: true });
    return session;
  }

  const deviceOf = (ctx: Context | undefined) => ({
    address: ctx ? addressOf(ctx) : '',
    userAgent: (ctx?.get('user-agent') ?? '').slice(0, 200),
  });

  Object.defineProperty(provider, 'Session', { value: Session });
}
