import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { page as pageRoute } from '../../src/http/index.ts';
import { createTestRoom } from '../http-room/support.ts';
import { axe, openBrowser } from '../support/browser.ts';
import { samples } from '../verification/samples.ts';

jest.setTimeout(120_000);

const pictures = process.env.TONGXING_PICTURES;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let server: { port: number; close(options: { graceMs: number }): Promise<unknown> };

beforeAll(async () => {
  const room = createTestRoom({ demo: true });
  room.http.mount(
    Object.entries(samples).map(([name, reply]) =>
      pageRoute({
        method: 'GET',
        path: `/samples/${name}`,
        access: { anyone: 'a test' },
        summary: name,
        handle: async () => reply,
      }),
    ),
  );
  server = await room.http.listen({ host: '127.0.0.1', port: 0 });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await server.close({ graceMs: 1_000 });
});

/** What is wrong with a page at both widths, and with its colours in the dark; draws pictures where a folder is named. */
async function faultsOf(name: string, lang: string): Promise<string[]> {
  const context = await browser.context();
  const tab = await context.newPage();
  const found: string[] = [];
  await tab.goto(`http://127.0.0.1:${server.port}/samples/${name}?lang=${lang}`);
  for (const width of [360, 1280]) {
    await tab.setViewportSize({ width, height: 800 });
    const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (overflow > 0) found.push(`${name} at ${width}: ${overflow} px too wide`);
    found.push(...(await axe(tab)).map((fault) => `${name} at ${width}: ${fault}`));
    if (pictures) {
      mkdirSync(pictures, { recursive: true });
      await tab.screenshot({ path: join(pictures, `${name}-${width}-${lang}.png`), fullPage: true });
    }
  }
  await tab.emulateMedia({ colorScheme: 'dark' });
  found.push(...(await axe(tab, ['color-contrast'])).map((fault) => `${name} in the dark: ${fault}`));
  await context.close();
  return found;
}

describe('the pages of the counter and of printed codes', () => {
  it.each(['zh-CN', 'en'])('can be used by everybody (%s)', async (lang) => {
    const found: string[] = [];
    for (const name of Object.keys(samples)) found.push(...(await faultsOf(name, lang)));
    expect(found).toEqual([]);
  });
});
