import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AxeResults, RunOptions } from 'axe-core';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';

/** Debian's Chromium, headless, with a profile of its own. Close it with `close`. */
export async function openBrowser(): Promise<{
  context(options?: BrowserContextOptions): Promise<BrowserContext>;
  close(): Promise<void>;
}> {
  const browser: Browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return {
    context: (options = {}) => browser.newContext({ locale: 'zh-CN', reducedMotion: 'reduce', ...options }),
    close: () => browser.close(),
  };
}

/** Gives the page a virtual platform authenticator with user verification, over the DevTools protocol. */
export async function addAuthenticator(page: Page): Promise<{ remove(): Promise<void> }> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    async remove() {
      await devtools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
    },
  };
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds against WCAG 2.2 AA, or against some rules only, one line a violation; empty when the page is fine. */
export async function axe(page: Page, rules?: string[]): Promise<string[]> {
  const isThere = await page.evaluate(() => 'axe' in globalThis);
  // Through the debugger, so that the page's own policy stays as strict as it is.
  if (!isThere) await page.evaluate(axeSource);
  return page.evaluate(
    async (only) => {
      const { axe: engine } = globalThis as unknown as {
        axe: { run(on: Document, options: RunOptions): Promise<AxeResults> };
      };
      const { violations } = await engine.run(document, {
        resultTypes: ['violations'],
        runOnly: only,
      });
      return violations.map(
        ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(' ')).join(', ')})`,
      );
    },
    rules ? { type: 'rule' as const, values: rules } : { type: 'tag' as const, values: standards },
  );
}

/** A folder that disappears with the test. */
export async function temporaryFolder(prefix: string): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), `tongxing-${prefix}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
