import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { organisations, personas } from '../../scripts/demo/personas.ts';
import { addAuthenticator, axe, openBrowser } from '../support/browser.ts';
import { startWorld, type World } from '../support/world.ts';

jest.setTimeout(180_000);

let world: World;
let browser: Awaited<ReturnType<typeof openBrowser>>;

beforeAll(async () => {
  [world, browser] = await Promise.all([startWorld(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

const personaOf = (id: string) => personas.find((one) => one.id === id);
const [company] = organisations;

/** A browser window of its own. */
async function open(width: number): Promise<Page> {
  const context = await browser.context({ viewport: { width, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  return page;
}

/** A member of staff who has just enrolled a passkey by the link that the start prints. */
async function openStaff(id: string): Promise<Page> {
  const page = await open(1280);
  await addAuthenticator(page);
  await page.goto(world.staff.find((one) => one.id === id)?.link ?? '');
  await page.click('#submit');
  await page.click('#login');
  await page.waitForURL(`${world.service}/admin`);
  return page;
}

async function logIn(page: Page, id: string): Promise<void> {
  await page.fill('#identifier', personaOf(id)?.identifiers.phone ?? '');
  await page.fill('#password', personaOf(id)?.password ?? '');
  await page.click('#submit');
}

async function fillIn(page: Page): Promise<void> {
  await page.fill('#premises', '示例市样板区演示街道虚构路8号');
  await page.check('input[value="餐饮服务经营者"]');
  await page.fill('#items', '热食类食品制售');
  await page.click('#submit');
}

/** Nothing is wider than the screen, and axe finds nothing. */
async function expectFine(page: Page): Promise<void> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  expect(await axe(page)).toEqual([]);
}

const stage = (page: Page) => page.locator('#stage').getAttribute('data-stage');
const textOf = (page: Page) => page.getByRole('main').textContent();

/** Everything that a site keeps in its case files, as one text. */
const caseFiles = (site: string): string =>
  readdirSync(`${world.folder}/${site}-cases`)
    .map((name) => readFileSync(`${world.folder}/${site}-cases/${name}`, 'utf8'))
    .join('');

describe('an application for a food business licence at the hall', () => {
  let page: Page;
  let clerk: Page;
  let address: string;

  it('asks nobody who came as a person, and takes no upload', async () => {
    page = await open(360);
    await page.goto(`${world.hall}/food-licence`);
    expect(await page.locator('form').count()).toBe(0);
    await page.click('#login');
    await page.click('nav.tabs a[href*="tab=organisation"]');
    await page.fill('#organisation', company?.creditCode ?? '');
    await logIn(page, 'representative');
    await page.click('#allow');
    await page.waitForURL(`${world.hall}/food-licence`);
    expect(await page.locator('#acting').textContent()).toContain(company?.name);
    expect(await page.locator('input[type=file]').count()).toBe(0);
  });

  it('waits while the company does not consent, and goes on when it does', async () => {
    await page.click('#submit');
    expect(await page.locator('.fault').count()).toBe(3);
    await fillIn(page);
    expect(await textOf(page)).toContain('食品经营许可新办');
    // What the hall would learn stands there with the company's own values.
    const told = await page.locator('.told').allInnerTexts();
    expect(told.join()).toMatch(/法定代表人[\s\S]*住所[\s\S]*经营范围是否含食品\s*是/);
    expect(told.join()).toContain(personaOf('representative')?.name);
    await expectFine(page);
    // Nothing is ticked: to go on like this is to refuse.
    await page.click('#allow');
    await page.waitForURL(`${world.hall}/cases/*`);
    expect(await stage(page)).toBe('consent');
    address = page.url();

    // Whoever refuses in so many words is back at the case as well, and still logged in.
    await page.click('#consent');
    await page.click('#deny');
    await page.waitForURL(address);
    expect(await stage(page)).toBe('consent');

    await page.click('#consent');
    await page.check('input[type=checkbox]');
    await page.click('#allow');
    await page.waitForURL(address);
    expect(await stage(page)).toBe('review');
    expect(await page.locator('.verdict-valid').textContent()).toContain('有效');
    expect(await textOf(page)).toContain(personaOf('representative')?.name);
  });

  it('leaves a receipt in the case file and no paper', async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('a[download]')]);
    const receipt = readFileSync(await download.path(), 'utf8');
    const claims = JSON.parse(Buffer.from(receipt.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ conclusion: 'valid', case_number: address.split('/').at(-1) });
    const kept = caseFiles('hall');
    expect(kept).toContain(receipt);
    // What the matter may not learn is nowhere: neither the capital nor the scope, nor a file.
    expect(kept).not.toMatch(/壹佰万元|示例餐饮服务|%PDF/);
  });

  it('is nobody else’s to read', async () => {
    const other = await open(1280);
    await other.goto(`${world.hall}/login?level=2`);
    await logIn(other, 'resident-2');
    await other.click('#allow');
    await other.waitForURL(`${world.hall}/`);
    expect((await other.goto(address))?.status()).toBe(404);
    await other.goto(`${world.hall}/desk`);
    expect(await other.locator('#login').count()).toBe(1);
    await other.goto(`${world.hall}/desk/login`);
    expect(other.url()).toContain(world.service);
  });

  it('is approved by a clerk with a passkey, and the new licence lies in the company’s wallet', async () => {
    clerk = await openStaff('clerk');
    await clerk.goto(`${world.hall}/desk`);
    await clerk.click('#login');
    await clerk.click('#allow');
    await clerk.waitForURL(`${world.hall}/desk`);
    await clerk.click('.services a');
    await expectFine(clerk);
    await clerk.click('#approve');
    expect(await stage(clerk)).toBe('issued');
    const number = (await clerk.locator('#licence').textContent()) ?? '';
    expect(number).toMatch(/^JY\d{14}$/);

    await page.goto(address);
    expect(await stage(page)).toBe('issued');
    await page.click('#wallet');
    await page.getByRole('link', { name: '食品经营许可证', exact: true }).click();
    expect(await textOf(page)).toContain('示例市样板区演示街道虚构路8号');
    const [file] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
    expect(
      readFileSync(await file.path())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
    await page.goto(`${world.service}/wallet`);
    await page.getByRole('link', { name: '营业执照', exact: true }).click();
    expect(await textOf(page)).toMatch(/政务服务大厅[\s\S]*食品经营许可新办/);
  });

  it('is not approved once the company has withdrawn, and once only when it consents again', async () => {
    await page.goto(`${world.hall}/food-licence`);
    await fillIn(page);
    await page.check('input[type=checkbox]');
    await page.click('#allow');
    await page.waitForURL(`${world.hall}/cases/*`);
    const second = page.url();
    const approval = `${second.replace('/cases', '/desk/cases')}/approve`;
    await page.goto(`${world.service}/wallet/shares`);
    await page
      .locator('li', { hasText: second.split('/').at(-1) ?? '' })
      .getByRole('button')
      .click();

    await clerk.request.post(approval);
    await page.goto(second);
    expect(await stage(page)).toBe('unclear');
    expect(await page.locator('.verdict-cannot_tell').count()).toBe(1);
    await clerk.goto(second.replace('/cases', '/desk/cases'));
    expect(await clerk.locator('#stage').textContent()).toMatch(/撤回了授权[\s\S]*重新授权/);
    await page.click('#consent');
    await page.check('input[type=checkbox]');
    await page.click('#allow');
    await page.waitForURL(second);
    await Promise.all([clerk.request.post(approval), clerk.request.post(approval)]);
    await page.reload();
    expect(await stage(page)).toBe('issued');
    await page.click('#wallet');
    expect(await page.getByRole('link', { name: '食品经营许可证', exact: true }).count()).toBe(2);
  });

  it('is returned with words that the company reads, and applied for anew with what was filled in', async () => {
    await page.goto(`${world.hall}/food-licence`);
    await fillIn(page);
    await page.check('input[type=checkbox]');
    await page.click('#allow');
    await page.waitForURL(`${world.hall}/cases/*`);
    const third = page.url();
    await clerk.goto(third.replace('/cases', '/desk/cases'));
    await clerk.click('#return');
    expect(await clerk.locator('#words-fault').textContent()).toContain('请写明退回意见');
    await clerk.fill('#words', '经营场所请写到门牌号。');
    await clerk.click('#return');
    expect([await stage(clerk), await clerk.locator('#approve, #return').count()]).toEqual(['returned', 0]);
    await clerk.request.post(`${third.replace('/cases', '/desk/cases')}/approve`);

    await page.goto(third);
    expect(await stage(page)).toBe('returned');
    expect(await page.locator('#words').textContent()).toBe('经营场所请写到门牌号。');
    await page.click('#again');
    expect(await page.locator('#premises').inputValue()).toBe('示例市样板区演示街道虚构路8号');
    await page.goto(third);
    await page.getByRole('link', { name: '返回我的申请' }).click();
    expect(await page.locator('#mine').count()).toBe(1);
  });

  it('gives back nothing that was issued', async () => {
    const form = { words: '太晚了' };
    await clerk.request.post(`${address.replace('/cases', '/desk/cases')}/return`, { form });
    await page.goto(address);
    expect(await stage(page)).toBe('issued');
  });

  it('is closed to staff of other desks', async () => {
    const keeper = await openStaff('seal-keeper');
    await keeper.goto(`${world.hall}/desk/login`);
    await keeper.click('#allow');
    await keeper.waitForURL(`${world.hall}/desk`);
    expect(await keeper.locator('[role=alert]').textContent()).toContain('没有这个窗口的职责');
    expect((await keeper.goto(address.replace('/cases', '/desk/cases')))?.status()).toBe(403);
  });
});

describe('a residence permit at the counter of health insurance', () => {
  it('is shown by desk code, and the site keeps the receipt that the counter gave', async () => {
    const clerk = await openStaff('approver');
    await clerk.goto(`${world.health}/desk/login`);
    await clerk.click('#allow');
    await clerk.waitForURL(`${world.health}/desk`);
    await clerk.click('#open');
    const number = (await clerk.locator('#case').textContent()) ?? '';
    const [counter] = await Promise.all([clerk.context().waitForEvent('page'), clerk.click('#counter')]);
    expect(await counter.getByLabel('办件编号').inputValue()).toBe(number);
    await counter.click('#submit');
    const digits = ((await counter.locator('.desk-code [aria-hidden]').textContent()) ?? '').replace(
      /\D/g,
      '',
    );

    expect(digits).toHaveLength(6);
    const holder = await open(360);
    await holder.goto(`${world.service}/wallet/desk`);
    await logIn(holder, 'resident-2');
    await holder.fill('#code', digits);
    await holder.click('#submit');
    expect(await textOf(holder)).toMatch(/示例市医疗保障局[\s\S]*异地就医备案/);
    await holder.check('input[type=radio]');
    await holder.click('#confirm');

    // The counter's page notices by itself.
    await counter.waitForURL(/\/verify\/results\//);
    expect(await textOf(counter)).toContain('王示例');
    // The next licence of the same case is scanned right here.
    expect(await counter.evaluate(() => document.activeElement?.id)).toBe('entry');
    const next = await counter.context().newPage();
    await next.goto(counter.url());
    await next.fill('#entry', 'NO-SUCH-NUMBER');
    await next.press('#entry', 'Enter');
    await next.waitForURL((url) => url.pathname.startsWith('/verify/results/') && url.href !== counter.url());
    expect(await textOf(next)).toContain(number);
    const [download] = await Promise.all([counter.waitForEvent('download'), counter.click('a[download]')]);
    const receipt = readFileSync(await download.path());

    const put = async (content: Buffer): Promise<void> => {
      await clerk.setInputFiles('#receipt', {
        name: 'receipt.jws',
        mimeType: 'application/jose',
        buffer: content,
      });
      await clerk.click('#submit');
    };
    const changed = Buffer.from(receipt);
    changed.writeUInt8(changed.readUInt8(200) === 65 ? 66 : 65, 200);
    await put(changed);
    expect(await clerk.locator('#fault').textContent()).toContain('被改动过');
    await put(receipt);
    expect(await clerk.locator('.verdict-valid').textContent()).toContain('有效');
    expect(caseFiles('health')).toContain(receipt.toString());
    expect(caseFiles('health')).not.toMatch(/%PDF|虚构路/);
    // The case says what the receipt says, and gives it again.
    const { jti } = JSON.parse(Buffer.from(receipt.toString().split('.')[1] ?? '', 'base64url').toString());
    expect(await textOf(clerk)).toMatch(new RegExp(`${jti}[\\s\\S]*核对居住证[\\s\\S]*通过 \\d+ 项`));
    const [kept] = await Promise.all([clerk.waitForEvent('download'), clerk.click('a[download]')]);
    expect(readFileSync(await kept.path())).toEqual(receipt);

    await clerk.goto(`${world.health}/desk`);
    await clerk.click('#open');
    await put(receipt);
    expect(await clerk.locator('#fault').textContent()).toContain('不是为这个办件');
  });
});
