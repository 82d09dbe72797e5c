import type { Here } from './interaction.ts';
import type { LicenceHolder, LicenceOffer } from './licence-port.ts';

/** An offer as the page draws it, with the place of its request. */
export interface ShownOffer extends LicenceOffer {
  index: number;
  /** Nothing can be ticked in this login. */
  isWeak: boolean;
}

/** Nobody shows licences by an SMS alone: who holds the phone is not known well enough. */
const leastLevel = 2;

const holderOf = ({ details }: Here): LicenceHolder => ({
  accountId: details.accountId ?? '',
  ...(details.actingFor && { organisationId: details.actingFor.organisationId }),
});

/** The field of one licence in the form: the place of the request and the licence. */
const fieldOf = (index: number, licenceId: string): string => `share-${index}-${licenceId}`;

/** What the page offers; a request that may not be asked (any more) is left out, and so refused. */
export async function licenceOffers(here: Here): Promise<ShownOffer[]> {
  const { context, details } = here;
  const offers = await Promise.all(
    details.licenceRequests.map((request) => context.licenceConsents?.offer(holderOf(here), request)),
  );
  return offers.flatMap((offer, index) =>
    offer ? [{ ...offer, index, isWeak: details.sessionLevel < leastLevel }] : [],
  );
}

/** Records what the person left ticked; one consent for each request, null where none is left. */
export async function grantShares(here: Here): Promise<(string | null)[] | undefined> {
  const { context, details, request } = here;
  const { licenceRequests, sessionLevel, uid } = details;
  if (licenceRequests.length === 0 || !context.licenceConsents) return undefined;
  const shares: (string | null)[] = licenceRequests.map(() => null);
  // What counts is what would be offered now, not what a form from the browser names.
  for (const { index, types, isWeak } of await licenceOffers(here)) {
    const asked = licenceRequests[index];
    const licenceIds = types
      .filter(({ level }) => !isWeak && level <= sessionLevel)
      .flatMap(({ licences }) => licences.map(({ licenceId }) => licenceId))
      .filter((licenceId) => request.body[fieldOf(index, licenceId)] === 'yes');
    if (!asked || licenceIds.length === 0) continue;
    const share = await context.licenceConsents.grant({
      ...{ holder: holderOf(here), clientId: details.client.id, request: asked, licenceIds },
      once: `${uid}:${index}`,
      seen: (request.body[`learns-${index}`] ?? '').split(' '),
    });
    shares[index] = share?.id ?? null;
  }
  return shares;
}
