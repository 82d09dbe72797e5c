import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { openBrowser } from './support/browser.ts';
import { openTerminal, type Terminal } from './support/terminal.ts';
import { type Phone, startWorld, type World } from './support/world.ts';

jest.setTimeout(240_000);

/** Where the reader is: the tabs that are open, the newest last, and what the last block of commands printed. */
interface Reader {
  tabs: Page[];
  terminal: Terminal;
  printed: string;
  /** What was copied from a page last. */
  copied: string;
  phone: Phone;
}

/** One kind of step: how it is written and what the reader does. */
interface Step {
  written: RegExp;
  perform(reader: Reader, ...words: string[]): Promise<unknown>;
}

let world: World;
let browser: Awaited<ReturnType<typeof openBrowser>>;

const current = ({ tabs }: Reader): Page => tabs.at(-1) as Page;
/** The README names the usual ports and folder; the test has a world of its own. */
const here = (text: string): string =>
  text
    .replace(/localhost:3(0\d\d)\b/g, (_, offset: string) => `localhost:${world.portBase + Number(offset)}`)
    .replaceAll('data/demo', world.folder);

/** What a site shows may follow within seconds (a logout elsewhere): the reader looks again. */
async function see(page: Page, text: string): Promise<void> {
  const seen = page.getByRole('main').getByText(text).first();
  for (let looks = 0; looks < 5; looks += 1) {
    if (
      await seen.waitFor({ timeout: 3_000 }).then(
        () => true,
        () => false,
      )
    )
      return;
    await page.reload();
  }
  throw new Error(
    `"${text}" is not to be seen at ${page.url()}: ${await page.getByRole('main').textContent()}`,
  );
}

const steps: readonly Step[] = [
  {
    written: /open <([^>]+)> in another tab/i,
    async perform(reader, url = '') {
      const tab = await current(reader).context().newPage();
      reader.tabs.push(tab);
      await tab.goto(here(url));
    },
  },
  {
    written: /open <([^>]+)>/i,
    perform: async (reader, url = '') => void (await current(reader).goto(here(url))),
  },
  {
    written: /back in the first tab/i,
    perform: async ({ tabs }) => void (await tabs.pop()?.close()),
  },
  {
    written: /press\s+\*\*([^*]+)\*\*/i,
    async perform(reader, name = '') {
      const main = current(reader).getByRole('main');
      const button = main.getByRole('button', { name, exact: true });
      await button.or(main.getByRole('link', { name, exact: true })).click();
    },
  },
  {
    written: /enter\s+`([^`]+)`\s+as\s+\*\*([^*]+)\*\*/i,
    perform: (reader, value = '', label = '') =>
      current(reader).getByLabel(label, { exact: true }).fill(value),
  },
  {
    written: /enter the newest code as\s+\*\*([^*]+)\*\*/i,
    perform: async (reader, label = '') =>
      current(reader)
        .getByLabel(label, { exact: true })
        .fill(await reader.phone.nextCode()),
  },
  {
    written: /(?:see|under)\s+\*\*([^*]+)\*\*/i,
    perform: (reader, text = '') => see(current(reader), text),
  },
  {
    written: /copy the characters below it/i,
    async perform(reader) {
      reader.copied = (await current(reader).locator('#shown-code').textContent()) ?? '';
    },
  },
  {
    written: /```sh\n([\s\S]*?)```/,
    async perform(reader, commands = '') {
      const typed = here(commands).replace('the characters that you copied', reader.copied);
      reader.printed = await reader.terminal.run(typed);
    },
  },
  {
    written: /prints\s+\*\*([^*]+)\*\*/i,
    perform: async ({ printed }, text) => expect(printed).toContain(text),
  },
];

/** The walk-through, one text a numbered item. */
function readItems(): string[] {
  const readme = readFileSync('README.md', 'utf8');
  const section = /^## Five minutes[^\n]*\n([\s\S]*?)^## /m.exec(readme)?.[1] ?? '';
  return [...section.matchAll(/^(\d+\. )([\s\S]*?)(?=^\S|(?![\s\S]))/gm)].map(
    ([, marker = '', text = '']) => {
      // A block of commands begins where the text of its item does.
      const indent = ' '.repeat(marker.length);
      return (text.split(/\n\n/)[0] ?? '').replaceAll(`\n${indent}`, '\n');
    },
  );
}

/** The steps of an item in their order, each with the words that it names. */
function readSteps(item: string): { step: Step; words: string[]; text: string }[] {
  const all = new RegExp(steps.map(({ written }) => `(?:${written.source})`).join('|'), 'gi');
  return [...item.matchAll(all)].map(([text]) => {
    const step = steps.find(({ written }) => written.test(text)) as Step;
    return { step, words: step.written.exec(text)?.slice(1) ?? [], text };
  });
}

beforeAll(async () => {
  [world, browser] = await Promise.all([startWorld(['./scripts/start']), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

describe('the walk-through of the README', () => {
  it('is written so that nothing in it goes untried', () => {
    const items = readItems();
    expect(items.length).toBeGreaterThan(14);
    const untried = items.map((item) =>
      readSteps(item).reduce((rest, { text }) => rest.replace(text, ''), item),
    );
    expect(untried.filter((rest) => /\*\*|<http|```|`/.test(rest))).toEqual([]);
  });

  it('works as it is written', async () => {
    const context = await browser.context();
    const tab = await context.newPage();
    tab.setDefaultTimeout(20_000);
    const phone = world.phone('13800001812');
    await phone.readAll();
    const terminal = openTerminal();
    const reader: Reader = { tabs: [tab], terminal, printed: '', copied: '', phone };
    for (const item of readItems()) {
      for (const { step, words, text } of readSteps(item)) {
        await step.perform(reader, ...words).catch((error: Error) => {
          throw new Error(`"${text}" at ${current(reader).url()}: ${error.message}`);
        });
      }
    }
    terminal.close();
    await context.close();
  });
});
