import { z } from 'zod';
import { type Bilingual, type Clock, inBoth, maskNameOf } from '../core/index.ts';
import { page, type Route } from '../http/index.ts';
import { type Licence, type LicenceLibrary, type LicenceVersion, statusTexts } from '../licences/index.ts';

/** Everybody may look: the paper is in their hands. No more than its holder, and what it is today. */
const access = { anyone: 'whoever holds the printed licence may see whether it is still good' };

interface StatusDependencies {
  library: Pick<LicenceLibrary, 'findByStatusToken' | 'stateAt' | 'types'>;
  clock: Clock;
}

type Shown = {
  state: 'valid' | 'refused' | 'doubt';
  status: Bilingual;
  note?: 'replaced' | 'disputed';
  typeName: Bilingual;
  holders: readonly string[];
};

async function describe(
  { library }: StatusDependencies,
  { licence, version }: { licence: Licence; version: LicenceVersion },
  now: number,
): Promise<Shown> {
  const [state, type] = await Promise.all([
    library.stateAt(licence, now),
    library.types.find(licence.typeCode),
  ]);
  const isReplaced = state !== undefined && state.version.version !== version.version;
  const isGood = state?.status === 'valid' && !isReplaced;
  const isDoubtful = isGood && licence.disputed !== undefined;
  return {
    state: isDoubtful ? 'doubt' : isGood ? 'valid' : 'refused',
    status: statusTexts[state?.status ?? 'not-yet-valid'],
    ...(isReplaced ? { note: 'replaced' as const } : isDoubtful && { note: 'disputed' as const }),
    typeName: type?.name ?? inBoth(licence.typeCode),
    holders: version.holders.map(({ idType, idNumber, name }) =>
      maskNameOf({ type: idType, number: idNumber }, name),
    ),
  };
}

/** The page that the QR code on a printed licence leads to: status only, and nothing that could be searched for. */
export function statusRoutes(deps: StatusDependencies): readonly Route[] {
  return [
    page({
      method: 'GET',
      path: '/v/{token}',
      access,
      limit: { max: 60, windowSeconds: 60, by: 'address' },
      summary: 'Whether a printed licence is still good',
      params: z.object({ token: z.string().max(200) }),
      problems: ['rate-limited'],
      async handle({ params }) {
        const now = deps.clock.now();
        const found = await deps.library.findByStatusToken(params.token);
        const shown = found && (await describe(deps, found, now));
        return {
          view: 'verification/status',
          data: { shown, now },
          status: shown ? 200 : 404,
          headers: { 'X-Robots-Tag': 'noindex, nofollow, noarchive' },
        };
      },
    }),
  ];
}
