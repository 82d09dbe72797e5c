/**
 * How well a person is known: 0 nothing checked; 1 name and ID number matched with the police register; 2 a second
 * independent source (telecom operator or social security) agrees; 3 seen in person or by a live check.
 */
export type AssuranceLevel = 0 | 1 | 2 | 3;

/** All levels, lowest first. */
export const assuranceLevels: readonly AssuranceLevel[] = [0, 1, 2, 3];

const acrPrefix = 'urn:tongxing:loa:';

/** The level as the acr value that service sites see, `urn:tongxing:loa:2`. */
export function acrOf(level: AssuranceLevel): string {
  return `${acrPrefix}${level}`;
}

/** The level an acr value names; undefined for a value that is not ours, which a request may also carry. */
export function parseAcr(acr: string): AssuranceLevel | undefined {
  return assuranceLevels.find((level) => acrOf(level) === acr);
}

/**
 * The lowest level that satisfies a list of acr values: they are alternatives, and any level at or above one of them
 * satisfies it. Undefined when the list names none of our levels.
 * @see OpenID Connect Core 1.0, 5.5.1.1
 */
export function lowestLevel(acrValues: readonly string[]): AssuranceLevel | undefined {
  const levels = acrValues.map(parseAcr).filter((level) => level !== undefined);
  return levels.length > 0 ? (Math.min(...levels) as AssuranceLevel) : undefined;
}

/** What a session may claim: the lower of the person's proofing level and what the methods of this session carry. */
export function sessionLevel(proofing: AssuranceLevel, methods: AssuranceLevel): AssuranceLevel {
  return Math.min(proofing, methods) as AssuranceLevel;
}
