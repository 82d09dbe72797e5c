import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { renderDocs } from '../scripts/write-docs.ts';
import { allEvents } from '../src/audit/index.ts';

it('the generated references are what the program says of itself; after a change run `npm run docs`', async () => {
  for (const [path, content] of await renderDocs()) {
    const there = readFileSync(path, 'utf8');
    // One line that says which file differs, before the whole difference.
    expect(`${path} ${there === content ? 'is up to date' : 'is out of date'}`).toBe(`${path} is up to date`);
    expect(there).toBe(content);
  }
});

it('every type of event has names of its own, a Chinese and an English one', () => {
  const names = allEvents().map(([, { name }]) => name);
  expect(names.length).toBeGreaterThan(60);
  for (const { zh, en } of names) {
    expect(zh).toMatch(/^[\p{Script=Han}]{2,14}$/u);
    expect(en).toMatch(/^[A-Z][a-z' -]+$/);
  }
  for (const language of ['zh', 'en'] as const)
    expect(new Set(names.map((name) => name[language])).size).toBe(names.length);
});
