import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { renderDocs } from '../scripts/write-docs.ts';

it('the generated references are what the program says of itself; after a change run `npm run docs`', async () => {
  for (const [path, content] of await renderDocs()) {
    const there = readFileSync(path, 'utf8');
    // One line that says which file differs, before the whole difference.
    expect(`${path} ${there === content ? 'is up to date' : 'is out of date'}`).toBe(`${path} is up to date`);
    expect(there).toBe(content);
  }
});
