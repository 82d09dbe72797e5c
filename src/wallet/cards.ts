import {
  type Bilingual,
  dayAt,
  dayMs,
  endOfDay,
  inBoth,
  maskLicenceNumber,
  maskNameOf,
} from '../core/index.ts';
import type { Licence, LicenceStatus, LicenceType } from '../licences/index.ts';
import type { WalletContext } from './pages.ts';

/** A licence as a card. */
export interface Card {
  id: string;
  type: Bilingual;
  issuer: Bilingual;
  /** Masked; an organisation's name is public. */
  holders: readonly string[];
  maskedNumber: string;
  issuedOn: string;
  /** Last day of validity; null: without end. */
  validUntil: string | null;
  status: LicenceStatus;
  reason?: string | undefined;
  isDisputed: boolean;
  /** Days left when it is soon over, today being 0. */
  daysLeft?: number | undefined;
  /** One of five colours, always the same for a type. */
  hue: number;
  /** Its type asks for more assurance than this login has: nothing of it is shown. */
  isLocked: boolean;
}

/** A licence that ends in so many days is said to end soon. */
export const soonDays = 30;

/** The colour of a type. */
const hueOf = (typeCode: string): number =>
  [...typeCode].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 997, 7) % 5;

function daysLeftOf(validUntil: string | null, status: LicenceStatus, now: number): number | undefined {
  if (validUntil === null || status !== 'valid') return undefined;
  const days = Math.round((endOfDay(validUntil) - endOfDay(dayAt(now))) / dayMs);
  return days <= soonDays ? days : undefined;
}

/** Makes cards; types and authorities are asked for once for a whole page of them. */
export function createCards(
  { library, names, clock }: Pick<WalletContext, 'library' | 'names' | 'clock'>,
  level: number,
) {
  const types = new Map<string, Promise<LicenceType | undefined>>();
  const issuers = new Map<string, Promise<Bilingual | undefined>>();
  const once = <T>(known: Map<string, Promise<T>>, key: string, find: (key: string) => Promise<T>) => {
    const found = known.get(key) ?? find(key);
    known.set(key, found);
    return found;
  };

  /** Undefined for what its successor stands for. */
  return async function cardOf(licence: Licence): Promise<Card | undefined> {
    const now = clock.now();
    const [state, type, issuer] = await Promise.all([
      library.stateAt(licence, now),
      once(types, licence.typeCode, (code) => library.types.find(code)),
      once(issuers, licence.issuerCode, (code) => names.ofAuthority(code)),
    ]);
    if (!state || !type || state.status === 'superseded') return undefined;
    const { version, status } = state;
    return {
      id: licence.id,
      type: type.name,
      issuer: issuer ?? inBoth(licence.issuerCode),
      holders: version.holders.map(({ idType, idNumber, name }) =>
        maskNameOf({ type: idType, number: idNumber }, name),
      ),
      maskedNumber: maskLicenceNumber(licence.number),
      ...{ issuedOn: version.issuedOn, validUntil: version.validUntil, status, reason: state.reason },
      isDisputed: state.isDisputed,
      daysLeft: daysLeftOf(version.validUntil, status, now),
      hue: hueOf(licence.typeCode),
      isLocked: type.securityLevel > level,
    };
  };
}
