import {
  type Bilingual,
  identifierTypes,
  isIdentifierType,
  maskIdentifier,
  shortMask,
} from '../core/index.ts';
import type { AccountOverview } from '../identity/index.ts';
import type { ActingFor } from '../sso/index.ts';

/** One thing that a site would learn: a text key for its name, and the person's own value, masked. */
export interface ConsentItem {
  /** Key of the name under `portal.claim.`. */
  claim: string;
  /** The value itself, masked; absent when the person has none or the value is a word. */
  value?: Bilingual | string | undefined;
  /** A number, to be shown in digits of one width. */
  isNumber?: boolean;
  /** Key of a value that is a word, under `portal.`. */
  word?: string | undefined;
}

type Describe = (person: AccountOverview, actingFor: ActingFor | undefined) => ConsentItem | ConsentItem[];

const present = (claim: string, value: Bilingual | string | undefined, isNumber = false): ConsentItem =>
  value ? { claim, value, isNumber } : { claim, word: 'claim.value.none' };

/** The name of a kind of document for people; an unknown kind keeps its code. */
export const documentName = (type: string): Bilingual | string =>
  isIdentifierType(type) ? identifierTypes[type] : type;

const document = (person: AccountOverview) => person.identifiers.find(({ type }) => /^\d{3}$/.test(type));

const claims: Readonly<Record<string, Describe>> = {
  name: (person) => present('name', person.maskedName),
  phone_number: (person) => present('phone_number', person.maskedPhone, true),
  phone_number_verified: (person) => ({
    claim: 'phone_number_verified',
    word: person.maskedPhone ? 'claim.value.yes' : 'claim.value.no',
  }),
  id_type: (person) => {
    const type = document(person)?.type;
    return present('id_type', type && documentName(type));
  },
  id_number: (person) => present('id_number', shortMask(document(person)?.masked ?? ''), true),
  acting_for: (_, actingFor) =>
    actingFor ? organisationItems(actingFor) : { claim: 'acting_for', word: 'claim.value.self' },
  duties: () => ({ claim: 'duties', word: 'claim.value.duties' }),
};

function organisationItems({ name, idNumber }: ActingFor): ConsentItem[] {
  const value = { zh: `${name}（您是法定代表人）`, en: `${name} (you are its legal representative)` };
  const code = shortMask(maskIdentifier({ type: '001', number: idNumber }));
  return [
    { claim: 'acting_for', value },
    { claim: 'acting_code', value: code, isNumber: true },
  ];
}

/** What a scope opens; everything else in a scope says nothing about the person. */
const scopes: Readonly<Record<string, readonly string[]>> = {
  profile: ['name'],
  phone: ['phone_number'],
  id_number: ['id_type', 'id_number'],
  organisation: ['acting_for'],
  staff: ['duties'],
};

/** Names of the claims that scopes and claims together open, each once and in a fixed order. */
export function claimsOf(asked: { scopes: readonly string[]; claims: readonly string[] }): string[] {
  const wanted = new Set([...asked.scopes.flatMap((scope) => scopes[scope] ?? []), ...asked.claims]);
  return Object.keys(claims).filter((claim) => wanted.has(claim));
}

/** What a consent page lists for a request. */
export function consentItems(
  asked: { scopes: readonly string[]; claims: readonly string[] },
  person: AccountOverview,
  actingFor?: ActingFor | undefined,
): ConsentItem[] {
  return claimsOf(asked).flatMap((claim) => claims[claim]?.(person, actingFor) ?? []);
}

/** What a site may do besides learning data: keys under `portal.consent.rights.`. */
export function consentRights({ scopes: asked }: { scopes: readonly string[] }): string[] {
  return [
    ...(asked.includes('offline_access') ? ['offline_access'] : []),
    ...(asked.some((scope) => scope.includes(':')) ? ['api'] : []),
  ];
}
