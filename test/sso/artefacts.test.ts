import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { errors } from 'oidc-provider';
import { systemRandom } from '../../src/core/index.ts';
import { createArtefacts } from '../../src/sso/artefacts.ts';
import type { Consents } from '../../src/sso/consents.ts';
import { mergeSession, type SessionState } from '../../src/sso/merge-session.ts';
import type { SessionRecord } from '../../src/sso/store.ts';
import { createMovableClock } from '../support/sso.ts';
import { openTempStore, type TempStore } from '../support/temp-store.ts';
import { createTestCipher } from '../support/test-cipher.ts';

const clock = createMovableClock();
let temp: TempStore;
const replays: string[] = [];
let artefacts: ReturnType<typeof createArtefacts>;

beforeAll(async () => {
  temp = await openTempStore({ clock });
  artefacts = createArtefacts({
    store: temp.store,
    clock,
    cipher: createTestCipher(),
    consents: {} as Consents,
    onReplay: async (kind) => void replays.push(kind),
  });
});
afterAll(async () => {
  await temp.remove();
});

const id = () => systemRandom.bytes(32).toString('base64url');

describe('an artefact', () => {
  it('comes back with its identifier, which the store does not hold', async () => {
    const adapter = artefacts.adapterFor('AuthorizationCode');
    const code = id();
    await adapter.upsert(code, { jti: code, accountId: 'a', exp: 1 }, 60);
    expect(await adapter.find(code)).toEqual({ jti: code, accountId: 'a', exp: 1 });
    expect(await artefacts.adapterFor('AccessToken').find(code)).toBeUndefined();
  });

  it('is there until 15 minutes after its end, because the provider tells expired from unknown', async () => {
    const adapter = artefacts.adapterFor('Interaction');
    const uid = id();
    await adapter.upsert(uid, { exp: Math.floor(clock.now() / 1000) + 60 }, 60);
    clock.advance(60 + 14 * 60);
    expect(await adapter.find(uid)).toBeTruthy();
    clock.advance(2 * 60);
    expect(await adapter.find(uid)).toBeUndefined();
    await temp.store.sweep();
  });

  it.each([
    ['AuthorizationCode', errors.InvalidGrant],
    ['RefreshToken', errors.InvalidGrant],
    ['PushedAuthorizationRequest', errors.InvalidRequestUri],
  ])('%s is consumed once, also when 50 come at the same moment', async (model, refusal) => {
    const adapter = artefacts.adapterFor(model);
    const code = id();
    await adapter.upsert(code, { grantId: 'g' }, 60);
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => adapter.consume(code)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(refusal);
    expect(await adapter.find(code)).toMatchObject({ consumed: expect.any(Number) });
    expect(replays.filter((kind) => kind === model)).toHaveLength(49);
    await expect(adapter.consume(id())).rejects.toBeInstanceOf(refusal);
  });

  it('that names no end is refused: it would stay for ever', async () => {
    await expect(artefacts.adapterFor('RefreshToken').upsert(id(), {})).rejects.toThrow('without an end');
  });

  it('an assertion id is new to one of 50, and new again at another issuer', async () => {
    const exp = Math.floor(clock.now() / 1000) + 60;
    const jti = id();
    const first = await Promise.all(Array.from({ length: 50 }, () => artefacts.isFirstUse('site', jti, exp)));
    expect(first.filter(Boolean)).toHaveLength(1);
    expect(await artefacts.isFirstUse('other', jti, exp)).toBe(true);
  });

  it('a revoked access token stays dead in every other spelling of the same bytes', async () => {
    const adapter = artefacts.adapterFor('AccessToken');
    const payload = { accountId: 'a', iat: 1, exp: Math.floor(clock.now() / 1000) + 600 };
    const token = artefacts.seal('AccessToken', payload) ?? '';
    await adapter.destroy(token);
    const lastBits = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
    const spellings = [
      `${token}=`,
      `${token}.`,
      ` ${token}`,
      ...lastBits.map((last) => token.slice(0, -1) + last),
    ];
    for (const spelling of spellings) expect(await adapter.find(spelling)).toBeUndefined();
  });

  it('an access token carries its content sealed: nothing is stored until it is revoked', async () => {
    const adapter = artefacts.adapterFor('AccessToken');
    const now = Math.floor(clock.now() / 1000);
    const payload = { kind: 'AccessToken', accountId: 'a', iat: now, exp: now + 600 };
    const [token = '', other = ''] = [
      artefacts.seal('AccessToken', payload),
      artefacts.seal('AccessToken', payload),
    ];
    expect(token).not.toBe(other);
    expect(await adapter.find(token)).toEqual({ ...payload, jti: token });
    const changed = `${token.slice(0, 80)}${token[80] === 'A' ? 'B' : 'A'}${token.slice(81)}`;
    expect(await adapter.find(changed)).toBeUndefined();
    await adapter.destroy(token);
    expect(await adapter.find(token)).toBeUndefined();
    expect(await adapter.find(other)).toBeTruthy();
    expect(artefacts.seal('AccessToken', { ...payload, claims: 'x'.repeat(2000) })).toBeUndefined();
  });

  it('a code carries its content sealed, and what is stored is its use: one of 50, and of all who come later', async () => {
    const adapter = artefacts.adapterFor('AuthorizationCode');
    const now = Math.floor(clock.now() / 1000);
    const payload = { kind: 'AuthorizationCode', grantId: 'g', iat: now, exp: now + 60 };
    const code = artefacts.seal('AuthorizationCode', payload) ?? '';
    expect(await adapter.find(code)).toEqual({ ...payload, jti: code });
    // Another kind of sealed text is no code, and a code is no token.
    expect(await adapter.find(artefacts.seal('AccessToken', payload) ?? '')).toBeUndefined();
    expect(await artefacts.adapterFor('AccessToken').find(code)).toBeUndefined();
    replays.length = 0;
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => adapter.consume(code)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(adapter.consume(code)).rejects.toBeInstanceOf(errors.InvalidGrant);
    await expect(adapter.consume(`${code.slice(0, -1)}!`)).rejects.toBeInstanceOf(errors.InvalidGrant);
    expect(replays).toHaveLength(50);
    clock.advance(61);
    // Whoever sweeps with a clock that is ahead leaves the mark.
    await temp.store.sweep();
    await expect(adapter.consume(code)).rejects.toBeInstanceOf(errors.InvalidGrant);
  });

  it('leaves nothing behind once everything expired and was swept', async () => {
    clock.advance(24 * 60 * 60);
    await temp.store.sweep();
    expect(await temp.store.sweep()).toBe(0);
  });
});

describe('two requests that saved one session', () => {
  const now = 1_800_000_000_000;
  const record = (changes: Partial<SessionRecord> = {}): SessionRecord => ({
    key: 'k',
    uid: 'u',
    secrets: [{ hash: 'old' }],
    authorizations: {},
    iat: 1_800_000_000,
    exp: 1_800_003_600,
    usedAt: now,
    ...changes,
  });
  const state = (loaded: SessionRecord, ours: SessionState['ours'], isRotated = false): SessionState => ({
    uid: 'u',
    cookie: 'u.new',
    isRotated,
    loaded: { key: 'k', version: 1, value: loaded },
    ours,
    lifetimes: { absoluteSeconds: 28_800, anonymousSeconds: 3_600 },
    device: { address: '192.0.2.1', userAgent: 'test' },
  });
  const loggedIn = { accountId: 'a', acr: 'x', amr: ['pwd'], loginTs: 1_800_000_000, loginId: 'one' };

  it('both count: a site that each entered, and one that each left', () => {
    const loaded = record({ ...loggedIn, authorizations: { a: { sid: '1' }, b: { sid: '2' } } });
    const theirs = record({ ...loggedIn, authorizations: { a: { sid: '1' }, c: { sid: '3' } } });
    const merged = mergeSession(
      state(loaded, { ...loggedIn, authorizations: { b: { sid: '2' }, d: { sid: '4' } } }),
      theirs,
      now,
    );
    expect(merged?.authorizations).toEqual({ c: { sid: '3' }, d: { sid: '4' } });
  });

  it('a rotation without a login leaves the older cookie open for a minute', () => {
    const loaded = record(loggedIn);
    const merged = mergeSession(state(loaded, loggedIn, true), loaded, now);
    expect(merged?.secrets).toHaveLength(2);
    expect(merged?.secrets[1]).toEqual({ hash: 'old', until: now + 60_000 });
  });

  it('a login leaves nothing but its own cookie open', () => {
    const loaded = record(loggedIn);
    const merged = mergeSession(state(loaded, { ...loggedIn, loginId: 'two' }, true), loaded, now);
    expect(merged?.secrets).toHaveLength(1);
    expect(merged?.secrets[0]?.hash).not.toBe('old');
  });

  it('a cookie from before somebody else’s login opens nothing after it', () => {
    const loaded = record(loggedIn);
    const theirs = record({ ...loggedIn, loginId: 'two', secrets: [{ hash: 'theirs' }] });
    const merged = mergeSession(state(loaded, loggedIn, true), theirs, now);
    expect(merged?.secrets).toEqual([{ hash: 'theirs' }]);
    expect(merged?.loginId).toBe('two');
  });

  it('two people on one session: the first stays, the second is nobody', () => {
    const loaded = record();
    const theirs = record({ ...loggedIn, accountId: 'first' });
    const second = { ...loggedIn, accountId: 'second', loginId: 'two' };
    expect(mergeSession(state(loaded, second, true), theirs, now)).toBeUndefined();
  });
});
