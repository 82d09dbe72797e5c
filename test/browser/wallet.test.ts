import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import jsqr from 'jsqr';
import type { Page } from 'playwright-core';
import type { Licence } from '../../src/licences/index.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { addAuthenticator, axe, openBrowser } from '../support/browser.ts';
import { issueLicence, testAuthority, typeCodeOf } from '../support/licences.ts';
import { zhao } from '../support/people.ts';
import { createDemoSeals } from '../support/seals.ts';

const password = 'lantern over the river';

let app: TestApp;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let card: Licence;
let holder: Page;
let counter: Page;

beforeAll(async () => {
  [app, browser] = await Promise.all([createTestApp(), openBrowser()]);
  const { licences, identity, verification } = app.service;
  const type = typeCodeOf('social-security-card');
  await createDemoSeals(app, [{ code: testAuthority, issues: [type] }]);
  card = await issueLicence(licences, 'social-security-card', {}, 'now');
  await app.enrol(zhao, { password });
  await verification.serviceItems.put({
    service_items: [
      {
        ...{ code: 'medical-away', name: { zh: '异地就医备案', en: 'Treatment away from home' } },
        ...{ clients: ['none'], authorities: [testAuthority] },
        types: [{ type, learns: [{ field: 'holder_name', masked: true }] }],
      },
    ],
  });
  const invited = await identity.staff.invite({
    name: '示例核验员',
    duties: [{ role: 'approver', authorityCode: testAuthority }],
    by: 'operator',
    isEmergency: true,
  });
  if (invited.outcome !== 'invited') throw new Error(invited.outcome);
  [holder, counter] = await Promise.all([openHolder(), openCounter(invited.token)]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await app?.close();
});

/** The holder's phone, in the wallet. */
async function openHolder(): Promise<Page> {
  const context = await browser.context({ viewport: { width: 360, height: 780 } });
  const page = await context.newPage();
  await page.goto(`${app.issuer}/wallet`);
  await page.fill('#identifier', zhao.idNumber);
  await page.fill('#password', password);
  await page.click('#submit');
  await page.waitForURL(`${app.issuer}/wallet`);
  return page;
}

/** The counter's screen, on a matter. */
async function openCounter(invitation: string): Promise<Page> {
  const context = await browser.context({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await addAuthenticator(page);
  await page.goto(`${app.issuer}/invitation/${invitation}`);
  await page.click('#submit');
  await page.click('#login');
  await page.waitForURL(`${app.issuer}/admin`);
  await page.goto(`${app.issuer}/verify`);
  await page.fill('#case_number', 'YB-2026-0008');
  await page.fill('#purpose', '异地就医备案');
  await page.click('#submit');
  await page.waitForSelector('.desk-code');
  return page;
}

const heading = (page: Page) => page.locator('h1').textContent();

/** What a scanner reads from the screen: the picture as pixels, and a decoder that is not ours. */
async function scan(page: Page): Promise<string> {
  const png = (await page.locator('.qr').screenshot()).toString('base64');
  const blank = await page.context().newPage();
  const { width, height, reds } = await blank.evaluate(async (data) => {
    const picture = new Image();
    picture.src = `data:image/png;base64,${data}`;
    await picture.decode();
    const { naturalWidth: width, naturalHeight: height } = picture;
    const drawing = new OffscreenCanvas(width, height).getContext('2d');
    drawing?.drawImage(picture, 0, 0);
    const pixels = drawing?.getImageData(0, 0, width, height).data ?? [];
    let reds = '';
    for (let at = 0; at < pixels.length; at += 4) reds += String.fromCharCode(pixels[at] ?? 0);
    return { width, height, reds };
  }, png);
  await blank.close();
  const greys = Uint8ClampedArray.from([...reds].flatMap((red) => Array(4).fill(red.charCodeAt(0))));
  const found = jsqr.default(greys, width, height);
  if (!found) throw new Error('no QR code could be read from the screen');
  return found.data;
}

/** Types or scans at the counter and answers the verdict. */
async function verifyAtCounter(text: string): Promise<string | null> {
  await counter.fill('#entry', text);
  await counter.click('#submit');
  const verdict = await counter.locator('.verdict h1').textContent();
  return verdict;
}

describe('between a phone and a counter', () => {
  it('a code is read from the screen, verified once, and the holder sees who used it and why', async () => {
    const work = counter.url();
    expect(await axe(holder)).toEqual([]);
    await holder.click('.licence-card-foot a');
    await holder.waitForSelector('.qr svg');
    expect(await axe(holder)).toEqual([]);
    expect(await holder.locator('[data-left]').textContent()).toMatch(/^\d+$/);
    const code = await scan(holder);
    expect(code).toMatch(/^TXS[0-9A-Z]{26}$/);
    expect(await verifyAtCounter(code)).toBe('有效');
    await counter.goto(work);
    // The phone notices by itself.
    await holder.waitForSelector('#shown[data-state=used]', { timeout: 15_000 });
    expect(await holder.locator('.qr').count()).toBe(0);
    expect(await holder.locator('#shown').textContent()).toMatch(
      /已核验[\s\S]*核验有效[\s\S]*异地就医备案[\s\S]*YB-2026-0008/,
    );
    expect(await axe(holder)).toEqual([]);
    // A picture of the screen, shown again.
    expect(await verifyAtCounter(code)).not.toBe('有效');
    await counter.goto(work);

    await holder.goto(`${app.issuer}/wallet/${card.id}`);
    expect(await axe(holder)).toEqual([]);
    const uses = await holder.locator('section[aria-labelledby=uses]').textContent();
    expect(uses).toMatch(/扫码核验[\s\S]*异地就医备案，办件编号 YB-2026-0008[\s\S]*核验有效/);
  });

  it('six digits lead to the counter, the holder sees who asks and what they learn, and confirms', async () => {
    // Once for the eye, once for a screen reader.
    const shown = (await counter.locator('.desk-code').textContent())?.replaceAll(/\D/g, '') ?? '';
    const digits = shown.slice(0, 6);
    expect(digits).toMatch(/^\d{6}$/);
    await holder.goto(`${app.issuer}/wallet`);
    await holder.click('#desk');
    expect(await axe(holder)).toEqual([]);
    await holder.fill('#code', digits === '000001' ? '000002' : '000001');
    await holder.click('#submit');
    expect(await holder.locator('.error-summary').textContent()).toContain('没有找到这个窗口码');
    expect(await axe(holder)).toEqual([]);
    await holder.fill('#code', digits);
    await holder.click('#submit');
    expect(await heading(holder)).toContain('出示证照');
    expect(await holder.locator('main').textContent()).toMatch(
      /异地就医备案[\s\S]*YB-2026-0008[\s\S]*对方会知道/,
    );
    expect(await axe(holder)).toEqual([]);
    await holder.click('#confirm');
    expect(await heading(holder)).toBe('已经出示');
    // The counter's page notices by itself.
    await counter.waitForSelector('.verdict', { timeout: 15_000 });
    expect(await counter.locator('.verdict h1').textContent()).toBe('有效');
  });

  it('the sealed page is a picture: blurred while the page is masked, sharp once it is shown in full', async () => {
    const picture = () =>
      holder.locator('.sealed-page img').evaluate(async (element) => {
        const image = element as HTMLImageElement;
        await image.decode();
        return { size: new URL(image.currentSrc).searchParams.get('size'), isSeen: image.naturalWidth > 0 };
      });
    for (const [lang, width] of [
      ['zh-CN', 360],
      ['en', 1280],
    ] as const) {
      await holder.setViewportSize({ width, height: 800 });
      await holder.goto(`${app.issuer}/wallet/${card.id}?lang=${lang}`);
      expect(await picture()).toEqual({ size: 'blurred', isSeen: true });
      expect(await axe(holder)).toEqual([]);
      await holder.click('#reveal');
      await holder.waitForSelector('.sealed-page a');
      expect(await picture()).toEqual({ size: width < 480 ? 'small' : 'large', isSeen: true });
      expect(await axe(holder)).toEqual([]);
      expect(await holder.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    }
    await holder.click('.sealed-page a');
    await holder.waitForURL(/size=large$/);
    expect(await holder.locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(
      960,
    );
    await holder.setViewportSize({ width: 360, height: 780 });
    await holder.goto(`${app.issuer}/wallet?lang=zh-CN`);
  });

  it('an objection is written, and verifiers see it pending', async () => {
    await holder.goto(`${app.issuer}/wallet/${card.id}`);
    await holder.click('#object');
    expect(await axe(holder)).toEqual([]);
    await holder.fill('#text', '参保地写错了，应为样板区。');
    await holder.click('#submit');
    expect(await holder.locator('.notice-valid').textContent()).toContain('已经送到发证机关');
    expect(await holder.locator('.licence-card').textContent()).toContain('异议处理中');
    await holder.goto(`${app.issuer}/wallet/shares`);
    expect(await axe(holder)).toEqual([]);
  });

  it('every page keeps within 360 and 1280 pixels, in both languages and both colour schemes', async () => {
    const paths = ['', `/${card.id}`, `/${card.id}/show`, '/desk', '/shares'];
    for (const [lang, width, colorScheme] of [
      ['en', 360, 'dark'],
      ['zh-CN', 1280, 'light'],
      ['en', 1280, 'light'],
      ['zh-CN', 360, 'dark'],
    ] as const) {
      await holder.setViewportSize({ width, height: 800 });
      await holder.emulateMedia({ colorScheme });
      for (const path of paths) {
        await holder.goto(`${app.issuer}/wallet${path}?lang=${lang}`);
        const overflows = await holder.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        expect([path, lang, width, overflows]).toEqual([path, lang, width, false]);
        expect([path, lang, await axe(holder, ['color-contrast', 'html-has-lang'])]).toEqual([
          path,
          lang,
          [],
        ]);
      }
    }
  });
});
