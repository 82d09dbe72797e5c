import { type Adapter, type AdapterPayload, errors, Provider } from 'oidc-provider';
import { type Cipher, type Clock, isProblem } from '../core/index.ts';
import type { Store, Stored } from '../storage/index.ts';
import { type Consents, grantPayload } from './consents.ts';
import { lookupKey } from './hash.ts';
import { createSealedCodes, createSealedPayloads, createSealedTokens } from './sealed-tokens.ts';
import { type Artefact, artefactCollection, readableUntil, replayCollection } from './store.ts';

export interface ArtefactsDependencies {
  store: Store;
  clock: Clock;
  cipher: Cipher;
  consents: Consents;
  /** Somebody used a code or refresh token that was used before, at the same moment or earlier. */
  onReplay(kind: string, payload: AdapterPayload): Promise<void>;
}

/** Models whose instances carry their content. */
export type SealedModel = 'AccessToken' | 'AuthorizationCode';

/** The provider's persistence over the store. */
export interface Artefacts {
  /** An Adapter for one of the provider's models. */
  adapterFor(model: string): Adapter;
  /** The text to hand out for a payload of this model; undefined when it has to be stored. */
  seal(model: SealedModel, payload: object): string | undefined;
  /** True for the first who brings this assertion id, false for everybody after. `exp` in seconds since the epoch. */
  isFirstUse(issuer: string, jti: string, exp: number): Promise<boolean>;
}

/** A mark on a used code outlasts the code by this much, so that no process whose clock is ahead lets go of it too early. */
const clockToleranceSeconds = 60;
const consumable = new Set(['AuthorizationCode', 'RefreshToken', 'PushedAuthorizationRequest']);
const unused = (): never => {
  throw new Error('this model keeps its records elsewhere');
};

/** Makes the adapters. @see stack.md for why each operation is what it is: test/sso/artefacts.test.ts shows every one */
export function createArtefacts({
  store,
  clock,
  cipher,
  consents,
  onReplay,
}: ArtefactsDependencies): Artefacts {
  const artefacts = store.collection(artefactCollection);
  const replays = store.collection(replayCollection);
  /** What this request read, so that consuming it costs one conditional write and no second read. */
  const readBy = new WeakMap<object, Map<string, Stored<Artefact>>>();

  function remember(stored: Stored<Artefact>): void {
    const { ctx } = Provider;
    if (!ctx) return;
    const read = readBy.get(ctx) ?? new Map<string, Stored<Artefact>>();
    readBy.set(ctx, read.set(stored.key, stored));
  }

  async function find(model: string, id: string): Promise<AdapterPayload | undefined> {
    const stored = await artefacts.get(lookupKey(model, id));
    if (!stored) return undefined;
    if (consumable.has(model)) remember(stored);
    return { ...stored.value.payload, jti: id };
  }

  /** A conditional write: of any number who come with the same code, on any number of processes, one gets past it. */
  async function consume(model: string, id: string): Promise<void> {
    const key = lookupKey(model, id);
    const read = Provider.ctx && readBy.get(Provider.ctx)?.get(key);
    const stored = read ?? (await artefacts.get(key));
    const payload = stored?.value.payload as AdapterPayload | undefined;
    if (stored && !payload?.consumed) {
      try {
        const consumed = Math.floor(clock.now() / 1000);
        await artefacts.replace({ ...stored.value, payload: { ...payload, consumed } }, stored.version);
        return;
      } catch (error) {
        if (!isProblem(error, 'version-conflict', 'not-found')) throw error;
      }
    }
    await refuse(model, payload);
  }

  /** The provider revokes by itself only when it saw the mark before; who lost the race gets here. */
  async function refuse(model: string, payload: AdapterPayload | undefined): Promise<never> {
    if (payload) await onReplay(model, payload);
    if (model === 'PushedAuthorizationRequest')
      throw new errors.InvalidRequestUri('request_uri is invalid, expired, or was already used');
    throw new errors.InvalidGrant('already used');
  }

  /** True for the first who brings this, until `exp` (seconds since the epoch). */
  async function isFirst(kind: string, id: string, exp: number): Promise<boolean> {
    try {
      await replays.insert({ key: lookupKey(kind, id), exp });
      return true;
    } catch (error) {
      if (isProblem(error, 'already-exists')) return false;
      throw error;
    }
  }

  const artefactAdapter = (model: string): Adapter => ({
    async upsert(id, { jti: _, ...payload }, expiresIn) {
      // Everything that is kept here ends; what the provider gives no end would stay for ever.
      if (expiresIn === undefined) throw new Error(`${model} without an end`);
      const until = readableUntil(clock.now() + expiresIn * 1000);
      await artefacts.put({ key: lookupKey(model, id), payload, readableUntil: until });
    },
    find: (id) => find(model, id),
    consume: (id) => consume(model, id),
    async destroy(id) {
      await artefacts.remove(lookupKey(model, id));
    },
    // Every use of a token reads its Grant, so ending the Grant's generation ends them all; sweeping does the rest.
    revokeByGrantId: async () => {},
    findByUid: unused,
    findByUserCode: unused,
  });

  const grantAdapter: Adapter = {
    async find(id) {
      const consent = await consents.findByGrantId(id);
      return consent && grantPayload(consent);
    },
    destroy: (id) => consents.endTokens(id),
    revokeByGrantId: async () => {},
    upsert: unused,
    consume: unused,
    findByUid: unused,
    findByUserCode: unused,
  };

  const sealed = {
    AccessToken: createSealedPayloads(cipher, 'sso.opaque-access-token'),
    AuthorizationCode: createSealedPayloads(cipher, 'sso.authorization-code'),
  };
  const sealedCodes = createSealedCodes({
    sealed: sealed.AuthorizationCode,
    stored: artefactAdapter('AuthorizationCode'),
    isFirstUse: (code, exp) => isFirst('code', code, exp + clockToleranceSeconds),
    refuse: (payload) => refuse('AuthorizationCode', payload),
  });
  const special = new Map([
    ['Grant', grantAdapter],
    ['AccessToken', createSealedTokens(sealed.AccessToken, artefactAdapter('AccessToken'))],
    ['AuthorizationCode', sealedCodes],
  ]);

  return {
    adapterFor: (model) => special.get(model) ?? artefactAdapter(model),
    seal: (model, payload) => sealed[model].seal(payload),
    isFirstUse: (issuer, jti, exp) => isFirst('assertion', `${issuer} ${jti}`, exp),
  };
}
