import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { page as pageRoute } from '../../src/http/index.ts';
import { footerLinks } from '../../src/portal/index.ts';
import { samples as portalSamples } from '../portal/samples.ts';
import { axe, openBrowser } from '../support/browser.ts';
import { demoPages } from '../support/demo-pages.ts';
import { createTestRoom } from '../support/http-room.ts';
import { type LocalServer, startLocalServer } from '../support/local-server.ts';
import { startTestRegisters, type TestRegisters } from '../support/registers.ts';
import { samples as verificationSamples } from '../verification/samples.ts';

// Some 200 pages, three looks at each: half a minute on a free machine, minutes on a busy one.
jest.setTimeout(300_000);

const widths = [360, 1280];
/** Where pictures of every page go, when a person wants to look at them. */
const pictures = process.env.TONGXING_PICTURES;
let browser: Awaited<ReturnType<typeof openBrowser>>;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

/** Everything that is wrong with one page: at both widths in the light, and its colours in the dark, which know no language. */
async function faultsOf(tab: Page, url: string): Promise<string[]> {
  const found: string[] = [];
  await tab.emulateMedia({ colorScheme: 'light' });
  await tab.goto(url);
  for (const width of widths) {
    await tab.setViewportSize({ width, height: 800 });
    const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (overflow > 0) found.push(`${url} at ${width}: ${overflow} px too wide`);
    if (pictures)
      await tab.screenshot({ path: `${pictures}/${url.replace(/\W+/g, '-')}-${width}.png`, fullPage: true });
    found.push(...(await axe(tab)).map((fault) => `${url} at ${width}: ${fault}`));
  }
  if (url.endsWith('lang=en')) return found;
  await tab.emulateMedia({ colorScheme: 'dark' });
  const dark = await axe(tab, ['color-contrast']);
  return [...found, ...dark.map((fault) => `${url} in the dark: ${fault}`)];
}

/** Looks at all pages in two tabs at once. */
async function inspect(urls: readonly string[]): Promise<string[]> {
  expect(urls.length).toBeGreaterThan(0);
  const queue = [...urls];
  const lane = async (): Promise<string[]> => {
    const context = await browser.context();
    const tab = await context.newPage();
    const found: string[] = [];
    for (let url = queue.shift(); url !== undefined; url = queue.shift())
      found.push(...(await faultsOf(tab, url)));
    await context.close();
    return found;
  };
  return (await Promise.all([lane(), lane()])).flat();
}

const prefixed = <T>(prefix: string, entries: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(entries).map(([name, entry]) => [`${prefix}-${name}`, entry]));

describe('pages of the service', () => {
  const room = createTestRoom({ demo: true, footerLinks });
  // test/portal/views.test.ts demands a sample of every view of the portal.
  const samples = { ...portalSamples, ...prefixed('verification', verificationSamples) };
  const routes = Object.entries(samples).map(([name, reply]) =>
    pageRoute({
      method: 'GET',
      path: `/samples/${name}`,
      access: { anyone: 'a test' },
      summary: name,
      handle: async () => reply,
    }),
  );
  room.http.mount(routes);
  const others = ['/sample', '/sample?wide=1&nav=1', '/breaks', '/store-down', '/nowhere', '/api/docs'];
  const paths = [...Object.keys(samples).map((name) => `/samples/${name}`), ...others];
  let server: Awaited<ReturnType<typeof room.http.listen>>;

  beforeAll(async () => {
    server = await room.http.listen({ host: '127.0.0.1', port: 0 });
  });
  afterAll(() => server.close({ graceMs: 1_000 }));

  it.each(['zh-CN', 'en'])('can be used by everybody (%s)', async (language) => {
    const urls = paths.map((path) => {
      const url = new URL(path, `http://localhost:${server.port}`);
      url.searchParams.set('lang', language);
      return url.href;
    });
    expect(await inspect(urls)).toEqual([]);
  });

  it('print signs and the mark of the house in dark ink, and no field for the next licence', async () => {
    const tab = await (await browser.context()).newPage();
    await tab.emulateMedia({ media: 'print' });
    for (const name of ['valid', 'not-valid', 'cannot-tell']) {
      await tab.goto(`http://localhost:${server.port}/samples/verification-${name}`);
      // Printers get no backgrounds: what is white on one would be pale grey on the paper.
      const looks = await tab
        .locator('.brand-mark, .verdict-sign')
        .evaluateAll((marks) =>
          marks.map((mark) => [getComputedStyle(mark).color, getComputedStyle(mark).borderStyle]),
        );
      expect(looks).toEqual([
        ['rgb(0, 0, 0)', 'solid'],
        ['rgb(0, 0, 0)', 'solid'],
      ]);
      expect(await tab.locator('#entry').isVisible()).toBe(false);
    }
    await tab.context().close();
  });
});

describe('pages of the demo sites', () => {
  const pages = demoPages();
  let server: LocalServer;

  beforeAll(async () => {
    server = await startLocalServer((request, response) => {
      const isStyle = request.url === '/style.css';
      response.setHeader('content-type', isStyle ? 'text/css' : 'text/html; charset=utf-8');
      response.end(isStyle ? readFileSync('scripts/demo/site/style.css') : pages.get(request.url ?? ''));
    });
  });
  afterAll(() => server.close());

  it('write days as the service does', () => {
    expect(pages.get('/hall/en/ready')).toContain('22 November 2026 at ');
    expect(pages.get('/hall/zh/ready')).toContain('2026年11月22日 ');
  });

  it('can be used by everybody', async () => {
    expect(await inspect([...pages.keys()].map((path) => `${server.url}${path}`))).toEqual([]);
  });
});

describe('pages of the simulators', () => {
  let registers: TestRegisters;

  beforeAll(async () => {
    registers = await startTestRegisters();
  });
  afterAll(() => registers.close());

  it('can be used by everybody', async () => {
    await fetch(`${registers.smsUrl}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ phone_number: '+8613800001812', text: '验证码 123456', reference: 'r1' }),
    });
    expect(await inspect(['/inbox', '/control'].map((path) => `${registers.url}${path}`))).toEqual([]);
  });
});
