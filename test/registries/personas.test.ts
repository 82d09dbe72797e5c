import { describe, expect, it } from '@jest/globals';
import { authorities } from '../../scripts/demo/authorities.ts';
import { organisations, personas } from '../../scripts/demo/personas.ts';
import { parseCreditCode, parseIdNumber, parsePhoneNumber } from '../../src/core/index.ts';

describe('the personas of the demo', () => {
  it.each(personas.map((persona) => [persona.id, persona] as const))(
    '%s is impossible and has valid check digits',
    (_id, { identifiers, name, password }) => {
      const idNumber = parseIdNumber(identifiers.id_number, { now: Date.UTC(2026, 0, 1) });
      expect(idNumber).toMatchObject({ ok: true, value: { number: identifiers.id_number } });
      expect(Number(identifiers.id_number.slice(6, 10))).toBeLessThanOrEqual(1900);
      expect(parsePhoneNumber(identifiers.phone)).toMatchObject({ ok: true });
      expect(identifiers.phone).toMatch(/^1380000\d{4}$/);
      expect(name).toMatch(/示例|演示|样例|示范|试用/);
      expect(password ?? 'long-enough').toMatch(/^.{8,}$/);
      if (identifiers.credit_code) {
        const codes = [
          ...organisations.map(({ creditCode }) => creditCode),
          ...authorities.map(({ code }) => code),
        ];
        expect(codes).toContain(identifiers.credit_code);
      }
    },
  );

  it('are told apart by every identifier', () => {
    for (const key of ['id_number', 'phone'] as const) {
      expect(new Set(personas.map(({ identifiers }) => identifiers[key])).size).toBe(personas.length);
    }
    expect(new Set(personas.map(({ id }) => id)).size).toBe(personas.length);
  });

  it('cover every level, and staff have no password', () => {
    const levels = new Set(personas.filter(({ registered }) => registered !== 'staff').map(({ acr }) => acr));
    expect([...levels].sort()).toEqual([0, 1, 2, 3].map((level) => `urn:tongxing:loa:${level}`));
    const staff = personas.filter(({ registered }) => registered === 'staff');
    expect(staff.length).toBeGreaterThan(0);
    expect(staff.filter(({ password }) => password !== undefined)).toEqual([]);
  });

  it('of the staff hold duties in authorities with right codes, no two administrators in one person', () => {
    const codes = authorities.map(({ code }) => code);
    for (const code of codes) expect(parseCreditCode(code)).toEqual({ ok: true, value: expect.anything() });
    for (const { duties = [], registered } of personas) {
      expect(duties.length > 0).toBe(registered === 'staff');
      for (const { authorityCode } of duties) expect(codes).toContain(authorityCode);
      expect(duties.filter(({ role }) => role.endsWith('-administrator')).length).toBeLessThanOrEqual(1);
    }
  });

  it('belong to organisations with valid credit codes', () => {
    for (const { creditCode, representative } of organisations) {
      expect(parseCreditCode(creditCode)).toEqual({ ok: true, value: expect.anything() });
      expect(personas.some(({ id }) => id === representative)).toBe(true);
    }
  });
});
