import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { createTestApp, type TestApp } from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { type LocalServer, startLocalServer } from '../support/local-server.ts';
import { personAt } from '../support/people.ts';
import { createRelyingParty, type RelyingParty } from '../support/relying-party.ts';

const person = personAt(7);
const password = 'lantern over the river';
const name = '示例表单网站';

let app: TestApp;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let site: LocalServer;
let party: RelyingParty;
/** Forms that arrived at the site. */
const arrived: Request[] = [];

beforeAll(async () => {
  [app, browser] = await Promise.all([createTestApp(), openBrowser()]);
  site = await startLocalServer(async (request, response) => {
    const body = await text(request);
    if (request.method === 'POST') {
      const headers = { 'content-type': request.headers['content-type'] ?? '' };
      arrived.push(new Request(`${site.url}${request.url}`, { method: 'POST', headers, body }));
    }
    response.setHeader('content-type', 'text/html; charset=utf-8').end('<h1>这里是网站</h1>');
  });
  await app.enrol(person, { password });
  const redirectUri = `${site.url}/callback`;
  const client = await app.addClient({ client_name: name, redirect_uris: [redirectUri] });
  const { client_id: clientId = '', client_secret: clientSecret = '' } = client;
  party = await createRelyingParty({
    ...{ issuer: app.issuer, clientId, clientSecret, redirectUri, algorithm: 'ES256' },
  });
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
  await app?.close();
});

const begin = () => party.begin({ response_mode: 'form_post', scope: 'openid profile' });

async function logIn(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.fill('#identifier', person.idNumber);
  await page.fill('#password', password);
  await page.click('#submit');
}

const subjectOf = async (attempt: Awaited<ReturnType<typeof begin>>): Promise<unknown> => {
  const form = arrived.pop();
  if (!form) throw new Error('no form has arrived at the site');
  return (await party.finish(attempt, form)).claims()?.sub;
};

describe('a site that takes its answer in a form', () => {
  it('lets people in by itself where scripts run, at once when they come back, and learns of a refusal', async () => {
    const page = await (await browser.context()).newPage();
    const first = await begin();
    await logIn(page, first.url);
    // Nobody asks twice: the refusal comes back in a form too.
    await page.click('#deny');
    await page.waitForURL(`${site.url}/callback`);
    expect(await arrived.pop()?.text()).toContain('error=access_denied');

    const second = await begin();
    await page.goto(second.url);
    await page.click('#allow');
    await page.waitForURL(`${site.url}/callback`);
    const subject = await subjectOf(second);
    expect(subject).toMatch(/^[\w-]{22,}$/);

    const third = await begin();
    await page.goto(third.url);
    await page.waitForURL(`${site.url}/callback`);
    expect(await subjectOf(third)).toBe(subject);
  });

  it('lets people in by a button where none do, and whoever goes back reads how to go on', async () => {
    const context = await browser.context({
      javaScriptEnabled: false,
      viewport: { width: 360, height: 780 },
    });
    const page = await context.newPage();
    const attempt = await begin();
    // The consent of before holds: after the login there is nothing left to ask.
    await logIn(page, attempt.url);
    expect(await page.locator('h1').textContent()).toBe('正在返回网站');
    expect(await page.locator('main').textContent()).toContain(name);
    expect(arrived).toEqual([]);
    await page.click('#return-continue');
    await page.waitForURL(`${site.url}/callback`);
    expect(await subjectOf(attempt)).toMatch(/^[\w-]{22,}$/);

    await page.goBack();
    expect(await page.locator('main').textContent()).toContain('请回到您要使用的网站，重新点击登录');
    expect(arrived).toEqual([]);
  });
});
