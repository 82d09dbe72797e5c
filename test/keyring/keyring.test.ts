import { createPublicKey, verify } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, importJWK, jwtVerify, SignJWT } from 'jose';
import type { Keyring, Signer } from '../../src/keyring/index.ts';
import { createMemoryKeyRecords } from '../support/key-records.ts';
import { createInstallation, hourMs } from './setup.ts';

const statesOf = (keyring: Keyring, purpose: string) =>
  keyring
    .list()
    .filter((key) => key.purpose === purpose)
    .map(({ kid, state }) => `${Number.parseInt(kid, 10)} ${state}`);

function verifies(signer: Pick<Signer, 'algorithm'>, jwk: object, data: string, signature: Buffer): boolean {
  const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
  const dsaEncoding = signer.algorithm === 'ES256' ? ('ieee-p1363' as const) : ('der' as const);
  return verify('sha256', Buffer.from(data), { key, dsaEncoding }, signature);
}

describe('signers', () => {
  it.each(['ES256', 'RS256'] as const)(
    'sign by %s, and anybody verifies with the public key',
    async (algorithm) => {
      const { open } = await createInstallation();
      const keyring = await open();
      const signer = await keyring.signer('receipt', algorithm);
      const signature = await signer.sign(Buffer.from('a receipt'));
      if (algorithm === 'ES256') expect(signature).toHaveLength(64);
      expect(signer.publicJwk).toMatchObject({ kid: signer.kid, alg: algorithm, use: 'sig' });
      expect(signer.publicJwk).not.toHaveProperty('d');
      expect(verifies(signer, signer.publicJwk, 'a receipt', signature)).toBe(true);
      expect(verifies(signer, signer.publicJwk, 'another', signature)).toBe(false);
      expect((await keyring.publicKeys('receipt')).get(signer.kid)).toEqual(signer.publicJwk);
    },
  );

  it('answer 64 bytes also where r or s begins with zeros, as one in 128 signatures does', async () => {
    const { open } = await createInstallation();
    const signer = await (await open()).signer('receipt');
    for (let at = 0; at < 1000; at += 1) {
      const signature = await signer.sign(Buffer.from(String(at)));
      expect(signature).toHaveLength(64);
      expect(verifies(signer, signer.publicJwk, String(at), signature)).toBe(true);
    }
  });

  it('are the same for all processes, also when both are the first to ask', async () => {
    const { open } = await createInstallation();
    const [one, two] = await Promise.all([open(), open()]);
    const [a, b] = await Promise.all([one.signer('audit'), two.signer('audit')]);
    expect(a.publicJwk).toEqual(b.publicJwk);
    expect(await one.signer('audit')).toBe(a);
  });

  it('have keys apart for each purpose', async () => {
    const { open } = await createInstallation();
    const keyring = await open();
    const [audit, receipt] = [await keyring.signer('audit'), await keyring.signer('receipt')];
    expect(audit.kid).not.toBe(receipt.kid);
    expect((await keyring.publicKeys('audit')).has(receipt.kid)).toBe(false);
  });

  it('refuse purposes that would break the names of records', async () => {
    const { open } = await createInstallation();
    await expect((await open()).signer('Not A Purpose')).rejects.toThrow('not known');
  });
});

describe('token keys', () => {
  it('are private JWKs with the ones in use first, that jose signs and verifies with', async () => {
    const { open } = await createInstallation();
    const { keys } = (await open()).tokenKeySet();
    expect(keys.map(({ alg }) => alg)).toEqual(['ES256', 'RS256', 'ES256', 'RS256']);
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(4);
    for (const key of keys) {
      const jwt = await new SignJWT({ sub: 'x' })
        .setProtectedHeader({ alg: String(key.alg), kid: String(key.kid) })
        .sign(await importJWK(key));
      const { d, p, q, dp, dq, qi, ...publicJwk } = key;
      expect(d).toBeDefined();
      await jwtVerify(jwt, createLocalJWKSet({ keys: [publicJwk as { kty: string }] }));
    }
  });

  it('of two installations never share a key id', async () => {
    const kids = async () => {
      const { open } = await createInstallation();
      return (await open()).tokenKeySet().keys.map(({ kid }) => kid);
    };
    const [ours, theirs] = [await kids(), await kids()];
    expect(ours.filter((kid) => theirs.includes(kid))).toEqual([]);
  });
});

describe('secrets for a purpose', () => {
  it('differ by purpose and kind, are shared by processes and survive rotations', async () => {
    const { open, clock } = await createInstallation();
    const [one, two] = [await open(), await open()];
    expect(one.derive('csrf')).toHaveLength(32);
    expect(one.derive('csrf')).toEqual(two.derive('csrf'));
    expect(one.derive('csrf')).not.toEqual(one.derive('otp'));
    expect(one.derive('pairwise')).not.toEqual(one.permanentSecret('pairwise'));
    const before = [one.derive('csrf'), one.permanentSecret('pairwise')];
    one.derive('csrf').fill(0);
    clock.advance(hourMs);
    await one.rotate();
    expect([one.derive('csrf'), one.permanentSecret('pairwise')]).toEqual(before);
  });
});

describe('an empty store', () => {
  it('gets one set of keys when many processes start on it at once', async () => {
    const { open, records } = await createInstallation();
    const keyrings = await Promise.all([open(), open(), open(), open()]);
    for (const keyring of keyrings) await keyring.refresh();
    const [first, ...others] = keyrings.map((keyring) => ({
      list: keyring.list(),
      tokens: keyring.tokenKeySet(),
      cookies: keyring.cookieKeys(),
      pairwise: keyring.permanentSecret('pairwise'),
    }));
    for (const other of others) expect(other).toEqual(first);
    expect((await records.list()).filter(({ purpose }) => purpose === 'permanent')).toHaveLength(1);
    expect(first?.list.filter(({ state }) => state === 'active')).toHaveLength(5);
    const [one, two] = keyrings;
    expect(
      two?.cipher.decrypt(one?.cipher.encrypt(Buffer.from('x'), 'c|1') ?? Buffer.alloc(0), 'c|1'),
    ).toEqual(Buffer.from('x'));
  });

  it('is finished by the next start when the first one died half-way', async () => {
    const records = createMemoryKeyRecords();
    const { open } = await createInstallation(records);
    await open();
    for (const [kid, { state }] of [...records.stored]) if (state === 'next') records.stored.delete(kid);
    expect(statesOf(await open(), 'cookie')).toEqual(['1 active', '2 next']);
  });
});

describe('rotation', () => {
  it('moves every rotating purpose one step and leaves the others', async () => {
    const { open, clock } = await createInstallation();
    const keyring = await open();
    const upcoming = keyring.list().find((key) => key.purpose === 'cookie' && key.state === 'next');
    clock.advance(hourMs);
    const after = await keyring.rotate();
    for (const purpose of ['body', 'cookie', 'sign:token:ES256', 'sign:token:RS256'])
      expect(statesOf(keyring, purpose)).toEqual(['2 active', '3 next', '1 retired']);
    expect(statesOf(keyring, 'blind')).toEqual(['1 active']);
    expect(after.find((key) => key.purpose === 'cookie' && key.state === 'active')).toMatchObject({
      kid: upcoming?.kid,
      activatedAt: clock.now(),
    });
  });

  it('waits until the next keys have been published long enough for every process to know them', async () => {
    const { open, clock } = await createInstallation();
    const waits: number[] = [];
    const wait = async (ms: number) => {
      waits.push(ms);
    };
    const keyring = await open({ publishAheadSeconds: 10, wait });
    clock.advance(4000);
    await keyring.rotate();
    expect(waits).toEqual([6000]);
    clock.advance(10_000);
    await keyring.rotate();
    expect(waits).toHaveLength(1);
  });

  it('makes one step when processes rotate at the same moment', async () => {
    const { open } = await createInstallation();
    const [one, two, three] = await Promise.all([open(), open(), open()]);
    await Promise.all([one.rotate(), two.rotate(), three.rotate()]);
    for (const keyring of [one, two, three]) {
      await keyring.refresh();
      for (const purpose of ['body', 'cookie', 'sign:token:ES256', 'sign:token:RS256'])
        expect([purpose, ...statesOf(keyring, purpose)]).toEqual([
          purpose,
          '2 active',
          '3 next',
          '1 retired',
        ]);
    }
  });

  it('fails nothing in other processes: what one made before, during or after, the other opens', async () => {
    const { open, clock } = await createInstallation();
    const [one, two] = [await open(), await open()];
    const made = async (keyring: Keyring) => ({
      body: keyring.cipher.encrypt(Buffer.from('body'), 'c|1'),
      cookie: keyring.cookieKeys()[0],
      token: keyring.tokenKeySet().keys[0]?.kid,
      blind: keyring.cipher.blind('c.f', 'v'),
    });
    const opens = (keyring: Keyring, { body, cookie, token, blind }: Awaited<ReturnType<typeof made>>) => {
      expect(keyring.cipher.decrypt(body, 'c|1').toString()).toBe('body');
      expect(keyring.cookieKeys()).toContain(cookie);
      expect(keyring.tokenKeySet().keys.map(({ kid }) => kid)).toContain(token);
      expect(keyring.cipher.blind('c.f', 'v')).toEqual(blind);
    };
    for (let round = 0; round < 3; round++) {
      const before = await made(one);
      clock.advance(hourMs);
      await one.rotate();
      // The other process has not looked yet, and knows the new keys all the same.
      opens(two, await made(one));
      opens(one, await made(two));
      expect(await two.refresh()).toBe(true);
      expect(await two.refresh()).toBe(false);
      opens(two, before);
      opens(two, await made(one));
    }
  });

  it('tells whoever holds keys, in the process that rotated and in those that find out', async () => {
    const { open } = await createInstallation();
    const [one, two] = [await open(), await open()];
    const told: string[] = [];
    one.onChange(() => told.push('one'));
    two.onChange(() => told.push('two'));
    await one.rotate();
    expect(told).toEqual(['one']);
    await two.refresh();
    expect(told).toEqual(['one', 'two']);
  });

  it('is seen by other processes on their own timer, which says when it cannot read', async () => {
    const records = createMemoryKeyRecords();
    const { open } = await createInstallation(records);
    const one = await open();
    const failures: unknown[] = [];
    const two = await open({ refreshSeconds: 0.02, onRefreshFailed: (error) => failures.push(error) });
    await one.rotate();
    const [expected] = one.cookieKeys();
    for (let tries = 0; tries < 100 && two.cookieKeys()[0] !== expected; tries++) await delay(10);
    expect(two.cookieKeys()[0]).toBe(expected);
    records.list = () => Promise.reject(new Error('the store is away'));
    for (let tries = 0; tries < 100 && failures.length === 0; tries++) await delay(10);
    expect(failures[0]).toMatchObject({ message: 'the store is away' });
    expect(two.cookieKeys()[0]).toBe(expected);
    await two.close();
  });

  it('lets go of the store only when no reading is under way', async () => {
    const records = createMemoryKeyRecords();
    const { open } = await createInstallation(records);
    const failures: unknown[] = [];
    const keyring = await open({ refreshSeconds: 0.01, onRefreshFailed: (error) => failures.push(error) });
    const { list } = records;
    const reading = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    let readings = 0;
    records.list = async () => {
      readings += 1;
      reading.resolve();
      await answer.promise;
      return list();
    };
    await reading.promise;
    let isClosed = false;
    const closed = keyring.close().then(() => {
      isClosed = true;
    });
    await delay(50);
    expect([isClosed, readings]).toEqual([false, 1]);
    answer.resolve();
    await closed;
    await delay(50);
    expect([readings, failures]).toEqual([1, []]);
  });

  it('is finished by any process when the one that began it died', async () => {
    const records = createMemoryKeyRecords();
    const { open, clock } = await createInstallation(records);
    await open();
    const next = [...records.stored.values()].find((key) => key.purpose === 'cookie' && key.state === 'next');
    if (!next) throw new Error('no next key');
    records.stored.set(next.kid, { ...next, state: 'active', activatedAt: clock.now(), version: 2 });
    const keyring = await open();
    expect(statesOf(keyring, 'cookie')).toEqual(['2 active', '3 next', '1 retired']);
    await keyring.refresh();
    const [old] = [...records.stored.values()].filter(
      ({ kid, purpose }) => purpose === 'cookie' && kid.startsWith('1-'),
    );
    expect(old).toMatchObject({ state: 'retired', retiredAt: clock.now() });
  });
});

describe('retired keys', () => {
  it('go when nothing made with them is alive; what they sealed or proved stays open', async () => {
    const { open, clock, records } = await createInstallation();
    const keyring = await open({ longestTokenSeconds: 8 * 3600 });
    const signer = await keyring.signer('audit');
    const signature = await signer.sign(Buffer.from('batch 1'));
    const body = keyring.cipher.encrypt(Buffer.from('old'), 'c|1');
    await keyring.rotate();
    clock.advance(7 * hourMs);
    await keyring.refresh();
    expect(statesOf(keyring, 'cookie')).toEqual(['2 active', '3 next', '1 retired']);

    clock.advance(2 * hourMs);
    expect(await keyring.refresh()).toBe(true);
    for (const purpose of ['cookie', 'sign:token:ES256', 'sign:token:RS256'])
      expect(statesOf(keyring, purpose)).toEqual(['2 active', '3 next']);
    expect(keyring.cipher.decrypt(body, 'c|1').toString()).toBe('old');

    const publicJwk = (await keyring.publicKeys('audit')).get(signer.kid) ?? {};
    expect(verifies(signer, publicJwk, 'batch 1', signature)).toBe(true);
    const emptied = (await records.list()).find(({ kid }) => kid === signer.kid);
    expect(emptied?.wrapped.length).toBeLessThan(50);
    expect(statesOf(await open(), 'sign:audit:ES256')).toEqual(['2 active', '3 next', '1 retired']);
    expect(await keyring.refresh()).toBe(false);
  });
});
