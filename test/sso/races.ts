import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { enter, openSsoWorld, type SsoWorld, type SsoWorldOptions } from '../support/sso.ts';

/** Requests at the same moment. A function over the store that is opened, so that every adapter has to win them. */
export function ssoRaces(name: string, open?: SsoWorldOptions['open']): void {
  describe(`what happens at once, on ${name}`, () => {
    let world: SsoWorld;
    beforeAll(async () => {
      world = await openSsoWorld(open ? { open } : {});
    });
    afterAll(async () => {
      await world.close();
    });

    const tokenRequest = (clientId: string, secret: string, fields: Record<string, string>) =>
      fetch(`${world.origin}/oidc/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
        body: new URLSearchParams(fields),
      });

    async function siteWithSecret(metadata = {}) {
      const clientId = `race-${Math.random().toString(36).slice(2)}`;
      const secret = 'a-secret-of-a-test-and-of-nothing-else';
      const site = await world.site({ client_id: clientId, client_secret: secret, ...metadata });
      return { ...site, secret };
    }

    it('50 parallel redemptions of a code give one token, and the reuse ends what it was issued under', async () => {
      const site = await siteWithSecret();
      const attempt = await site.begin();
      const callback = await enter(world.visitor(), attempt.url);
      const fields = {
        grant_type: 'authorization_code',
        code: String(new URL(callback).searchParams.get('code')),
        redirect_uri: site.redirectUri,
        code_verifier: attempt.verifier,
      };
      const answers = await Promise.all(
        Array.from({ length: 50 }, async () => {
          const response = await tokenRequest(site.clientId, site.secret, fields);
          return { status: response.status, body: (await response.json()) as Record<string, string> };
        }),
      );
      const won = answers.filter(({ status }) => status === 200);
      expect(won).toHaveLength(1);
      expect(new Set(answers.filter(({ status }) => status !== 200).map(({ body }) => body.error))).toEqual(
        new Set(['invalid_grant']),
      );
      const userinfo = await fetch(`${world.origin}/oidc/userinfo`, {
        headers: { authorization: `Bearer ${won[0]?.body.access_token}` },
      });
      expect(userinfo.status).toBe(401);
      expect((await world.events()).map(({ type }) => type)).toContain('sso.token.replayed');
    });

    it('20 parallel uses of a refresh token give at most one successor, which then is dead too', async () => {
      const site = await siteWithSecret({ grant_types: ['authorization_code', 'refresh_token'] });
      const attempt = await site.begin();
      const tokens = await site.finish(attempt, await enter(world.visitor(), attempt.url));
      const fields = { grant_type: 'refresh_token', refresh_token: String(tokens.refresh_token) };
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => tokenRequest(site.clientId, site.secret, fields)),
      );
      const bodies = await Promise.all(
        answers.map(async (response) => (await response.json()) as Record<string, string>),
      );
      const won = bodies.filter((body) => body.access_token);
      expect(won.length).toBeLessThanOrEqual(1);
      for (const body of won) {
        const next = { grant_type: 'refresh_token', refresh_token: String(body.refresh_token) };
        expect((await tokenRequest(site.clientId, site.secret, next)).status).toBe(400);
      }
    });

    it('a request_uri that 10 browsers bring at once lets one of them in', async () => {
      const site = await siteWithSecret();
      const first = world.visitor();
      await enter(first, (await site.begin()).url);
      const attempt = await site.begin({}, true);
      const answers = await Promise.all(Array.from({ length: 10 }, () => first.clone().get(attempt.url)));
      expect(answers.filter((answer) => answer.location?.includes('code='))).toHaveLength(1);
    });

    it('a client assertion that comes 20 times at once is accepted once', async () => {
      const { privateKey, publicKey } = await (await import('jose')).generateKeyPair('ES256', {
        extractable: true,
      });
      const { exportJWK, SignJWT } = await import('jose');
      const added = await world.sso.clients.add({
        grant_types: ['client_credentials'],
        scope: 'licences:read',
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] },
      });
      const clientId = String(added.client_id);
      const assertion = await new SignJWT({ jti: 'once' })
        .setProtectedHeader({ alg: 'ES256', kid: 'k' })
        .setIssuer(clientId)
        .setSubject(clientId)
        .setAudience(world.origin)
        .setExpirationTime('1 minute')
        .sign(privateKey);
      const statuses = await Promise.all(
        Array.from({ length: 20 }, async () => {
          const response = await fetch(`${world.origin}/oidc/token`, {
            method: 'POST',
            body: new URLSearchParams({
              grant_type: 'client_credentials',
              client_assertion: assertion,
              client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
            }),
          });
          return response.status;
        }),
      );
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
      expect(statuses.filter((status) => status === 401)).toHaveLength(19);
    });

    it('two sites entered at once end in one session, and one logout tells both', async () => {
      const visitor = world.visitor();
      const sites = await Promise.all(
        [1, 2, 3].map((n) =>
          siteWithSecret({ backchannel_logout_uri: `https://site${n}.example/backchannel` }),
        ),
      );
      // Remembered, so that the second time nobody is asked anything.
      for (const site of sites) await enter(visitor, (await site.begin()).url, { account: 2 });
      await logOut(visitor);
      await world.relayed();
      world.notices.clear();
      await enter(visitor, (await (await siteWithSecret()).begin()).url, { account: 2 });

      const attempts = await Promise.all(sites.map((site) => site.begin()));
      const tabs = attempts.map(() => visitor.clone());
      const callbacks = await Promise.all(
        attempts.map(async ({ url }, n) => String((await tabs[n]?.get(url))?.location)),
      );
      const tokens = await Promise.all(
        sites.map((site, n) => site.finish(attempts[n] as never, callbacks[n] as string)),
      );
      expect(tokens).toHaveLength(3);
      expect(await world.sso.sessions.list([...world.accounts.keys()][1] as string)).toHaveLength(1);

      await logOut(visitor);
      await world.relayed();
      expect([...world.notices.values()].map(({ url }) => url).sort()).toEqual(
        [1, 2, 3].map((n) => `https://site${n}.example/backchannel`),
      );
      for (const [n, site] of sites.entries()) {
        await expect(
          oidc.fetchUserInfo(site.config, String(tokens[n]?.access_token), oidc.skipSubjectCheck),
        ).rejects.toThrow();
      }
    });

    it('a logout during an authorize request ends the session for good', async () => {
      const visitor = world.visitor();
      const site = await siteWithSecret();
      await enter(visitor, (await site.begin()).url, { account: 3 });
      for (let round = 0; round < 5; round++) {
        await enter(visitor, (await site.begin()).url, { account: 3 });
        const attempts = await Promise.all(Array.from({ length: 4 }, () => site.begin()));
        const question = await visitor.get(`${world.origin}/oidc/logout`);
        const [, ...answers] = await Promise.all([
          visitor.submit(question, {}, 'logout-yes'),
          ...attempts.map(({ url }) => visitor.clone().get(url)),
        ]);
        expect(await world.sso.sessions.list([...world.accounts.keys()][2] as string)).toEqual([]);
        for (const [n, { location }] of answers.entries()) {
          if (!location?.includes('code=')) continue;
          await expect(site.finish(attempts[n] as never, location)).rejects.toThrow();
        }
      }
    });

    const logOut = async (visitor: ReturnType<SsoWorld['visitor']>) =>
      visitor.submit(await visitor.get(`${world.origin}/oidc/logout`), {}, 'logout-yes');
  });
}
