import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Koa, { type Context } from 'koa';
import { type Audit, createAudit } from '../../src/audit/index.ts';
import { type Clock, isProblem, systemRandom } from '../../src/core/index.ts';
import { type Keyring, openKeyring } from '../../src/keyring/index.ts';
import { createOutbound, type Notice, type Notices } from '../../src/outbound/index.ts';
import {
  type Account,
  type ActingFor,
  type ClientMetadata,
  createSso,
  type Sso,
  type SsoPages,
} from '../../src/sso/index.ts';
import { createRelay, type Database, openDatabase, type Store } from '../../src/storage/index.ts';
import { createLogger, createMetrics } from '../../src/telemetry/index.ts';
import { createRelyingParty, createVisitor, type RelyingParty, type Visitor } from './relying-party.ts';
import { tempDirectory } from './temp-store.ts';

/** An account id from a number: 128 bits in base64url. */
export const accountIdOf = (n: number): string => Buffer.alloc(16, n).toString('base64url');

/** A person who cannot exist, at level 2. */
export function personOf(n: number, changes: Partial<Account> = {}): Account {
  return {
    id: accountIdOf(n),
    active: true,
    proofingLevel: 2,
    reachableLevel: 2,
    name: '示例人',
    phoneNumber: `+8613800000${String(n).padStart(3, '0')}`,
    phoneVerified: true,
    idType: '111',
    idNumber: '520102188001010014',
    updatedAt: 1_700_000_000_000,
    ...changes,
  };
}

/** A clock that stands ahead of the machine's by what a test added. */
export function createMovableClock(): Clock & { advance(seconds: number): void } {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    advance(seconds) {
      ahead += seconds * 1000;
    },
  };
}

export interface SsoWorldOptions {
  /** The issuer, when it is not the address of the test's own server. */
  issuer?: string;
  /** Opens the database; the embedded one in a folder of its own when absent. */
  open?: (dependencies: { clock: Clock; random: typeof systemRandom }) => Promise<Database>;
}

/** One process of the service, as far as this room goes, with a login page of a few lines. */
export interface SsoProcess {
  sso: Sso;
  origin: string;
  keyring: Keyring;
  audit: Audit;
  /** Resolves when consequences of what was committed so far have happened: log, notices. */
  relayed(): Promise<void>;
  close(): Promise<void>;
}

/** A store with any number of processes on it, people, and what was sent and logged. */
export interface SsoWorld extends SsoProcess {
  store: Store;
  /** Where the database and keys of this world lie. */
  directory: string;
  clock: ReturnType<typeof createMovableClock>;
  accounts: Map<string, Account>;
  /** Organisations that people may act for, by account. */
  acting: Map<string, ActingFor[]>;
  /** Notices that were enqueued, once by id. */
  notices: Map<string, Notice>;
  logs: string[];
  /** The room as it would start with another keyring. */
  startWith(keyring: Keyring): Sso;
  /** Another process on the same store, under the first one's issuer. */
  another(): Promise<SsoProcess>;
  visitor(): Visitor;
  /** Registers a site and connects a relying party to it. */
  site(metadata?: ClientMetadata): Promise<RelyingParty & { clientId: string }>;
  /** Every event in the log. */
  events(): Promise<{ type: string; data: Record<string, unknown> }[]>;
}

/** Starts the world of a test. */
export async function openSsoWorld(options: SsoWorldOptions = {}): Promise<SsoWorld> {
  const clock = createMovableClock();
  const directory = tempDirectory('sso');
  const dependencies = { clock, random: systemRandom };
  const database = options.open
    ? await options.open(dependencies)
    : await openDatabase(`sqlite:${join(directory, 'test.db')}`, dependencies);
  const accounts = new Map([1, 2, 3].map((n) => [accountIdOf(n), personOf(n)]));
  const notices = new Map<string, Notice>();
  const logs: string[] = [];
  const acting = new Map<string, ActingFor[]>();
  const shared = { clock, database, accounts, acting, notices, logs, folder: join(directory, 'keys') };
  const first = await startProcess(shared, options.issuer);
  const started: SsoProcess[] = [first];
  const issuer = options.issuer ?? first.origin;
  let sites = 0;

  return {
    ...first,
    ...{ clock, directory, accounts, acting, notices, logs },
    async another() {
      const next = await startProcess(shared, issuer);
      started.push(next);
      return next;
    },
    visitor: () => createVisitor(first.origin),
    async site(metadata = {}) {
      sites += 1;
      const added = await first.sso.clients.add({
        client_name: `Site ${sites}`,
        redirect_uris: [`http://localhost:300${sites}/callback`],
        ...metadata,
      });
      const clientId = String(added.client_id);
      const party = await createRelyingParty({
        issuer,
        clientId,
        ...(added.client_secret && { clientSecret: added.client_secret }),
        redirectUri: String(added.redirect_uris?.[0]),
        algorithm: added.id_token_signed_response_alg === 'ES256' ? 'ES256' : 'RS256',
      });
      return { ...party, clientId };
    },
    async events() {
      await first.relayed();
      const all: { type: string; data: Record<string, unknown> }[] = [];
      for await (const batch of first.audit.export())
        for (const event of (batch.events ?? []) as (typeof all)[number][]) all.push(event);
      return all;
    },
    async close() {
      for (const process of started) await process.close();
      await database.close();
    },
  };
}

interface Shared {
  clock: Clock;
  database: Database;
  accounts: Map<string, Account>;
  acting: Map<string, ActingFor[]>;
  notices: Map<string, Notice>;
  logs: string[];
  folder: string;
}

type Started = SsoProcess & { store: Store; startWith(keyring: Keyring): Sso };

async function startProcess(shared: Shared, issuer?: string): Promise<Started> {
  const { clock, database, accounts, acting, notices, logs, folder } = shared;
  const app = new Koa();
  let handle: ReturnType<typeof app.callback> | undefined;
  const server = createServer((req, res) => void handle?.(req, res));
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const metrics = createMetrics({ processMetrics: false });
  const logger = createLogger({ level: 'debug', destination: { write: (line) => void logs.push(line) } });
  const keyring = await openKeyring({
    ...{ records: database.keyRecords, folder, clock, random: systemRandom },
    mode: 'demo',
    refreshSeconds: 0,
    publishAheadSeconds: 0,
  });
  const store = database.open(keyring.cipher);
  const audit = createAudit({ store, keyring, clock, random: systemRandom, metrics });
  const outbound = createOutbound({ allow: [], metrics, logger, clock });
  const startWith = (held: Keyring) =>
    createSso({
      issuer: issuer ?? origin,
      ...{ store, keyring: held, audit, clock, random: systemRandom, logger, metrics, pages },
      fetch: outbound.fetch,
      notices: collectNotices(notices),
      accounts: {
        find: async (id) => accounts.get(id),
        findActingFor: async (id, organisationId) =>
          acting.get(id)?.find((one) => one.organisationId === organisationId),
        hasOrganisations: async (id) => (acting.get(id) ?? []).length > 0,
      },
      licenceRequests: {
        refusal: async ({ licenceTypes }) =>
          licenceTypes.includes('secret') ? 'licence type secret may not be asked for' : undefined,
      },
      portal: { callbackPath: '/session/callback', name: { zh: '通行', en: 'Tongxing' } },
    });
  const sso = startWith(keyring);
  const relay = createRelay({
    ...{ store, clock, logger },
    consumers: [audit.append, async (events) => void (await Promise.all(events.map(sso.onEvent)))],
  });
  relay.start();
  app.use(async (ctx, next) => {
    ctx.set('Content-Security-Policy', "default-src 'none'; script-src 'self'; form-action 'self'");
    try {
      await next();
    } catch (error) {
      // The outer chain of the http room does this in the whole service.
      if (!isProblem(error)) throw error;
      ctx.status = error.status;
      ctx.set(error.headers);
      ctx.body = { code: error.code };
    }
  });
  app.use(sso.middleware);
  app.use((ctx) => interact(ctx, sso));
  handle = app.callback();
  return {
    ...{ sso, origin, keyring, audit, store, startWith },
    relayed: () => relay.drain(),
    close: once(async () => {
      await relay.close();
      sso.close();
      await keyring.close();
      await audit.close();
      await outbound.close();
      await closeServer(server);
    }),
  };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

const collectNotices = (notices: Map<string, Notice>): Notices => ({
  async enqueue(notice) {
    if (!notices.has(notice.id)) notices.set(notice.id, notice);
  },
  deliverDue: async () => 0,
  start() {},
  close: async () => {},
});

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const pages: SsoPages = {
  renderError(ctx, { status, error, description, text, retryAfterSeconds }) {
    ctx.status = status;
    ctx.type = 'html';
    if (retryAfterSeconds) ctx.set('Retry-After', String(retryAfterSeconds));
    ctx.body = `<h1>${escapeHtml(text.zh)}</h1><p id="error">${escapeHtml(error)}</p><p>${escapeHtml(description)}</p>`;
  },
  renderLogout(ctx, { action, xsrf, client, formAction }) {
    ctx.set('X-Form-Action', formAction.join(' '));
    ctx.type = 'html';
    ctx.body = `<form method="post" action="${escapeHtml(action)}"><p>${escapeHtml(client?.name.zh ?? '')}</p>
      <input type="hidden" name="xsrf" value="${escapeHtml(xsrf)}">
      <button id="logout-yes" name="logout" value="yes">yes</button><button id="logout-no">no</button></form>`;
  },
  renderReturn(ctx, { action, fields, status }) {
    const inputs = Object.entries(fields).map(
      ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
    );
    ctx.status = status;
    ctx.type = 'html';
    ctx.body = `<form method="post" action="${action}">${inputs.join('')}</form>`;
  },
  renderLoggedOut(ctx) {
    ctx.type = 'html';
    ctx.body = '<p id="logged-out">bye</p>';
  },
};

/**
 * The login page of a test: believes whoever says who they are. GET shows what the room says about the interaction; POST
 * with `act` finishes it.
 */
async function interact(ctx: Context, sso: Sso): Promise<void> {
  const uid = /^\/interaction\/([^/]+)/.exec(ctx.path)?.[1];
  if (!uid) return;
  const { req, res } = ctx;
  try {
    const details = await sso.interactions.details(req, res, uid);
    if (ctx.method === 'GET') {
      ctx.type = 'html';
      ctx.body = `<script type="application/json">${JSON.stringify(details)}</script>
        <form method="post" action="/interaction/${uid}"><input name="act"><input name="account"><input name="level">
          <input name="organisation"><input name="reason"></form>`;
      return;
    }
    const fields = new URLSearchParams(await readBody(ctx));
    ctx.status = 303;
    ctx.redirect(await act(ctx, sso, uid, fields));
  } catch (error) {
    if (!isProblem(error)) throw error;
    ctx.status = error.status;
    ctx.body = { code: error.code };
  }
}

async function act({ req, res }: Context, sso: Sso, uid: string, fields: URLSearchParams): Promise<string> {
  const { interactions } = sso;
  switch (fields.get('act')) {
    case 'login':
      return interactions.login(req, res, uid, {
        accountId: accountIdOf(Number(fields.get('account') || 1)),
        amr: ['pwd'],
        methodLevel: Number(fields.get('level') || 2) as 0 | 1 | 2 | 3,
        ...wishOf(fields),
      });
    case 'choose':
      return interactions.chooseActing(req, res, uid, fields.get('organisation') || undefined);
    case 'allow':
      return interactions.allow(req, res, uid, sharesOf(fields));
    case 'lower':
      return interactions.acceptLower(req, res, uid);
    case 'unmet':
      return interactions.refuse(req, res, uid, 'unmet_authentication_requirements');
    default:
      return interactions.refuse(req, res, uid, 'access_denied');
  }
}

function wishOf(fields: URLSearchParams) {
  const [organisationId, reason] = [fields.get('organisation'), fields.get('reason')];
  if (organisationId) return { acting: { organisationId } };
  return reason ? { acting: { reason } } : {};
}

/** The consents that a test's form names, one for each request; `-` where it refuses one. */
function sharesOf(fields: URLSearchParams): (string | null)[] | undefined {
  const shares = fields.get('shares');
  return shares ? shares.split(' ').map((id) => (id === '-' ? null : id)) : undefined;
}

async function readBody({ req }: Context): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** What the test's login page shows of the interaction. */
export function detailsOn(page: { text: string; url: string }) {
  const json = /<script type="application\/json">(.*?)<\/script>/s.exec(page.text)?.[1];
  if (!json) throw new Error(`no interaction on ${page.url}: ${page.text.slice(0, 300)}`);
  return JSON.parse(json) as import('../../src/sso/index.ts').InteractionDetails;
}

/** Logs in and allows whatever is asked, until the browser leaves for the site; answers where to. */
export async function enter(
  visitor: Visitor,
  url: string,
  who: { account?: number; level?: number } = {},
): Promise<string> {
  let at = await visitor.follow(await visitor.get(url));
  for (let step = 0; at.location === undefined && step < 5; step++) {
    const { prompt } = detailsOn(at);
    const values = prompt === 'consent' ? { act: 'allow' } : { act: 'login' };
    at = await visitor.submit(at, {
      ...values,
      account: String(who.account ?? 1),
      level: String(who.level ?? 2),
    });
  }
  if (at.location === undefined) throw new Error(`stuck on ${at.url}: ${at.text.slice(0, 300)}`);
  return at.location;
}
