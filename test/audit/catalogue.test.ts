import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createEvent, defineEvents } from '../../src/audit/catalogue.ts';
import { systemClock, systemRandom } from '../../src/core/index.ts';
import '../support/audit.ts';

const at = { clock: systemClock, random: systemRandom };
const words = { name: { zh: '', en: '' }, meaning: '' };
const greet = (data: Record<string, unknown>) => createEvent('demo.person.greeted', data, at);

describe('the catalogue of events', () => {
  it('takes only types that read room.thing.happened, once each, with strict data', () => {
    const data = z.strictObject({});
    expect(() => defineEvents({ greeted: { ...words, data } })).toThrow('room.thing.happened');
    expect(() => defineEvents({ 'demo.person.greeted': { ...words, data } })).toThrow('twice');
    expect(() => defineEvents({ 'demo.thing.lost': { ...words, data: z.object({}) } })).toThrow(
      'strictObject',
    );
    expect(() =>
      defineEvents({ 'demo.thing.held': { ...words, data: z.union([data, data]) } }),
    ).not.toThrow();
  });

  it('refuses what no room declared', () => {
    expect(() => createEvent('demo.person.vanished', {}, at)).toThrow("no room's catalogue");
    expect(() => greet({ surplus: 1 })).toThrow('wrong data');
    expect(() => greet({ turn: 'first' })).toThrow('turn');
  });

  it.each([
    ['an ID number of 18 digits', '520102188001010014'],
    ['an ID number that ends in X', '52010218800101001X'],
    ['an ID number of 15 digits', '520102800101001'],
    ['a mobile number', '13800000000'],
    ['a mobile number with its country', '+8613800000000'],
    ['one inside a sentence', 'called 13800000000 twice'],
    ['a mail address', 'demo@example.com'],
    ['a name', '演示人'],
  ])('refuses %s, and does not repeat it in the error', (_, value) => {
    expect(() => greet({ client: value })).toThrow('personal data at data.client');
    expect(() => greet({ client: value })).not.toThrow(value);
  });

  it('takes random ids, in which any run of digits may occur', () => {
    for (const id of [
      'x13800000000-aaaaaaaaa',
      '_520102188001010014aaa',
      systemRandom.id(),
      'service-hall',
      '520102',
      '11520000000000001X',
      '115201000096852741',
    ])
      expect(greet({ account: id }).data).toEqual({ account: id });
  });

  it('takes what an official typed as it is, in the members that say so and in no other', () => {
    const data = z.strictObject({ purpose: z.string(), client: z.string() });
    defineEvents({ 'demo.paper.asked': { ...words, typed: ['purpose'], data } });
    const ask = (client: string) =>
      createEvent('demo.paper.asked', { purpose: '食品经营许可新办', client }, at);
    expect(ask('hall').data.purpose).toBe('食品经营许可新办');
    expect(() => ask('演示人')).toThrow('personal data at data.client');
  });

  it('refuses an event that is a document', () => {
    expect(() => greet({ client: 'x'.repeat(5000) })).toThrow('longer');
  });
});
