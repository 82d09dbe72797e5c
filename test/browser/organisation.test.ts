import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { organisations, personas } from '../../scripts/demo/personas.ts';
import { axe, openBrowser } from '../support/browser.ts';
import { startWorld, type World } from '../support/world.ts';

jest.setTimeout(120_000);

let world: World;
let browser: Awaited<ReturnType<typeof openBrowser>>;

beforeAll(async () => {
  [world, browser] = await Promise.all([startWorld(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

const representative = personas.find(({ id }) => id === 'representative');
const [company] = organisations;
const name = company?.name ?? '';

async function logInOnTab(page: Page, creditCode: string): Promise<void> {
  await page.goto(world.hall);
  await page.click('#login');
  await page.click('nav.tabs a[href*="tab=organisation"]');
  await page.fill('#organisation', creditCode);
  await page.fill('#identifier', representative?.identifiers.phone ?? '');
  await page.fill('#password', representative?.password ?? '');
  expect(await axe(page)).toEqual([]);
  await page.click('#submit');
}

describe('a legal representative in a browser', () => {
  it('acts for the company at both sites, switches back in the account, and each site sees the same', async () => {
    const page = await (await browser.context({ viewport: { width: 360, height: 800 } })).newPage();
    await logInOnTab(page, company?.creditCode ?? '');
    expect(await page.locator('.acting').textContent()).toContain(name);
    await page.click('#allow');
    await page.waitForURL(`${world.hall}/`);
    expect(await page.locator('#acting').textContent()).toContain(name);
    await page.goto(world.health);
    await page.click('#login');
    await page.click('#allow');
    await page.waitForURL(`${world.health}/`);

    await page.goto(`${world.service}/account/organisations`);
    expect(await page.locator('#acting-now').textContent()).toContain(name);
    expect(await axe(page)).toEqual([]);
    await page.click('#act-self');
    expect(await page.locator('.acting').count()).toBe(0);
    await expect(outOf(page, world.hall)).resolves.toBe(true);
    await page.goto(world.hall);
    await page.click('#login');
    await page.click('#allow');
    await page.waitForURL(`${world.hall}/`);
    expect(await page.locator('#acting').count()).toBe(0);
    expect(await page.locator('#who').textContent()).toBe(representative?.name);
  });

  it('acts for the company from its tab in the wallet on, and a link to what is held otherwise offers the switch', async () => {
    const page = await (await browser.context({ viewport: { width: 360, height: 800 } })).newPage();
    const look = async () => {
      for (const lang of ['en', 'zh-CN']) {
        await page.goto(`${page.url().split('?')[0]}?lang=${lang}`);
        expect(await axe(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
      }
    };
    const banners = () => page.locator('.acting').allTextContents();
    await page.goto(`${world.service}/wallet`);
    await page.fill('#identifier', representative?.identifiers.phone ?? '');
    await page.fill('#password', representative?.password ?? '');
    await page.click('#submit');
    await page.waitForURL(`${world.service}/wallet`);
    expect(await banners()).toEqual([]);
    await look();
    await page.click('.tabs button');
    expect(await banners()).toEqual([expect.stringContaining(name)]);
    await look();
    const licence = await page.locator('.licence-card h2 a').first().getAttribute('href');
    await page.click('.tabs button');
    expect(await banners()).toEqual([]);
    await page.goto(`${world.service}${licence}`);
    expect(await page.locator('h1').textContent()).toBe(`这是「${name}」的证照`);
    await look();
    await page.click('main .buttons button');
    expect(page.url()).toBe(`${world.service}${licence}`);
    expect(await banners()).toEqual([expect.stringContaining(name)]);
    expect(await page.locator('.licence-card').count()).toBe(1);
  });

  it('is told in words why a company cannot be acted for, and goes on', async () => {
    const page = await (await browser.context()).newPage();
    await logInOnTab(page, organisations.find(({ standing }) => standing === 'struck_off')?.creditCode ?? '');
    expect(await page.locator('.notice').textContent()).toContain('已注销或被吊销');
    expect(await axe(page)).toEqual([]);
    await page.check('input[name=choice]:not([value=self])');
    await page.click('#submit');
    await page.waitForURL(/localhost/);
    expect(await page.locator('.acting, #acting').first().textContent()).toContain(name);
  });
});

/** Whether the site has heard of the change; it is told by the back channel, soon, not at once. */
async function outOf(page: Page, site: string): Promise<boolean> {
  for (let tries = 0; tries < 100; tries += 1) {
    await page.goto(site);
    if ((await page.locator('#login').count()) > 0) return true;
    await page.waitForTimeout(100);
  }
  return false;
}
