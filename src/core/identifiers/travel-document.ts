import { normaliseIdentifier } from './characters.ts';
import type { Parsed, ShapeReason } from './parsed.ts';

/**
 * Documents of which only the outer shape is known here: 414 ordinary passport, 511 mainland travel permit of a Taiwan
 * resident, 516 mainland travel permit of a Hong Kong or Macau resident.
 */
export type TravelDocumentType = '414' | '511' | '516';

/** The number of a travel document. Whether it was ever given out only its register can say. */
export interface TravelDocument {
  type: TravelDocumentType;
  number: string;
}

const shapes: Readonly<Record<TravelDocumentType, RegExp>> = {
  414: /^[0-9A-Z]{5,17}$/,
  511: /^(\d{8}|\d{10}[A-Z]?)$/,
  516: /^[HM](\d{8}|\d{10})$/,
};

/** Reads the number of a travel document of a stated type. */
export function parseTravelDocument(
  type: TravelDocumentType,
  text: string,
): Parsed<TravelDocument, ShapeReason> {
  const number = normaliseIdentifier(text);
  if (number === '') return { ok: false, reason: 'empty' };
  if (number.length < 5 || number.length > 17) return { ok: false, reason: 'length' };
  return shapes[type].test(number)
    ? { ok: true, value: { type, number } }
    : { ok: false, reason: 'characters' };
}
