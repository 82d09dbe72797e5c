import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Licence } from '../../src/licences/index.ts';
import { verifyReceipt } from '../../src/receipts/index.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { issueLicence, testAuthority, typeCodeOf } from '../support/licences.ts';
import { faultsOf, heading, visit } from '../support/pages.ts';
import { zhao } from '../support/people.ts';
import type { Answer as PageAnswer, Visitor } from '../support/relying-party.ts';
import { createDemoSeals } from '../support/seals.ts';
import { createStaffMember, type TestStaff } from '../support/staff.ts';

const matter = {
  purpose: '食品经营许可新办',
  service_item_code: 'food-new',
  case_number: 'GY-2026-001877',
};
const businessNumber = '91520000MA0DEM005M';

let app: TestApp;
let business: Licence;
let card: Licence;
let holder: { accountId: string };
const tokens = new Map<string, string>();

async function system(client_id: string, scope = 'verifications:create'): Promise<void> {
  const metadata = { client_id, scope, grant_types: ['client_credentials'], redirect_uris: [] };
  const { client_secret } = await app.addClient({ ...metadata, client_name: `系统 ${client_id}` });
  const response = await fetch(`${app.issuer}/oidc/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource: `${app.issuer}/api` }),
  });
  tokens.set(client_id, ((await response.json()) as { access_token: string }).access_token);
}

interface Reply {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers and problems, each looked into by its own test
  body: any;
}

async function post(
  path: string,
  body: BodyInit,
  type: string | undefined,
  as: string,
  lang: string,
  key?: string,
): Promise<Reply> {
  const response = await fetch(app.issuer + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${tokens.get(as)}`,
      'accept-language': lang,
      ...(type !== undefined && { 'content-type': type }),
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    body,
  });
  return { status: response.status, body: await response.json() };
}

const ask = (
  question: Record<string, unknown>,
  { as = 'hall', lang = 'zh-CN', key }: { as?: string; lang?: string; key?: string } = {},
): Promise<Reply> =>
  post(
    '/api/v1/verifications',
    JSON.stringify({ ...matter, ...question }),
    'application/json',
    as,
    lang,
    key,
  );

function askFile(bytes: Uint8Array, fields: Record<string, string> = {}, as = 'hall'): Promise<Reply> {
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...matter, ...fields })) form.set(name, value);
  form.set('file', new Blob([Uint8Array.from(bytes)]), 'licence.pdf');
  return post('/api/v1/verifications/file', form, undefined, as, 'zh-CN');
}

const byNumber = { by: 'number', type_code: typeCodeOf('business-licence'), number: businessNumber };

async function get(path: string, as?: string) {
  const headers = as === undefined ? {} : { authorization: `Bearer ${tokens.get(as)}` };
  return fetch(app.issuer + path, { headers });
}

beforeAll(async () => {
  app = await createTestApp();
  const { licences, verification } = app.service;
  await createDemoSeals(app, [
    {
      code: testAuthority,
      issues: ['business-licence', 'social-security-card', 'food-business-licence'].map((name) =>
        typeCodeOf(name as 'business-licence'),
      ),
    },
  ]);
  business = await issueLicence(licences, 'business-licence', {}, 'now');
  card = await issueLicence(licences, 'social-security-card');
  holder = { accountId: await app.enrol(zhao) };
  for (const id of ['hall', 'other']) await system(id);
  await system('reader', 'licences:read');
  await verification.serviceItems.put({
    service_items: [
      {
        code: 'food-new',
        name: { zh: '食品经营许可新办', en: 'New food business licence' },
        ...{ clients: ['hall'], authorities: [testAuthority] },
        types: [
          {
            type: typeCodeOf('business-licence'),
            learns: [{ field: 'holder_name' }, { field: 'data.legal_representative', masked: true }],
          },
          { type: typeCodeOf('social-security-card'), learns: [{ predicate: 'older_than', years: 18 }] },
        ],
      },
    ],
  });
});
afterAll(() => app.close());

describe('a verification by number', () => {
  it('answers valid with the minimum of facts, in the language of the asker, and the holder sees the use at once', async () => {
    const { status, body } = await ask(byNumber);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      conclusion: 'valid',
      licence: {
        ...{ id: business.id, type_code: business.typeCode, version: 1 },
        facts: { holder_name: '示例省演示食品有限公司', legal_representative: expect.stringContaining('*') },
      },
      freshness: { source: 'library' },
    });
    expect(body.checks).toContainEqual({
      id: 'seal-registered',
      result: 'passed',
      code: null,
      text: '印章为该机构登记的印章',
    });
    expect(JSON.stringify(body)).not.toContain(businessNumber);
    const english = await ask(byNumber, { lang: 'en' });
    expect(english.body.checks[0].text).toBe('The licence is in this library');

    const { items } = await app.service.wallet.uses.ofLicence(business.id);
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({
      by: 'number',
      conclusion: 'valid',
      verifier: { zh: '系统 hall' },
      matter: { purpose: matter.purpose, caseNumber: matter.case_number },
      serviceItem: { zh: '食品经营许可新办' },
    });
  });

  it('gives a receipt that is checked offline, with its proof from the log, and a flipped byte is refused', async () => {
    const { body } = await ask(byNumber);
    const published = (await (await get('/.well-known/tongxing-receipt-keys')).json()) as { root: string };
    const root = new X509Certificate(Buffer.from(published.root, 'base64'));
    const claims = JSON.parse(Buffer.from(body.receipt.split('.')[1], 'base64url').toString());
    expect(claims).toMatchObject({
      ...{ client: 'hall', case_number: matter.case_number, purpose: matter.purpose, conclusion: 'valid' },
      licence: { id: business.id, version: 1 },
    });
    const proof = await (await get(`/api/v1/receipts/${claims.jti}/proof`, 'hall')).json();
    expect(verifyReceipt({ receipt: body.receipt, root, proof: proof as never }).isGenuine).toBe(true);
    const [header, payload, signature] = body.receipt.split('.');
    const bytes = Buffer.from(payload, 'base64url');
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    const forged = [header, bytes.toString('base64url'), signature].join('.');
    expect(verifyReceipt({ receipt: forged, root }).isGenuine).toBe(false);
  });

  it('tells nothing of the licence of another than the named holder, in the receipt neither', async () => {
    const { licences, wallet } = app.service;
    const other = await issueLicence(licences, 'social-security-card', { number: 'G00000097' });
    const actor = { id: 'x', authorityCodes: [testAuthority] };
    await licences.move(other.id, { to: 'suspended', reason: '核查' }, actor);
    await licences.library.setDisputed(other.id, { objectionId: 'o'.repeat(22), since: 1 });
    const wrong = { id_type: '001', id_number: businessNumber };
    const { body } = await ask({
      ...{ by: 'number', type_code: other.typeCode, number: other.number, holder: wrong },
    });
    expect(body).toMatchObject({
      ...{ conclusion: 'not_valid', licence: null },
      checks: [{ id: 'exists' }, { id: 'holder', code: 'holder-differs' }],
    });
    const claims = JSON.parse(Buffer.from(body.receipt.split('.')[1], 'base64url').toString());
    expect([claims.licence, claims.checks.length]).toEqual([null, 2]);
    expect(JSON.stringify([body, claims])).not.toContain(other.id);
    // Its holder sees that somebody asked.
    expect((await wallet.uses.ofLicence(other.id)).items).toMatchObject([{ by: 'number' }]);
  });

  it('names what is missing or wrong in a question', async () => {
    for (const name of ['purpose', 'service_item_code', 'case_number'] as const) {
      const { status, body } = await ask({ ...byNumber, [name]: undefined });
      expect([status, body.code, body.errors[0].pointer]).toEqual([422, 'invalid-input', `/${name}`]);
      const blank = await ask({ ...byNumber, [name]: '  ' });
      expect([blank.status, blank.body.errors[0].pointer]).toEqual([422, `/${name}`]);
    }
    const wrong = async (question: Record<string, unknown>) => {
      const { status, body } = await ask({ ...byNumber, ...question });
      return [status, body.errors?.[0].pointer];
    };
    expect(await wrong({ purpose: 'x'.repeat(201) })).toEqual([422, '/purpose']);
    expect(await wrong({ purpose: '为 520102188001010014 办理' })).toEqual([422, '/purpose']);
    expect(await wrong({ purpose: '一行\n两行' })).toEqual([422, '/purpose']);
    expect(await wrong({ case_number: '13900000001' })).toEqual([422, '/case_number']);
    expect(await wrong({ case_number: '20260001234' })).toEqual([200, undefined]);
    expect(await wrong({ as_of: '2026-02-30' })).toEqual([422, '/as_of']);
    expect(await wrong({ by: 'guess' })).toEqual([422, '/by']);
    expect(await wrong({ number: { $ne: '' } })).toEqual([422, '/number']);
    expect(await wrong({ holder: { id_type: '111', id_number: '520102188001010013' } })).toEqual([
      422,
      '/holder/id_number',
    ]);
  });

  it('cannot tell of the future, nor of a time before the library began', async () => {
    const odd = async (as_of: string) => {
      const { body } = await ask({ ...byNumber, as_of });
      const check = body.checks.find(({ id }: { id: string }) => id === 'as-of');
      return [body.conclusion, check.code];
    };
    expect(await odd('2999-01-01')).toEqual(['cannot_tell', 'as-of-in-future']);
    expect(await odd('1999-01-01T00:00:00Z')).toEqual(['cannot_tell', 'as-of-before-library']);
  });

  it('is for clients of the service item with the scope', async () => {
    expect((await ask(byNumber, { as: 'other' })).body.code).toBe('service-item-not-granted');
    const unknown = await ask({ ...byNumber, service_item_code: 'nothing' });
    expect([unknown.status, unknown.body.code]).toEqual([403, 'service-item-not-granted']);
    expect((await ask(byNumber, { as: 'reader' })).body.code).toBe('scope-missing');
    expect((await ask(byNumber, { as: 'nobody' })).status).toBe(401);
  });

  it('answers the same for unknown and for forbidden numbers', async () => {
    const food = await issueLicence(app.service.licences, 'food-business-licence');
    const unknown = await ask({ ...byNumber, number: '91520000MA0DEM006X' });
    const forbidden = await ask({ by: 'number', type_code: food.typeCode, number: food.number });
    const strip = ({ body }: Reply) => ({ ...body, receipt: 0, freshness: 0 });
    expect(strip(forbidden)).toEqual(strip(unknown));
    expect(unknown.body).toMatchObject({ conclusion: 'not_valid', licence: null });
  });
});

describe('a verification by code', () => {
  const show = async () =>
    (await app.service.wallet.presentations.show({ holder, licenceId: card.id }))?.code ?? '';

  it('answers once; a screenshot used later, a used code and a guess get the same words', async () => {
    const code = await show();
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask({ by: 'code', code })));
    const told = answers.filter(({ status, body }) => status === 200 && body.licence);
    expect(told.map(({ body }) => body.licence.facts)).toEqual([{ older_than_18: true }]);
    const refused = answers.filter(({ status, body }) => status === 200 && !body.licence);
    const limited = answers.filter(({ status }) => status === 429);
    expect(told.length + refused.length + limited.length).toBe(50);
    const [{ body: used }] = refused as [Reply];
    expect(used).toMatchObject({
      conclusion: 'cannot_tell',
      checks: [{ id: 'exists', code: 'code-not-usable' }],
    });
    expect(limited[0]?.body.code).toBe('code-limited');
  });

  it('is never refused for the wrong ones before it', async () => {
    expect((await ask({ by: 'code', code: await show() })).body.conclusion).toBe('valid');
  });

  it('is answered again to a repeat of the same request, although the code is used up', async () => {
    const question = { by: 'code', code: await show() };
    const { body } = await ask(question, { key: 'first-try' });
    expect(body.conclusion).toBe('valid');
    expect((await ask(question, { key: 'first-try' })).body).toEqual(body);
    expect((await ask({ ...question, case_number: 'GY-2' }, { key: 'first-try' })).body.code).toBe(
      'idempotency-key-reused',
    );
  });
});

describe('a verification by file', () => {
  it('knows a sealed file, and refuses it with one byte flipped', async () => {
    const { bytes } = await app.service.licences.library.fileOf(business.id, 1);
    const { body } = await askFile(bytes);
    expect([body.conclusion, body.licence.id]).toEqual(['valid', business.id]);
    const flipped = Buffer.from(bytes);
    const at = flipped.indexOf('stream') + 60;
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    const refused = await askFile(flipped, {
      type_code: business.typeCode,
      issuing_authority_code: testAuthority,
    });
    expect(refused.body).toMatchObject({ conclusion: 'not_valid', licence: null });
    // What explains it comes before what follows from it.
    expect(refused.body.checks.slice(0, 2)).toMatchObject([
      { id: 'file-unchanged', result: 'failed', code: 'file-changed' },
      { id: 'exists', result: 'failed', code: 'file-not-issued' },
    ]);
  });

  it('says what is wrong with anything else', async () => {
    const { body } = await askFile(Buffer.from('no licence at all'));
    expect(body).toMatchObject({ conclusion: 'not_valid', licence: null });
    expect(body.checks[0]).toMatchObject({
      code: 'file-no-pdf',
      text: expect.stringContaining('不是 PDF 文件'),
    });
    const form = new FormData();
    for (const [name, value] of Object.entries(matter)) form.set(name, value);
    const without = await post('/api/v1/verifications/file', form, undefined, 'hall', 'en');
    expect([without.status, without.body.errors[0].pointer]).toEqual([422, '/file']);
    expect((await askFile(Buffer.alloc(21 * 1024 * 1024))).status).toBe(413);
    const unnamed = await askFile(Buffer.from('x'), { purpose: '' });
    expect([unnamed.status, unnamed.body.errors[0].pointer]).toEqual([422, '/purpose']);
    const nameOnly = await askFile(Buffer.from('x'), { name: '赵示例' });
    expect([nameOnly.status, nameOnly.body.errors[0].pointer]).toEqual([422, '/id_type']);
  });
});

describe('the page behind a printed code', () => {
  const open = async (token: string, lang = 'zh-CN') => {
    const response = await fetch(`${app.issuer}/v/${token}`, { headers: { 'accept-language': lang } });
    return {
      status: response.status,
      robots: response.headers.get('x-robots-tag'),
      text: await response.text(),
    };
  };

  it('shows type, masked holder, status and time to anyone, and is not for search engines', async () => {
    const page = await open(card.versions[0]?.statusToken ?? '');
    expect([page.status, page.robots]).toEqual([200, 'noindex, nofollow, noarchive']);
    expect(page.text).toContain('赵**');
    expect(page.text).toContain('verdict-valid');
    for (const secret of ['赵示例', zhao.idNumber, card.number, card.id])
      expect(page.text).not.toContain(secret);
  });

  it('looks the same for a code that leads nowhere', async () => {
    const page = await open('A'.repeat(22), 'en');
    expect([page.status, page.robots]).toEqual([404, 'noindex, nofollow, noarchive']);
    expect(page.text).toContain('Not found');
    expect(page.text).toContain('verdict-doubt');
  });

  it('does not call valid what is disputed, and says why', async () => {
    const other = await issueLicence(app.service.licences, 'social-security-card', { number: 'G00000098' });
    await app.service.licences.library.setDisputed(other.id, { objectionId: 'o'.repeat(22), since: 1 });
    const page = await open(other.versions[0]?.statusToken ?? '');
    expect(page.text).toContain('verdict-doubt');
    expect(page.text).toMatch(/<h1>暂时无法判断<\/h1>\s*<p>持证人对证照内容提出了异议/);
  });

  it('follows a revocation at once', async () => {
    const other = await issueLicence(app.service.licences, 'social-security-card', { number: 'G00000099' });
    await app.service.licences.move(
      other.id,
      { to: 'revoked', reason: '违规' },
      { id: 'x', authorityCodes: [testAuthority] },
    );
    const page = await open(other.versions[0]?.statusToken ?? '');
    expect(page.text).toContain('verdict-refused');
    expect(page.text).toContain('已吊销');
  });
});

describe('the counter', () => {
  let staff: TestStaff;
  let visitor: Visitor;
  beforeAll(async () => {
    staff = await createStaffMember(app, { duties: ['approver'] });
    visitor = staff.visitor;
  });

  /** Sends the form of a page that goes to an action; with fields as multipart where the form has it so. */
  async function sendForm(
    page: PageAnswer,
    action: string,
    fields: Record<string, string>,
  ): Promise<PageAnswer> {
    const token = /name="_csrf" value="([\w-]+)"/.exec(page.text)?.[1] ?? '';
    const isMultipart = action.endsWith('/check');
    const entries = Object.entries({ _csrf: token, ...fields });
    const form = new FormData();
    for (const [name, value] of entries) form.set(name, value);
    const response = await fetch(app.issuer + action, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: visitor.cookies('/').join('; '), origin: app.issuer },
      body: isMultipart ? form : new URLSearchParams(entries),
    });
    const location = response.headers.get('location');
    if (location) return visit(visitor, location);
    return { status: response.status, text: await response.text(), url: action } as PageAnswer;
  }

  const begin = async () =>
    sendForm(await visit(visitor, '/verify'), '/verify', {
      item: `${testAuthority}|food-new`,
      case_number: matter.case_number,
      purpose: matter.purpose,
    });

  it('asks for the matter first, and says what is missing', async () => {
    const start = await visit(visitor, '/verify');
    expect(heading(start)).toBe('核验证照');
    const faulty = await sendForm(start, '/verify', {
      item: `${testAuthority}|food-new`,
      case_number: '',
      purpose: '13900000001 的事',
    });
    expect([faulty.status, faultsOf(faulty)]).toEqual([422, ['请填写办件编号']]);
    const personal = await sendForm(start, '/verify', {
      item: `${testAuthority}|food-new`,
      case_number: 'A1',
      purpose: '13900000001 的事',
    });
    expect(faultsOf(personal)[0]).toContain('手机号');
  });

  it('verifies what is typed or scanned, and shows a result with facts, checks and receipt to print', async () => {
    const desk = await begin();
    expect(desk.text).toMatch(/desk-code/);
    const path = new URL(desk.url).pathname;
    const result = await sendForm(desk, `${path}/check`, { entry: businessNumber, type: '' });
    expect(heading(result)).toBe('有效');
    expect(result.text).toContain('示例省演示食品有限公司');
    expect(result.text).toContain('印章为该机构登记的印章');
    const download = async (what: 'receipt' | 'proof') => {
      const headers = { cookie: visitor.cookies('/').join('; ') };
      return (await fetch(`${app.issuer}${new URL(result.url).pathname}/${what}`, { headers })).text();
    };
    const receipt = await download('receipt');
    const claims = JSON.parse(Buffer.from(receipt.split('.')[1] ?? '', 'base64url').toString());
    // No client holds the receipts of a counter: the page gives the proof as well.
    const published = (await (await get('/.well-known/tongxing-receipt-keys')).json()) as { root: string };
    const root = new X509Certificate(Buffer.from(published.root, 'base64'));
    const verdict = verifyReceipt({ receipt, root, proof: JSON.parse(await download('proof')) });
    expect([verdict.isGenuine, verdict.checks.at(-1)?.id]).toEqual([true, 'inclusion']);
    expect(claims).toMatchObject({ client: `counter:${testAuthority}`, licence: { id: business.id } });

    const printed = `${app.issuer}/v/${business.versions[0]?.statusToken}`;
    expect(heading(await sendForm(desk, `${path}/check`, { entry: printed }))).toBe('有效');
    expect(heading(await sendForm(desk, `${path}/check`, { entry: 'nothing-there' }))).toBe('无效');
    const code = (await app.service.wallet.presentations.show({ holder, licenceId: card.id }))?.code ?? '';
    expect(heading(await sendForm(desk, `${path}/check`, { entry: code }))).toBe('有效');
    expect(heading(await sendForm(desk, `${path}/check`, { entry: code }))).toBe('暂时无法判断');
    const dated = await sendForm(desk, `${path}/check`, { entry: businessNumber, as_of: '2999-01-01' });
    expect(dated.text).toMatch(/所问日期<\/dt><dd>2999年1月1日/);
    expect(dated.text).not.toMatch(/数据时间：2999/);
    const empty = await sendForm(desk, `${path}/check`, { entry: '' });
    expect([empty.status, faultsOf(empty)]).toEqual([422, ['请扫码、输入证照编号，或选择一个文件']]);
    expect((await sendForm(desk, `${path}/check`, { entry: '1.2.156.3005.2.x' })).status).toBe(422);
  });

  it('reads what an input method widened and what stands in groups: that makes no licence invalid', async () => {
    const desk = await begin();
    const path = new URL(desk.url).pathname;
    const widened = (text: string) =>
      text.replace(/[!-~]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0));
    const grouped = businessNumber.replace(/.{4}(?=.)/g, '$& ');
    for (const entry of [grouped, widened(businessNumber), businessNumber.toLowerCase()])
      expect(heading(await sendForm(desk, `${path}/check`, { entry }))).toBe('有效');
    const type = typeCodeOf('business-licence');
    expect(heading(await sendForm(desk, `${path}/check`, { entry: grouped, type }))).toBe('有效');
    const other = { entry: grouped, type: typeCodeOf('social-security-card') };
    expect(heading(await sendForm(desk, `${path}/check`, other))).toBe('无效');
    const code = (await app.service.wallet.presentations.show({ holder, licenceId: card.id }))?.code ?? '';
    expect(heading(await sendForm(desk, `${path}/check`, { entry: widened(code) }))).toBe('有效');
  });

  it('shows six digits that the holder types, and opens the result once it is confirmed', async () => {
    const desk = await begin();
    const path = new URL(desk.url).pathname;
    const digits = /visually-hidden">([\d ]{11})</.exec(desk.text)?.[1]?.replaceAll(' ', '') ?? '';
    const { desks, uses } = app.service.wallet;
    const found = await desks.find({ code: digits, accountId: holder.accountId });
    if (found.outcome !== 'found') throw new Error(found.outcome);
    expect(found.desk).toMatchObject({
      matter: { purpose: matter.purpose },
      verifier: { name: { zh: expect.any(String) } },
    });
    await desks.present({ ticket: found.desk.ticket, holder, licenceId: card.id });
    const shown = await visit(visitor, path);
    expect(shown.text).toContain('持证人已出示证照');
    expect(heading(await sendForm(shown, `${path}/take`, {}))).toBe('有效');
    // Taken once: the page offers new digits.
    const again = await sendForm(shown, `${path}/take`, {});
    expect(again.text).toContain('重新显示窗口数字');
    expect((await sendForm(again, `${path}/reopen`, {})).text).toContain('desk-code');
    expect((await uses.ofLicence(card.id)).items[0]).toMatchObject({ by: 'desk' });
  });

  it('shows nobody what a colleague works on', async () => {
    const desk = await begin();
    const result = await sendForm(desk, `${new URL(desk.url).pathname}/check`, { entry: businessNumber });
    const colleague = await createStaffMember(app, { duties: ['approver'], name: '另一位' });
    for (const url of [desk.url, result.url, `${result.url}/receipt`, `${result.url}/proof`]) {
      const { pathname } = new URL(url);
      const seen = await visit(colleague.visitor, pathname);
      expect([seen.status, seen.text.includes('counter-visit-ended')]).toEqual([404, true]);
      // And leads to where work begins again: the home page does not.
      expect(seen.text).toMatch(/id="begin" href="\/verify"/);
    }
    const clerk = await createStaffMember(app, { duties: ['issuing-clerk'], name: '制证员' });
    expect((await visit(clerk.visitor, '/verify')).status).toBe(403);
  });
});

it('a screenshot of a code used a minute later says what a used one says', async () => {
  // Beyond the limit of the codes that were tried before.
  app.clock.advance(601);
  const shown = await app.service.wallet.presentations.show({ holder, licenceId: card.id });
  app.clock.advance(61);
  const { conclusion, checks } = await app.service.verification.verify({
    named: { by: 'code', code: shown?.code ?? '' },
    verifier: { kind: 'client', id: 'hall', name: { zh: '大厅', en: 'Hall' } },
    matter: { purpose: matter.purpose, serviceItemCode: 'food-new', caseNumber: 'A1' },
  });
  expect([conclusion, checks]).toEqual([
    'cannot_tell',
    [{ id: 'exists', result: 'indeterminate', code: 'code-not-usable' }],
  ]);
});

it('leaves no personal data in the log of the program', () => {
  const logged = app.logs.join('\n');
  for (const secret of [zhao.idNumber, '赵示例', businessNumber, card.number])
    expect(logged).not.toContain(secret);
});
