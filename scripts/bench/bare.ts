/**
 * The measure of the bench: oidc-provider alone with the settings of the service, everything in memory, in a process of its
 * own. It keeps nothing, logs nothing, counts nothing, and lets anybody in who is on its list.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verify } from '@node-rs/argon2';
import { exportJWK, generateKeyPair } from 'jose';
import type { Context, Next } from 'koa';
import { type Adapter, type AdapterPayload, type Configuration, Provider } from 'oidc-provider';
import { setUpHeap } from '../../src/heap.ts';
import { claimsOfScopes, siteScopes } from '../../src/sso/claims.ts';
import { createSubjects } from '../../src/sso/subjects.ts';
import { answerCommands, ownUsage } from './commands.ts';
import {
  cheapHash,
  clients,
  issuer,
  password,
  personOf,
  siteMetadata,
  siteScope,
  systemMetadata,
  systemScope,
} from './people.ts';

setUpHeap();
const people = new Map<string, { id: string; claims: Record<string, unknown> }>();
const byId = new Map<string, { claims: Record<string, unknown> }>();
let page = '<!doctype html>';
const hashed = await cheapHash();

/** The adapter of a quick start: one table, objects as they are. */
const table = new Map<string, AdapterPayload>();
function memory(model: string): Adapter {
  const uidOf = (uid: string) => `uid:${uid}`;
  return {
    async upsert(id, payload) {
      table.set(`${model}:${id}`, payload);
      if (model === 'Session') table.set(uidOf(payload.uid ?? ''), payload);
    },
    find: async (id) => table.get(`${model}:${id}`),
    findByUid: async (uid) => table.get(uidOf(uid)),
    findByUserCode: async () => undefined,
    async consume(id) {
      const payload = table.get(`${model}:${id}`);
      if (payload) payload.consumed = Math.floor(Date.now() / 1000);
    },
    async destroy(id) {
      table.delete(`${model}:${id}`);
    },
    revokeByGrantId: async () => {},
  };
}

async function tokenKeys(): Promise<NonNullable<Configuration['jwks']>> {
  const keys = [];
  // As many keys as the service publishes: one in use and the next one of each kind.
  for (const alg of ['ES256', 'RS256', 'ES256', 'RS256']) {
    const { privateKey } = await generateKeyPair(alg, { extractable: true });
    keys.push({ ...(await exportJWK(privateKey)), alg, use: 'sig', kid: randomBytes(8).toString('hex') });
  }
  return { keys };
}

const subjects = createSubjects(randomBytes(32));
const sectorOf = (client: object) => (client as { sectorIdentifier: string }).sectorIdentifier;
const api = `${issuer}/api`;
const cookie = { httpOnly: true, signed: true, secure: true } as const;

function configuration(jwks: NonNullable<Configuration['jwks']>): Configuration {
  return {
    adapter: memory,
    jwks,
    clients: [
      { ...siteMetadata(clients.first), subject_type: 'pairwise' },
      { ...siteMetadata(clients.second), subject_type: 'pairwise' },
      systemMetadata,
    ],
    acrValues: [0, 1, 2, 3].map((level) => `urn:tongxing:loa:${level}`),
    claims: Object.fromEntries(Object.entries(claimsOfScopes).map(([scope, claims]) => [scope, [...claims]])),
    scopes: siteScopes,
    subjectTypes: ['pairwise', 'public'],
    responseTypes: ['code'],
    enableHttpPostMethods: true,
    cookies: {
      names: { session: '__Host-sso', interaction: '__Secure-interaction', resume: '__Secure-resume' },
      keys: [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')],
      long: { ...cookie, path: '/', sameSite: 'none' },
      short: { ...cookie, sameSite: 'lax' },
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: true },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      claimsParameter: { enabled: true },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      userinfo: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: ({ oidc }) =>
          oidc.params?.grant_type === 'client_credentials' ? api : (undefined as never),
        getResourceServerInfo: ({ oidc }) => {
          if (oidc.params) oidc.params.scope ??= systemScope;
          return {
            scope: systemScope,
            audience: api,
            accessTokenTTL: 300,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
    },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount(_ctx, accountId) {
      const known = byId.get(accountId);
      return known && { accountId, claims: async () => ({ ...known.claims, sub: accountId }) };
    },
    async loadExistingGrant({ oidc }) {
      // Consent was given beforehand: one grant a person and site.
      return oidc.provider.Grant.find(grantId(oidc.account?.accountId ?? '', oidc.client?.clientId ?? ''));
    },
    pairwiseIdentifier: (_ctx, accountId, client) => subjects.subjectOf(accountId, sectorOf(client)),
    routes: {
      authorization: '/oidc/auth',
      token: '/oidc/token',
      userinfo: '/oidc/userinfo',
      jwks: '/oidc/jwks',
    },
    ttl: {
      AuthorizationCode: 60,
      AccessToken: 600,
      IdToken: 600,
      Interaction: 1800,
      Session: 28_800,
      Grant: 864_000,
    },
  };
}

const grantId = (accountId: string, clientId: string) => `${accountId}-${clientId}`;

const provider = new Provider(issuer, configuration(await tokenKeys()));
provider.proxy = true;
provider.use(interact);
const server = createServer({ keepAliveTimeout: 75_000 }, provider.callback());
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

/** The login page and its form, as short as they can be written. */
async function interact(ctx: Context, next: Next): Promise<void> {
  if (!ctx.path.startsWith('/interaction/')) return next();
  await provider.interactionDetails(ctx.req, ctx.res);
  if (ctx.method === 'GET') {
    ctx.type = 'html';
    ctx.body = page;
    return;
  }
  // Password hashes are not what is measured: both servers do the same smallest one.
  await verify(hashed, password);
  const person = people.get(new URLSearchParams(await readBody(ctx.req)).get('identifier') ?? '');
  const login = { accountId: person?.id ?? '', acr: 'urn:tongxing:loa:2', amr: ['pwd'], remember: false };
  ctx.status = 303;
  ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, { login }));
}

async function readBody(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function addPerson(number: number): Promise<void> {
  const { idNumber, phoneNumber, name } = personOf(number);
  const id = randomBytes(16).toString('base64url');
  const claims = {
    ...{
      name,
      updated_at: Math.floor(Date.now() / 1000),
      phone_number: phoneNumber,
      phone_number_verified: true,
    },
    ...{ id_type: '111', id_number: idNumber },
  };
  people.set(idNumber, { id, claims });
  byId.set(id, { claims });
  for (const { client_id: clientId } of [clients.first, clients.second]) {
    const grant = new provider.Grant({ accountId: id, clientId });
    grant.jti = grantId(id, clientId);
    grant.addOIDCScope(siteScope);
    await grant.save();
  }
}

answerCommands(
  { port: (server.address() as AddressInfo).port },
  {
    async seed({ people: count, html }: { people: number; html: string }) {
      page = html;
      for (let number = 0; number < count; number += 1) await addPerson(number);
    },
    usage: ownUsage,
    events: () => 0,
    stop: () => server.close(),
  },
);
