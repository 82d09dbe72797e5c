import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  identifierReasonTexts,
  identifierTypes,
  isIdentifierType,
  issueLicenceIdentifier,
  parseCreditCode,
  parseForeignSocialSecurityNumber,
  parseIdentifier,
  parseIdNumber,
  parseLicenceIdentifier,
  parseOrganisationCode,
  parsePermanentResidenceCard,
  parsePhoneNumber,
  parseRegistrationNumber,
  parseSocialSecurityCardNumber,
  parseSocialSecurityNumber,
  parseTravelDocument,
  provinces,
} from '../../src/core/index.ts';

interface Refused {
  text: string;
  reason: string;
}

const vectors = (name: string) =>
  JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'));
const now = Date.UTC(2026, 0, 1);

describe('the citizen ID number (GB 11643)', () => {
  const { accepted, refused } = vectors('id-numbers');

  it.each(accepted as { text: string }[])('accepts $text', ({ text, ...expected }) => {
    const parsed = parseIdNumber(text, { now });
    expect(parsed).toMatchObject({ ok: true, value: { type: '111', ...expected } });
  });

  it.each(refused as Refused[])('refuses "$text" because of $reason', ({ text, reason }) => {
    expect(parseIdNumber(text, { now })).toEqual({ ok: false, reason });
  });

  it('keeps the 15 digits that were given beside the 18 that are stored', () => {
    expect(parseIdNumber('520102000101999', { now })).toMatchObject({
      value: { number: '520102180001019995', given: '520102000101999' },
    });
  });

  it('takes a child born today in China, and not one born tomorrow', () => {
    const lateEveningInUtc = Date.UTC(1900, 0, 1, 17);
    const born = '520102190001020014';
    expect(parseIdNumber(born, { now: lateEveningInUtc })).not.toMatchObject({ reason: 'future-date' });
    expect(parseIdNumber(born, { now: Date.UTC(1900, 0, 1, 15) })).toMatchObject({ reason: 'future-date' });
  });

  it('accepts areas that were abolished: only the province is checked', () => {
    expect(parseIdNumber('522626188811118887', { now })).toMatchObject({ value: { area: '522626' } });
    expect(provinces.size).toBe(34);
  });
});

describe('the foreign permanent residence card', () => {
  const { accepted, refused } = vectors('id-numbers').permanentResidenceCards;

  it.each(accepted as { text: string }[])('accepts $text', ({ text, ...expected }) => {
    expect(parsePermanentResidenceCard(text, { now })).toMatchObject({
      ok: true,
      value: { type: '553', ...expected },
    });
  });

  it.each(refused as Refused[])('refuses "$text" because of $reason', ({ text, reason }) => {
    expect(parsePermanentResidenceCard(text, { now })).toEqual({ ok: false, reason });
  });

  it('is never taken for an ID card, although the check character fits', () => {
    expect(parseIdNumber('932682198501010017', { now })).toEqual({ ok: false, reason: 'other-document' });
  });
});

describe('the unified social credit code (GB 32100)', () => {
  const { right, legalButFailing, refused } = vectors('organisations').creditCodes;

  it.each(right as string[])('accepts %s with a right check and a right organisation code inside', (text) => {
    const parsed = parseCreditCode(text);
    expect(parsed).toMatchObject({ ok: true, value: { number: text, isOrganisationCodeRight: true } });
    expect('warning' in parsed).toBe(false);
  });

  it.each(legalButFailing as { text: string; expected: string }[])(
    'accepts the pilot code $text with a warning, since a register match overrides it',
    ({ text }) => {
      expect(parseCreditCode(text)).toMatchObject({
        ok: true,
        warning: 'check-failed',
        value: { number: text, isOrganisationCodeRight: true },
      });
    },
  );

  it.each(refused as Refused[])('refuses "$text" because of $reason', ({ text, reason }) => {
    expect(parseCreditCode(text)).toEqual({ ok: false, reason });
  });

  it('knows that a sole trader is a person and reads the parts', () => {
    expect(parseCreditCode('92520100ma6wxyq21n')).toMatchObject({
      value: {
        isPerson: true,
        department: '9',
        category: '2',
        area: '520100',
        organisationCode: 'MA6WXYQ21',
      },
    });
    expect(parseCreditCode('91520000000000000D')).toMatchObject({ value: { isPerson: false } });
  });
});

describe('older keys of organisations', () => {
  const { organisationCodes, registrationNumbers } = vectors('organisations');

  it.each(organisationCodes.right as string[])('accepts the organisation code %s', (text) => {
    expect(parseOrganisationCode(text)).toEqual({
      ok: true,
      value: { type: 'ORG_CODE', number: text.replace('-', '') },
    });
  });

  it.each(organisationCodes.refused as Refused[])(
    'refuses the organisation code "$text" because of $reason',
    ({ text, reason }) => {
      expect(parseOrganisationCode(text)).toEqual({ ok: false, reason });
    },
  );

  it.each(registrationNumbers.right as string[])('accepts the registration number %s', (text) => {
    expect(parseRegistrationNumber(text)).toEqual({
      ok: true,
      value: { type: 'REGISTRATION_NUMBER', number: text, area: text.slice(0, 6) },
    });
  });

  it.each(registrationNumbers.failing as string[])('warns of the registration number %s', (text) => {
    expect(parseRegistrationNumber(text)).toMatchObject({ ok: true, warning: 'check-failed' });
  });

  it.each(registrationNumbers.refused as Refused[])(
    'refuses the registration number "$text" because of $reason',
    ({ text, reason }) => {
      expect(parseRegistrationNumber(text)).toEqual({ ok: false, reason });
    },
  );
});

describe('the mobile number', () => {
  const { accepted, refused } = vectors('phone-numbers');

  it.each(accepted as { text: string; number: string }[])('reads "$text" as $number', ({ text, number }) => {
    expect(parsePhoneNumber(text)).toEqual({ ok: true, value: { type: 'MOBILE', number } });
  });

  it.each(refused as Refused[])('refuses "$text" because of $reason', ({ text, reason }) => {
    expect(parsePhoneNumber(text)).toEqual({ ok: false, reason });
  });
});

describe('social security and travel documents', () => {
  it('reads a social security number by the rules of the ID number, as a type of its own', () => {
    expect(parseSocialSecurityNumber('520102188001010014', { now })).toMatchObject({
      value: { type: 'SSN', number: '520102188001010014' },
    });
    expect(parseSocialSecurityNumber('520102188001010015', { now })).toEqual({ ok: false, reason: 'check' });
  });

  it('keeps the number of a foreigner and of the card opaque', () => {
    expect(parseForeignSocialSecurityNumber('usa123456789012')).toMatchObject({
      value: { type: 'SSN_FOREIGN', number: 'USA123456789012' },
    });
    expect(parseForeignSocialSecurityNumber('USA12345')).toEqual({ ok: false, reason: 'length' });
    expect(parseSocialSecurityCardNumber('A00000001')).toMatchObject({ value: { type: 'SS_CARD' } });
    expect(parseSocialSecurityCardNumber('A'.repeat(21))).toEqual({ ok: false, reason: 'length' });
    expect(parseSocialSecurityCardNumber('A-0001')).toEqual({ ok: false, reason: 'characters' });
  });

  it('checks the shape of travel documents by their stated type', () => {
    expect(parseTravelDocument('516', 'H00000000')).toMatchObject({ ok: true });
    expect(parseTravelDocument('511', 'H00000000')).toEqual({ ok: false, reason: 'characters' });
    expect(parseTravelDocument('511', '00000000')).toMatchObject({ ok: true });
    expect(parseTravelDocument('414', 'E00000000')).toMatchObject({ ok: true });
    expect(parseTravelDocument('414', 'E0')).toEqual({ ok: false, reason: 'length' });
  });
});

describe('identifier types', () => {
  it('are stated, never guessed: one string reads differently under each', () => {
    const text = '914403001922038216';
    expect(parseIdentifier('001', text, { now })).toMatchObject({ ok: true, value: { type: '001' } });
    expect(parseIdentifier('111', text, { now })).toEqual({ ok: false, reason: 'other-document' });
    expect(parseIdentifier('553', text, { now })).toMatchObject({ ok: false });
    const legacy = '520102000101999';
    expect(parseIdentifier('111', legacy, { now })).toMatchObject({ ok: true });
    expect(parseIdentifier('REGISTRATION_NUMBER', legacy, { now })).toMatchObject({
      warning: 'check-failed',
    });
  });

  it('each have a parser, and a text for every reason', () => {
    for (const type of Object.keys(identifierTypes)) {
      if (!isIdentifierType(type)) throw new Error(`${type} is not known`);
      const parsed = parseIdentifier(type, '', { now });
      expect(parsed).toEqual({ ok: false, reason: 'empty' });
    }
    expect(isIdentifierType('toString')).toBe(false);
    expect(
      Object.values(identifierReasonTexts).every(({ zh, en }) => zh.endsWith('。') && en.endsWith('.')),
    ).toBe(true);
  });
});

describe('the licence identifier (GB/T 36904)', () => {
  const { right, failing, refused } = vectors('licence-identifiers');

  it.each(right as string[])('reads %s', (text) => {
    const parsed = parseLicenceIdentifier(text);
    expect(parsed).toMatchObject({ ok: true, value: { identifier: text, sourceIdentifier: text } });
    expect(parsed.ok && parsed.warning).toBeUndefined();
  });

  it.each(failing as { text: string; identifier: string }[])(
    'imports $text with a warning and says what it should have been',
    ({ text, identifier }) => {
      expect(parseLicenceIdentifier(text)).toMatchObject({
        ok: true,
        warning: 'check-failed',
        value: { identifier, sourceIdentifier: text },
      });
    },
  );

  it.each(refused as Refused[])('refuses "$text" because of $reason', ({ text, reason }) => {
    expect(parseLicenceIdentifier(text)).toEqual({ ok: false, reason });
  });

  it('imports identifiers of other roots and version widths, and writes them in our form', () => {
    const parts = '11100000MB0143028R001.11520000000000019J.GZ20250001';
    const ours = `1.2.156.3005.2.${parts}.001.D`;
    expect(parseLicenceIdentifier(`1.2.156.3003.2.${parts}.001.D`)).toMatchObject({
      warning: 'foreign-root',
      value: { identifier: ours },
    });
    expect(parseLicenceIdentifier(`1.2.156.3005.2.${parts}.001`)).toMatchObject({
      warning: 'check-missing',
      value: { identifier: ours },
    });
    const narrow = parseLicenceIdentifier(`1.2.156.3005.2.${parts}.01.7`);
    expect(narrow).toMatchObject({ ok: true, value: { identifier: ours, version: 1 } });
  });

  it('issues strictly', () => {
    const parts = {
      typeCode: '11100000MB0143028R001',
      issuerCode: '11520000000000019J',
      serial: 'GZ20250001',
      version: 1,
    };
    expect(issueLicenceIdentifier(parts)).toMatchObject({
      ok: true,
      value: { identifier: '1.2.156.3005.2.11100000MB0143028R001.11520000000000019J.GZ20250001.001.D' },
    });
    const reasonOf = (change: Partial<typeof parts>) => issueLicenceIdentifier({ ...parts, ...change });
    expect(reasonOf({ typeCode: '11100000MB0143028R01' })).toEqual({ ok: false, reason: 'type-code' });
    expect(reasonOf({ issuerCode: '340100' })).toEqual({ ok: false, reason: 'issuer-code' });
    expect(reasonOf({ serial: 'gz1' })).toEqual({ ok: false, reason: 'serial' });
    expect(reasonOf({ version: 1000 })).toEqual({ ok: false, reason: 'version' });
  });
});
