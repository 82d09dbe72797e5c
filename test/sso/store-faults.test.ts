import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Problem } from '../../src/core/index.ts';
import { type Database, openDatabase } from '../../src/storage/index.ts';
import { enter, openSsoWorld, type SsoWorld } from '../support/sso.ts';
import { tempDirectory } from '../support/temp-store.ts';

/** A database whose collections can be switched off. */
function breakable(database: Database, isBroken: () => boolean): Database {
  const guard = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(object, name) {
        const member = Reflect.get(object, name) as unknown;
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          if (isBroken())
            return Promise.reject(new Problem('store-unavailable', { headers: { 'Retry-After': '5' } }));
          return (member as (...given: unknown[]) => unknown).apply(object, args);
        };
      },
    });
  return {
    ...database,
    keyRecords: database.keyRecords,
    open(cipher) {
      const store = database.open(cipher);
      return { ...store, collection: (definition) => guard(store.collection(definition)) };
    },
    close: () => database.close(),
  };
}

describe('while the store is away', () => {
  let world: SsoWorld;
  let isBroken = false;
  beforeAll(async () => {
    world = await openSsoWorld({
      open: async (dependencies) =>
        breakable(
          await openDatabase(`sqlite:${join(tempDirectory('sso'), 'test.db')}`, dependencies),
          () => isBroken,
        ),
    });
  });
  afterAll(async () => {
    isBroken = false;
    await world.close();
  });

  it('a site gets 503 and when to come back, a person a page that says so, and nothing leaves to the site', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    await enter(visitor, (await site.begin()).url);
    const { url } = await site.begin();
    isBroken = true;
    const page = await visitor.get(url);
    const token = await fetch(`${world.origin}/oidc/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: site.clientId,
        client_secret: 'x',
      }),
    });
    isBroken = false;
    expect([page.status, page.headers.get('retry-after'), page.location]).toEqual([503, '5', undefined]);
    expect(page.text).toContain('数据存储暂时无法访问');
    expect([token.status === 503 || token.status === 401]).toEqual([true]);
    const after = await visitor.get((await site.begin({ prompt: 'none' })).url);
    expect(after.location).toContain('code=');
  });

  it('an unknown failure of a token request says temporarily_unavailable, not what is behind it', async () => {
    isBroken = true;
    const token = await fetch(`${world.origin}/oidc/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: 'never-seen',
        client_secret: 'x',
      }),
    });
    isBroken = false;
    expect(token.status).toBe(503);
    expect(token.headers.get('retry-after')).toBe('5');
    expect(await token.json()).toMatchObject({ error: 'temporarily_unavailable' });
  });
});
