import { type Client, errors, type Provider } from 'oidc-provider';
import type { Audit } from '../audit/index.ts';
import { type Clock, inBoth, isProblem, Problem, type Random, readAll } from '../core/index.ts';
import type { Store } from '../storage/index.ts';
import {
  checkOwnRules,
  completeMetadata,
  nameOf,
  outwardMetadata,
  problemOf,
  rightsOf,
} from './client-metadata.ts';
import type { Consents } from './consents.ts';
import type { ClientMetadata, Clients } from './port.ts';
import { open } from './provider-internals.ts';
import { clientCollection } from './store.ts';

/** A client is looked up again after this long, so that other processes see a change within seconds. */
const freshMs = 5_000;

/** The register of clients, and the way the provider finds them. */
export interface ClientRegister extends Clients {
  /** The provider's Client.find: cached, with the model of this very provider. */
  find(provider: Provider, clientId: unknown): Promise<Client | undefined>;
}

export interface ClientRegisterDependencies {
  store: Store;
  audit: Audit;
  consents: Consents;
  clock: Clock;
  random: Random;
  /** Clients that are part of this program and not in the store, by id. */
  builtIn: ReadonlyMap<string, Record<string, unknown>>;
  /** The provider whose rules hold now. */
  provider(): Provider;
}

interface Cached {
  provider: Provider;
  client: Client;
  version: number;
  checkedAt: number;
}

/** Makes the register. */
export function createClientRegister(dependencies: ClientRegisterDependencies): ClientRegister {
  const { store, audit, consents, clock, random, builtIn } = dependencies;
  const clients = store.collection(clientCollection);
  const cache = new Map<string, Cached>();

  async function find(provider: Provider, clientId: unknown): Promise<Client | undefined> {
    if (typeof clientId !== 'string' || clientId === '' || clientId.length > 200) return undefined;
    const cached = cache.get(clientId);
    const now = clock.now();
    const isOfThis = cached?.provider === provider;
    if (isOfThis && now - cached.checkedAt < freshMs) return cached.client;
    const known = builtIn.get(clientId);
    const stored = known ? undefined : await clients.get(clientId);
    const metadata = known ?? stored?.value.metadata;
    if (!metadata) {
      cache.delete(clientId);
      return undefined;
    }
    const version = stored?.version ?? 0;
    if (isOfThis && cached.version === version) {
      cached.checkedAt = now;
      return cached.client;
    }
    const client = new (open(provider).Client)(metadata);
    cache.set(clientId, { provider, client, version, checkedAt: now });
    return client;
  }

  async function add(metadata: ClientMetadata, actor = 'operator'): Promise<ClientMetadata> {
    const provider = dependencies.provider();
    const completed = completeMetadata(metadata, random);
    checkOwnRules(completed);
    const { Client } = open(provider);
    try {
      await Client.validate(completed);
    } catch (error) {
      if (error instanceof errors.OIDCProviderError)
        throw problemOf(error.error_description ?? error.message, error.error_detail);
      throw error;
    }
    const clientId = completed.client_id as string;
    if (builtIn.has(clientId)) throw takenId(clientId);
    const whole = new Client(completed).metadata() as Record<string, unknown>;
    const event = audit.event('sso.client.added', { client: clientId, actor });
    const value = { clientId, metadata: whole, createdAt: clock.now() };
    await clients.insert(value, { events: [event] }).catch((error: unknown) => {
      throw isProblem(error, 'already-exists') ? takenId(clientId) : error;
    });
    cache.delete(clientId);
    return { ...outwardMetadata(whole), ...pickSecret(whole) };
  }

  return {
    find,
    add,
    async list() {
      const all = await readAll((from) => clients.find({ index: 'created', limit: 200, ...from }));
      return all.map(({ value }) => outwardMetadata(value.metadata));
    },
    async get(clientId) {
      const stored = await clients.get(clientId);
      if (!stored) throw unknownClient(clientId);
      return outwardMetadata(stored.value.metadata);
    },
    async remove(clientId, actor = 'operator') {
      if (!(await clients.remove(clientId))) throw unknownClient(clientId);
      cache.delete(clientId);
      await audit.record('sso.client.removed', { client: clientId, actor });
      await consents.withdrawClient(clientId, 'client-removed');
    },
    async rightsOf(clientId) {
      const client = await find(dependencies.provider(), clientId);
      return client && rightsOf(client);
    },
    async findName(clientId) {
      try {
        const client = await find(dependencies.provider(), clientId);
        return client && nameOf(client);
      } catch (error) {
        // A registration that a newer provider no longer accepts still has a name worth showing.
        if (isProblem(error)) throw error;
        return inBoth(clientId);
      }
    },
  };
}

const unknownClient = (clientId: string) =>
  new Problem('not-found', {
    detail: {
      zh: `没有编号为 ${clientId} 的站点，可用 tongxing clients list 查看全部站点。`,
      en: `There is no client ${clientId}. \`tongxing clients list\` shows all of them.`,
    },
  });

const takenId = (clientId: string) =>
  new Problem('already-exists', {
    detail: {
      zh: `编号 ${clientId} 已被使用。请换一个 client_id（或不填，由系统生成），或先用 tongxing clients remove 移除原来的站点。`,
      en: `There is a client ${clientId} already. Choose another client_id (left out, one is made up), or remove that one first: tongxing clients remove ${clientId}`,
    },
  });

const pickSecret = ({ client_secret }: Record<string, unknown>) =>
  typeof client_secret === 'string' ? { client_secret } : {};
