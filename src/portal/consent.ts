import type { PageReply, Route } from '../http/index.ts';
import { consentItems, consentRights } from './consent-items.ts';
import type { PortalContext } from './deps.ts';
import { type Here, interactionPages, showExpired } from './interaction.ts';
import { grantShares, licenceOffers } from './licence-consents.ts';

/** Who asks, exactly which data with the person's own values masked, for how long, and that they may refuse. */
export async function showConsent(here: Here): Promise<PageReply> {
  const { context, details } = here;
  const person = details.accountId && (await context.identity.care.overview(details.accountId));
  if (!person) return showExpired(context, details.uid);
  const asked = details.missing ?? { scopes: [], claims: [] };
  return here.show('consent', {
    host: new URL(details.redirectOrigin).host,
    name: person.maskedName,
    items: consentItems(asked, person, details.actingFor),
    rights: consentRights(asked),
    offers: await licenceOffers(here),
    level: details.sessionLevel,
  });
}

/** The two answers to a consent page. */
export function consentRoutes(context: PortalContext): readonly Route[] {
  const at = interactionPages(context);
  const { interactions } = context.sso;
  return [
    at('POST', '/allow', 'Allow the site what it asked for', async (here) => {
      const { request, details } = here;
      const { req, res } = request.koa;
      const shares = details.prompt === 'consent' ? await grantShares(here) : undefined;
      return { redirect: await interactions.allow(req, res, details.uid, shares) };
    }),
    at('POST', '/deny', 'Refuse; the login stays', async ({ request: { koa }, details }) => ({
      redirect: await interactions.refuse(koa.req, koa.res, details.uid, 'access_denied'),
    })),
  ];
}
