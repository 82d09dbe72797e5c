import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { personas } from '../../scripts/demo/personas.ts';
import { addAuthenticator, openBrowser } from '../support/browser.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let browser: Awaited<ReturnType<typeof openBrowser>>;

beforeAll(async () => {
  [world, browser] = await Promise.all([startWorld(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

const personaOf = (id: string) => {
  const persona = personas.find((one) => one.id === id);
  if (!persona) throw new Error(`nobody in the demo is called ${id}`);
  return persona;
};
const heading = (page: Page) => page.locator('h1').textContent();
const level = (page: Page) => page.locator('#level').textContent();
const password = 'violet-harbour-1887';

/** Registers somebody from the hall, with a password, and comes back to the hall. */
async function registerAt(page: Page, persona: ReturnType<typeof personaOf>): Promise<void> {
  const { name, identifiers } = persona;
  const phone = world.phone(identifiers.phone);
  await page.goto(world.hall);
  await page.click('#register');
  await page.fill('#name', name);
  await page.fill('#idNumber', identifiers.id_number);
  await page.check('#agree');
  await page.click('#submit');
  await page.fill('#phoneNumber', identifiers.phone);
  await page.click('#submit');
  await page.fill('#code', await phone.nextCode());
  await page.click('#submit');
  await page.fill('#password', password);
  await page.fill('#password2', password);
  await page.click('#submit');
  expect(await heading(page)).toBe('政务服务大厅想使用您的信息');
  await page.click('#allow');
  await page.waitForURL(`${world.hall}/`);
  expect(await heading(page)).toBe(name);
}

async function logOutAt(page: Page, site: string): Promise<void> {
  await page.goto(site);
  await page.click('#logout');
  await page.click('#logout-yes');
  await page.waitForURL(`${site}/?said=bye`);
}

/** Entering the second site in a live session asks whether it may know, and for nothing secret. */
async function enterHealth(page: Page): Promise<void> {
  await page.goto(world.health);
  await page.click('#login');
  expect(await heading(page)).toBe('医疗保障服务平台想使用您的信息');
  expect(await page.locator('input[type=password], #identifier, #code').count()).toBe(0);
  await page.click('#allow');
  await page.waitForURL(`${world.health}/`);
}

/** The operator was away at the registration; now it is asked in the middle of an errand that needs level 2. */
async function stepUpAtHealth(page: Page): Promise<void> {
  expect(await level(page)).toBe('L1');
  await world.disturb('telecom', 'normal');
  await page.click('.services a[href$="level=2"]');
  expect(await heading(page)).toBe('核对手机号后继续');
  await page.click('#submit');
  await page.waitForURL(`${world.health}/`);
  expect(await level(page)).toBe('L2');
}

/** A site learns by the back channel that somebody left: soon, not at once. */
async function waitUntilOut(page: Page, site: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    await page.goto(site);
    if ((await page.locator('#login').count()) === 1) return;
    await page.waitForTimeout(100);
  }
  throw new Error(`still logged in at ${site}`);
}

/** Makes a passkey on the account page, in the same browser. */
async function addPasskey(page: Page): Promise<void> {
  await page.goto(`${world.service}/account/methods`);
  await page.click('#add-passkey');
  await page.fill('#name', '演示钥匙');
  await page.click('#submit');
  await page.locator('.list').getByText('演示钥匙').waitFor();
}

describe.each([
  { title: 'by passkey', id: 'newcomer', javaScriptEnabled: true },
  { title: 'by password and without JavaScript', id: 'newcomer-permit', javaScriptEnabled: false },
])('one login opens two sites $title', ({ id, javaScriptEnabled }) => {
  const persona = personaOf(id);
  let context: BrowserContext;
  let page: Page;
  let authenticator: { remove(): Promise<void> } | undefined;

  beforeAll(async () => {
    context = await browser.context({ javaScriptEnabled });
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
    if (javaScriptEnabled) authenticator = await addAuthenticator(page);
  });
  afterAll(() => context?.close());

  it('after a registration with a code from the phone, while the operator does not answer', async () => {
    await world.disturb('telecom', 'no-answer');
    await registerAt(page, persona);
    expect(await level(page)).toBe('L1');
    expect(await page.locator('#claims').textContent()).toContain(persona.identifiers.id_number);
    if (javaScriptEnabled) await addPasskey(page);
    await logOutAt(page, world.hall);
  });

  it('at the first site', async () => {
    await page.goto(world.hall);
    await page.click('#login');
    if (!javaScriptEnabled) {
      expect(await page.locator('#passkey').isVisible()).toBe(false);
      await page.fill('#identifier', persona.identifiers.phone);
      await page.fill('#password', password);
      await page.click('#submit');
    }
    // The browser offers the passkey at the field and the virtual authenticator takes the offer: nothing is typed or pressed.
    await page.waitForURL(`${world.hall}/`);
    expect(await page.locator('#who').textContent()).toBe(persona.name);
    expect(await page.locator('#amr').textContent()).toBe(javaScriptEnabled ? 'pop,user,mfa' : 'pwd');
  });

  it('at the second site without another login, and at a higher level once the operator has answered', async () => {
    await enterHealth(page);
    expect(await page.locator('#who').textContent()).toBe(persona.name);
    await stepUpAtHealth(page);
  });

  it('until a logout at one site ends it at both', async () => {
    await logOutAt(page, world.hall);
    await waitUntilOut(page, world.health);
    // It would answer the login page's offer at once, and the page be gone before anybody looked.
    await authenticator?.remove();
    await page.click('#login');
    expect(await heading(page)).toBe('登录');
  });
});
