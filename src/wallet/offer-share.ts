import { inBoth, maskLicenceNumber } from '../core/index.ts';
import type { Licence } from '../licences/index.ts';
import type { WalletDependencies } from './deps.ts';
import { type Holders, type KnownHolder, namesHolder } from './holders.ts';
import type { Matter, ShareCandidate, Shares } from './port.ts';
import { termsOf } from './share-rules.ts';

/** Licences of one type that a consent page offers at most. */
const mostCandidates = 20;

/** Makes what a consent page shows: who would learn what of which of the holder's own licences. */
export function createOffer(
  deps: WalletDependencies,
  holders: Holders,
  refusal: Shares['refusal'],
): Shares['offer'] {
  const { library, matters, names, clock } = deps;

  async function candidate(
    licence: Licence,
    { serviceItemCode }: Matter,
    { identifiers }: KnownHolder,
  ): Promise<ShareCandidate[]> {
    const state = await library.stateAt(licence, clock.now());
    // A renewed licence is shown by its successor.
    if (!state || state.status === 'superseded') return [];
    const issuer = (await names.ofAuthority(licence.issuerCode)) ?? inBoth(licence.issuerCode);
    const { validUntil } = state.version;
    const isValid = state.status === 'valid' && !state.isDisputed;
    // What it says now is no longer told to who held it once.
    const tells = namesHolder(state.version, identifiers)
      ? await matters.tells(serviceItemCode, licence, state)
      : {};
    const maskedNumber = maskLicenceNumber(licence.number);
    return [{ licenceId: licence.id, maskedNumber, issuer, validUntil, isValid, tells }];
  }

  async function candidatesOf(
    holder: KnownHolder,
    matter: Matter,
    typeCode: string,
  ): Promise<ShareCandidate[]> {
    const pages = await Promise.all(
      holder.identifiers.map(({ type, value }) =>
        library.findByHolder({ idType: type, idNumber: value, typeCode, limit: mostCandidates }),
      ),
    );
    const all = pages.flatMap(({ items }) => items);
    const found = await Promise.all(all.map((licence) => candidate(licence, matter, holder)));
    return found.flat().slice(0, mostCandidates);
  }

  async function nameAndLevel(code: string) {
    const type = await library.types.find(code);
    return { name: type?.name ?? inBoth(code), level: type?.securityLevel ?? 3 };
  }

  return async (ref, request) => {
    const holder = await holders.find(ref);
    const serviceItem = await matters.findServiceItem(request.matter.serviceItemCode);
    if (!holder || !serviceItem || (await refusal(request))) return undefined;
    const types = await Promise.all(
      request.licenceTypes.map(async (code) => ({
        code,
        ...(await nameAndLevel(code)),
        learns: (await matters.learns(request.matter.serviceItemCode, code)) ?? [],
        licences: await candidatesOf(holder, request.matter, code),
      })),
    );
    return {
      serviceItem: serviceItem.name,
      matter: request.matter,
      types,
      ...termsOf(request, clock.now()),
    };
  };
}
