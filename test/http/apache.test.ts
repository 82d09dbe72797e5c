import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { freePort } from '../../scripts/demo/processes.ts';
import { startApache } from '../support/apache.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { openBrowser, temporaryFolder } from '../support/browser.ts';
import { personAt } from '../support/people.ts';

const password = 'quiet-harbour-1880';
const person = personAt(7);
let app: TestApp;
let site: { url: string; stop(): Promise<void> };
let folder: { path: string; remove(): Promise<void> };
let browser: Awaited<ReturnType<typeof openBrowser>>;
let page: Page;

beforeAll(async () => {
  const port = await freePort();
  app = await createTestApp({ settings: { TONGXING_OUTBOUND_ALLOW: `localhost:${port}` } });
  await app.enrol(person, { password });
  folder = await temporaryFolder('apache');
  const origin = `http://localhost:${port}`;
  const client = await app.addClient({
    redirect_uris: [`${origin}/protected/callback`],
    post_logout_redirect_uris: [`${origin}/`],
    backchannel_logout_uri: `${origin}/protected/callback?logout=backchannel`,
  });
  site = await startApache({
    folder: folder.path,
    port,
    issuer: app.issuer,
    clientId: String(client.client_id),
    clientSecret: String(client.client_secret),
    scope: 'openid profile',
  });
  browser = await openBrowser();
  page = await (await browser.context()).newPage();
  page.setDefaultTimeout(20_000);
});
afterAll(async () => {
  await browser?.close();
  await site?.stop();
  await app?.close();
  await folder?.remove();
});

const heading = () => page.locator('h1').textContent();

describe('Apache with mod_auth_openidc', () => {
  it('lets somebody in who logged in here, and hands the claims to the page', async () => {
    await page.goto(`${site.url}/protected/`);
    expect(await heading()).toBe('登录');
    await page.fill('#identifier', person.idNumber);
    await page.fill('#password', password);
    await page.click('#submit');
    expect(await heading()).toBe('示例网站想使用您的信息');
    await page.click('#allow');
    await page.waitForURL(`${site.url}/protected/`);
    expect(await page.locator('body').textContent()).toMatch(
      new RegExp(`^subject=[\\w-]{22} acr=urn:tongxing:loa:2 name=${person.name}`),
    );
  });

  it('hears by the back channel when the person logs out elsewhere', async () => {
    await page.goto(`${app.issuer}/logout`);
    await page.click('#logout-yes');
    await page.waitForURL(`${app.issuer}/**`);
    for (let tries = 0; tries < 100 && !page.url().startsWith(`${app.issuer}/interaction/`); tries += 1) {
      await page.waitForTimeout(100);
      await page.goto(`${site.url}/protected/`);
    }
    expect(await heading()).toBe('登录');
  });

  it('logs the person out here when they log out there', async () => {
    await page.fill('#identifier', person.idNumber);
    await page.fill('#password', password);
    await page.click('#submit');
    await page.waitForURL(`${site.url}/protected/`);
    await page.goto(`${site.url}/protected/callback?logout=${encodeURIComponent(`${site.url}/`)}`);
    expect(await heading()).toBe('要退出登录吗');
    await page.click('#logout-yes');
    await page.waitForURL(`${site.url}/`);
    await page.goto(`${site.url}/protected/`);
    expect(await heading()).toBe('登录');
  });
});
