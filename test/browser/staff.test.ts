import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { createTestApp, type TestApp } from '../support/app.ts';
import { definingAuthority } from '../support/authority.ts';
import { addAuthenticator, axe, openBrowser } from '../support/browser.ts';
import { putAuthority } from '../support/staff.ts';

let app: TestApp;
let browser: Awaited<ReturnType<typeof openBrowser>>;

beforeAll(async () => {
  [app, browser] = await Promise.all([createTestApp(), openBrowser()]);
  await putAuthority(app);
});
afterAll(async () => {
  await browser?.close();
  await app?.close();
});

const heading = (page: Page) => page.locator('h1').textContent();

/** A browser of its own with a platform authenticator. */
async function openDesk(): Promise<Page> {
  const context = await browser.context({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await addAuthenticator(page);
  return page;
}

/** Uses an invitation and logs in with the passkey that was just set up. */
async function join(page: Page, link: string): Promise<void> {
  await page.goto(link);
  expect(await heading(page)).toBe('开通工作人员账号');
  expect(await axe(page)).toEqual([]);
  await page.click('#submit');
  await page.waitForSelector('#login');
  expect(await heading(page)).toBe('账号已开通');
  // The login page offers the passkey by itself, and the virtual authenticator takes the offer.
  await page.click('#login');
  await page.waitForURL(`${app.issuer}/admin`);
  expect(await heading(page)).toBe('工作台');
}

describe('a member of staff in a real browser', () => {
  it('joins by invitation with a passkey and invites the next one, on pages without a fault for axe', async () => {
    const invited = await app.service.identity.staff.invite({
      name: '示例安全员',
      duties: [{ role: 'security-administrator', authorityCode: definingAuthority.code }],
      by: 'operator',
    });
    if (invited.outcome !== 'invited') throw new Error(invited.outcome);
    const first = await openDesk();
    await join(first, `${app.issuer}/invitation/${invited.token}`);
    expect(await axe(first)).toEqual([]);
    await first.click('a[href="/admin/staff"]');
    expect(await axe(first)).toEqual([]);
    await first.click('#invite');
    await first.fill('#name', '示例审计员');
    await first.selectOption('#role', 'audit-administrator');
    await first.selectOption('#authority', definingAuthority.code);
    expect(await axe(first)).toEqual([]);
    await first.click('#submit');
    const link = (await first.locator('#link').textContent()) ?? '';
    expect(await axe(first)).toEqual([]);

    const second = await openDesk();
    await join(second, link);
    await second.click('a[href="/admin/audit"]');
    expect(await second.locator('.list').first().textContent()).toContain('identity.staff.joined');
    expect(await axe(second)).toEqual([]);
    await second.click('#check-log');
    expect(await second.locator('.notice-valid').textContent()).toContain('日志完整');

    await first.goto(`${app.issuer}/admin/staff`);
    await first.click('text=示例审计员');
    expect(await axe(first)).toEqual([]);
    await first.click('#disable');
    expect(await axe(first)).toEqual([]);
    await first.check('#confirm');
    await first.click('#submit');
    expect(await first.locator('.notice-valid').textContent()).toContain('账号已停用');
    await second.reload();
    expect(second.url()).toContain('/interaction/');
  }, 120_000);

  it('meets a page without script that says what is missing, and keeps the invitation', async () => {
    const invited = await app.service.identity.staff.invite({
      name: '示例系统员',
      duties: [{ role: 'system-administrator', authorityCode: definingAuthority.code }],
      by: 'operator',
      isEmergency: true,
    });
    const link = `${app.issuer}/invitation/${invited.outcome === 'invited' ? invited.token : ''}`;
    const context = await browser.context({ javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(link);
    expect(await plain.locator('[data-noscript]').isVisible()).toBe(true);
    expect(await plain.locator('#submit').isVisible()).toBe(false);
    const page = await openDesk();
    await join(page, link);
    await page.click('a[href="/admin/authorities"]');
    expect(await axe(page)).toEqual([]);
    await page.click('#new');
    expect(await axe(page)).toEqual([]);
    await page.click('#submit');
    expect(page.url()).toBe(`${app.issuer}/admin/authorities/new`);
  }, 120_000);
});
