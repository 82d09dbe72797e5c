import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { statusTexts } from '../../src/licences/index.ts';

const textsOf = (language: string): Record<string, string> =>
  JSON.parse(readFileSync(`views/locales/${language}/wallet.json`, 'utf8'));
const views = readdirSync('views/wallet', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.eta'))
  .map((name) => readFileSync(`views/wallet/${name}`, 'utf8'))
  .join('\n');

describe('the texts of the wallet', () => {
  it('are the same in both languages, with the same parameters', () => {
    const [zh, en] = [textsOf('zh-CN'), textsOf('en')];
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
    const parametersOf = (text = '') => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
    for (const key of Object.keys(zh))
      expect([key, parametersOf(en[key])]).toEqual([key, parametersOf(zh[key])]);
  });

  it('are all on some page, and no page asks for another one', () => {
    const keys = Object.keys(textsOf('zh-CN'));
    const written = [...views.matchAll(/'([a-z][\w.-]*)'/g)].map(([, key]) => key);
    const beginnings = [...views.matchAll(/`([a-z][\w.]*\.)\$\{/g)].map(([, start]) => String(start));
    const isUsed = (key: string) =>
      written.includes(key) || beginnings.some((start) => key.startsWith(start));
    expect(keys.filter((key) => !isUsed(key))).toEqual([]);
    const asked = [...views.matchAll(/\bt\('([^']+)'/g)].map(([, key]) => String(key));
    expect(asked.filter((key) => !keys.includes(key))).toEqual([]);
  });

  it('have a word for every state of a licence', () => {
    const texts = textsOf('zh-CN');
    for (const [status, { zh }] of Object.entries(statusTexts))
      expect([status, texts[`status.${status}`]]).toEqual([status, zh]);
  });
});
