import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { detailsOn, openSsoWorld, type SsoWorld } from '../support/sso.ts';

let world: SsoWorld;
beforeAll(async () => {
  world = await openSsoWorld();
});
afterAll(() => world.close());

const request = {
  type: 'licence_verification',
  licence_types: ['11520000000000001X102'],
  purpose: '办理食品经营许可',
  service_item_code: 'food-licence',
  case_number: 'C-1',
  reads: 3,
};
const registered = { authorization_details_types: ['licence_verification'] };

/** Logs in and answers the consent page as told; answers where the browser went. */
async function run(
  site: Awaited<ReturnType<SsoWorld['site']>>,
  details: unknown,
  answer: Record<string, string>,
  visitor = world.visitor(),
) {
  const attempt = await site.begin({ authorization_details: JSON.stringify(details) });
  let page = await visitor.follow(await visitor.get(attempt.url));
  if (page.location === undefined && detailsOn(page).prompt === 'login')
    page = await visitor.submit(page, { act: 'login', account: '1', level: '2' });
  const asked = page.location === undefined ? detailsOn(page) : undefined;
  const end = asked ? await visitor.submit(page, { act: 'allow', ...answer }) : page;
  return { attempt, asked, location: end.location ?? '', visitor };
}

describe('authorization details', () => {
  it('ask for consent each time, and come back with the id of the consent in token answer and introspection', async () => {
    const site = await world.site({ ...registered });
    const first = await run(site, [request], { shares: 'share-1' });
    expect(first.asked).toMatchObject({
      prompt: 'consent',
      licenceRequests: [
        {
          licenceTypes: request.licence_types,
          matter: { purpose: request.purpose, serviceItemCode: 'food-licence', caseNumber: 'C-1' },
          reads: 3,
        },
      ],
    });
    const tokens = await site.finish(first.attempt, first.location);
    const granted = [{ ...request, share_id: 'share-1' }];
    expect(tokens.authorization_details).toEqual(granted);
    expect(
      await oidc.fetchUserInfo(site.config, tokens.access_token, String(tokens.claims()?.sub)),
    ).toHaveProperty('sub');
    const seen = await oidc.tokenIntrospection(site.config, tokens.access_token);
    expect(seen).toMatchObject({ active: true, authorization_details: granted });

    const again = await run(site, [request], { shares: 'share-2' }, first.visitor);
    expect(again.asked?.reasons).toContain('rar_prompt');
    expect((await site.finish(again.attempt, again.location)).authorization_details).toMatchObject([
      { share_id: 'share-2' },
    ]);
  });

  it('are left out where the person refused them, and the login goes on', async () => {
    const site = await world.site({ ...registered });
    const other = { ...request, case_number: 'C-2', valid_until: '2030-01-01T00:00:00Z' };
    const one = await run(site, [request, other], { shares: '- share-3' });
    expect(one.asked?.licenceRequests[1]).toMatchObject({ validUntil: Date.UTC(2030, 0, 1) });
    const tokens = await site.finish(one.attempt, one.location);
    expect(tokens.authorization_details).toEqual([{ ...other, share_id: 'share-3' }]);
    const none = await run(site, [request], { shares: '-' });
    expect((await site.finish(none.attempt, none.location)).authorization_details).toBeUndefined();
  });

  it('keep the login when the person says no to everything', async () => {
    const site = await world.site({ ...registered });
    const refused = await run(site, [request], { act: 'deny' });
    expect(refused.location).toContain('error=access_denied');
    const later = await refused.visitor.follow(
      await refused.visitor.get((await site.begin({ scope: 'openid' })).url),
    );
    expect(later.location ?? detailsOn(later).prompt).toMatch(/code=|consent/);
  });

  it('may come by pushed authorization request', async () => {
    const site = await world.site({ ...registered });
    const attempt = await site.begin({ authorization_details: JSON.stringify([request]) }, true);
    const visitor = world.visitor();
    const login = await visitor.follow(await visitor.get(attempt.url));
    const page = await visitor.submit(login, { act: 'login', account: '1', level: '2' });
    expect(detailsOn(page).licenceRequests).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['another type', [{ ...request, type: 'payment' }]],
    ['an unknown member', [{ ...request, amount: 1 }]],
    ['no purpose', [{ ...request, purpose: undefined }]],
    ['no case', [{ ...request, case_number: ' ' }]],
    ['types twice', [{ ...request, licence_types: ['a', 'a'] }]],
    ['too many reads', [{ ...request, reads: 101 }]],
    ['an end that is no instant', [{ ...request, valid_until: 'tomorrow' }]],
    ['more than a person reads', Array(6).fill(request)],
    ['what the library does not allow', [{ ...request, licence_types: ['secret'] }]],
    ['no list', { ...request }],
  ])('refuse %s before anybody is asked', async (_name, details) => {
    const site = await world.site({ ...registered });
    const { location } = await run(site, details, {});
    expect(new URL(location).searchParams.get('error')).toBe('invalid_authorization_details');
  });

  it('are for sites whose registration names the type, and only on a page', async () => {
    const plain = await world.site({});
    const { location } = await run(plain, [request], { shares: 'x' });
    expect(location).toContain('invalid_authorization_details');

    const site = await world.site({ ...registered, authorization_details_types: ['licence_verification'] });
    const first = await run(site, [request], { shares: 'share-1' });
    const checks = {
      pkceCodeVerifier: first.attempt.verifier,
      expectedState: first.attempt.state,
      expectedNonce: first.attempt.nonce,
    };
    const wish = { authorization_details: JSON.stringify([request]) };
    await expect(
      oidc.authorizationCodeGrant(site.config, new URL(first.location), checks, wish),
    ).rejects.toMatchObject({ error: 'invalid_authorization_details' });
  });

  it('are announced', async () => {
    const answer = await fetch(`${world.origin}/.well-known/openid-configuration`);
    expect(await answer.json()).toMatchObject({
      authorization_details_types_supported: ['licence_verification'],
    });
  });
});
