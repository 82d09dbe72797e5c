import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { Notice } from '../../src/outbound/index.ts';
import { accountIdOf, detailsOn, enter, openSsoWorld, type SsoWorld } from '../support/sso.ts';

let world: SsoWorld;
beforeAll(async () => {
  world = await openSsoWorld();
});
afterAll(async () => {
  await world.close();
});

const confirm = async (visitor: ReturnType<SsoWorld['visitor']>, button: string, query = '') =>
  visitor.submit(await visitor.get(`${world.origin}/oidc/logout${query}`), {}, button);

const tokenOf = (notice: Notice | undefined) => String(new URLSearchParams(notice?.body).get('logout_token'));

describe('a logout', () => {
  it.each(['ES256', 'RS256'])(
    'tells a site by a logout token that its library accepts, signed by %s',
    async (alg) => {
      const site = await world.site({
        backchannel_logout_uri: `https://${alg.toLowerCase()}.example/backchannel`,
        backchannel_logout_session_required: true,
        id_token_signed_response_alg: alg,
      });
      const visitor = world.visitor();
      const attempt = await site.begin();
      const tokens = await site.finish(attempt, await enter(visitor, attempt.url));
      world.notices.clear();
      const done = await confirm(visitor, 'logout-yes');
      expect(done.text).toContain('logged-out');
      await world.relayed();
      const [notice] = world.notices.values();
      expect(notice).toMatchObject({
        kind: 'backchannel-logout',
        url: `https://${alg.toLowerCase()}.example/backchannel`,
        contentType: 'application/x-www-form-urlencoded',
      });
      const keys = createRemoteJWKSet(new URL(`${world.origin}/oidc/jwks`));
      const { payload, protectedHeader } = await jwtVerify(tokenOf(notice), keys, {
        issuer: world.origin,
        audience: site.clientId,
        algorithms: [alg],
        typ: 'logout+jwt',
        requiredClaims: ['iat', 'exp', 'jti'],
      });
      expect(protectedHeader.kid).toBeTruthy();
      expect(payload).toMatchObject({
        sub: tokens.claims()?.sub,
        sid: tokens.claims()?.sid,
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      });
      expect(payload).not.toHaveProperty('nonce');
    },
  );

  it('that was relayed twice tells once', async () => {
    const site = await world.site({ backchannel_logout_uri: 'https://twice.example/backchannel' });
    const visitor = world.visitor();
    await enter(visitor, (await site.begin()).url);
    const [{ id } = { id: '' }] = await world.sso.sessions.list(accountIdOf(1));
    world.notices.clear();
    await world.sso.sessions.end(accountIdOf(1), id);
    await world.relayed();
    const event = { id: 'again', type: 'sso.session.ended', at: 0, data: { session: id } };
    await world.sso.onEvent(event);
    expect(world.notices.size).toBe(1);
  });

  it('answered with no leaves only the site that asked', async () => {
    const [leaving, staying] = [
      await world.site({ backchannel_logout_uri: 'https://leaving.example/backchannel' }),
      await world.site({ backchannel_logout_uri: 'https://staying.example/backchannel' }),
    ];
    const visitor = world.visitor();
    await enter(visitor, (await leaving.begin()).url, { account: 2 });
    const other = await staying.begin();
    await enter(visitor, other.url, { account: 2 });
    world.notices.clear();
    await confirm(visitor, 'logout-no', `?client_id=${leaving.clientId}`);
    await world.relayed();
    expect([...world.notices.values()].map(({ url }) => url)).toEqual([
      'https://leaving.example/backchannel',
    ]);
    expect((await visitor.get((await staying.begin({ prompt: 'none' })).url)).location).toContain('code=');
    // Entered again and left for good, it is told again.
    await enter(visitor, (await leaving.begin()).url, { account: 2 });
    await confirm(visitor, 'logout-yes');
    await world.relayed();
    expect([...world.notices.values()].map(({ url }) => url).sort()).toEqual([
      'https://leaving.example/backchannel',
      'https://leaving.example/backchannel',
      'https://staying.example/backchannel',
    ]);
  });

  it('asks nothing when nobody is logged in, and goes on to a registered address only', async () => {
    const visitor = world.visitor();
    const first = await visitor.get(`${world.origin}/oidc/logout`);
    expect((await visitor.follow(first)).text).toContain('logged-out');
    const home = 'https://site.example/bye?from=here';
    const site = await world.site({ post_logout_redirect_uris: [home] });
    const leave = (uri: string) =>
      visitor.get(
        `${world.origin}/oidc/logout?${new URLSearchParams({ client_id: site.clientId, post_logout_redirect_uri: uri, state: 's&s' })}`,
      );
    expect((await leave(home)).location).toBe(`${home}&state=s%26s`);
    expect(await leave('https://evil.example/')).toMatchObject({ status: 400, location: undefined });
  });

  it('leaves no session and no way back by the old cookie', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    await enter(visitor, (await site.begin()).url, { account: 3 });
    const kept = visitor.clone();
    await confirm(visitor, 'logout-yes');
    const page = await kept.follow(await kept.get((await site.begin()).url));
    expect(detailsOn(page).reasons).toEqual(['no_session']);
    expect(await world.sso.sessions.list(accountIdOf(3))).toEqual([]);
  });

  it('is in the log', async () => {
    expect(await world.events()).toContainEqual(
      expect.objectContaining({
        type: 'sso.session.ended',
        data: expect.objectContaining({ account: accountIdOf(1), reason: 'logout' }),
      }),
    );
  });
});
