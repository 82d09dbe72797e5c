import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Licence } from '../../src/licences/index.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { allTypes, issueLicence, otherAuthority, testAuthority, typeCodeOf } from '../support/licences.ts';
import { csrfOf, enterPortal, openSite, send, type TestSite, visit } from '../support/pages.ts';
import { personAt, zhao } from '../support/people.ts';
import { readForms, type Visitor } from '../support/relying-party.ts';
import { createDemoSeals } from '../support/seals.ts';
import { createStaffMember, inviteStaff, logInStaff } from '../support/staff.ts';
import { type ApiReply, openSystem, type TestSystem } from '../support/systems.ts';

const stranger = personAt(901);
const representative = personAt(902);
const creditCode = '91520000MA0DEM005M';
const password = 'lantern over the river';
const cardType = typeCodeOf('social-security-card');
const businessType = typeCodeOf('business-licence');
const matter = { purpose: '异地就医备案', service_item_code: 'medical-away', case_number: 'YB-2026-0008' };
const absent = 'AAAAAAAAAAAAAAAAAAAAAA';
/** Turns what follows round, ends a line, is half a character. */
const deceiving = ['证\u202e照', '证\u2066照', '一行\n两行', '一\u2028二', '证\u0000照', '证\ud800照'];

let app: TestApp;
let hall: TestSystem;
let other: TestSystem;
let site: TestSite;
let foreignSite: TestSite;
let card: Licence;
let business: Licence;
let zhaoId: string;

const login = (person: { idNumber: string }) => ({ identifier: person.idNumber, password });

beforeAll(async () => {
  app = await createTestApp();
  await createDemoSeals(app, [
    { code: testAuthority, issues: allTypes.map(typeCodeOf) },
    { code: otherAuthority, issues: [typeCodeOf('hygiene-licence')], name: '示例市卫生健康局' },
  ]);
  const { licences, verification } = app.service;
  card = await issueLicence(licences, 'social-security-card');
  business = await issueLicence(licences, 'business-licence', {}, 'now');
  zhaoId = await app.enrol(zhao, { password });
  await app.enrol(stranger, { password });
  await app.enrol(representative, { password });
  hall = await openSystem(app, 'hall', { scope: 'verifications:create' });
  other = await openSystem(app, 'other', { scope: 'verifications:create' });
  const details = { authorization_details_types: ['licence_verification'] };
  site = await openSite(app, { client_name: '示例医保', ...details });
  foreignSite = await openSite(app, { client_name: '示例外站', ...details });
  const item = (code: string, more: object = {}) => ({
    ...{ code, name: { zh: code, en: code }, clients: ['hall', 'other', site.clientId] },
    authorities: [testAuthority, otherAuthority],
    types: [
      { type: cardType, learns: [{ field: 'holder_name' }] },
      { type: businessType, learns: [{ field: 'holder_name' }] },
    ],
    ...more,
  });
  await verification.serviceItems.put({
    service_items: [item('medical-away'), item('next-door', { authorities: [otherAuthority], clients: [] })],
  });
}, 90_000);
afterAll(() => app.close());

const numberQuestion = { by: 'number', type_code: businessType, number: creditCode, ...matter };
const ask = (question: Record<string, unknown>, as = hall): Promise<ApiReply> =>
  as.call('POST', '/api/v1/verifications', { body: { ...matter, ...question } });

/** What may differ between two answers that are the same. */
const bare = (text: string): string =>
  text.replaceAll(/[\w-]{22,}/g, '').replaceAll(/\d\d:\d\d(:\d\d)?/g, '');

/** A desk of an approver that waits, and its digits. */
async function openDesk(typeCodes: readonly string[] = []) {
  const { desks } = app.service.wallet;
  const verifier = {
    kind: 'staff',
    id: 'approver-1',
    authorityCode: testAuthority,
    name: { zh: '局', en: 'Bureau' },
  } as const;
  const asked = { purpose: matter.purpose, serviceItemCode: 'medical-away', caseNumber: matter.case_number };
  const { deskId } = await desks.open({ verifier, matter: asked, typeCodes });
  const state = await desks.state(deskId, verifier.id);
  if (state.outcome !== 'waiting') throw new Error(state.outcome);
  return { code: state.code, taken: () => desks.take(deskId, verifier.id) };
}

/** Types the digits of a desk and answers the page that asks to confirm, with its ticket. */
async function typeDigits(visitor: Visitor, code: string) {
  const page = await send(visitor, await visit(visitor, '/wallet/desk'), '/wallet/desk', { code });
  const form = readForms(page).find(({ action }) => action.endsWith('/desk/confirm'));
  // A page with nothing to confirm has a token all the same: whoever attacks makes the form by hand.
  const token = csrfOf(await visit(visitor, '/wallet/desk'));
  const ticket = form?.fields.ticket ?? '';
  return { page, ticket, fields: { _csrf: token, ticket } };
}

describe('a desk', () => {
  it('tells a licence of somebody else from none by nothing, also where its type asks for more assurance', async () => {
    const { licences } = app.service;
    const type = await licences.types.find(typeCodeOf('driving-licence'));
    if (!type) throw new Error('no type');
    const { code, version, ...content } = type;
    await licences.types.change(code, version, { ...content, securityLevel: 3 } as never, 'test');
    const foreign = await issueLicence(licences, 'driving-licence');
    const visitor = app.visitor();
    await enterPortal(visitor, login(stranger), '/wallet');
    const desk = await openDesk();
    const { fields } = await typeDigits(visitor, desk.code);
    const tryOne = async (licence: string) => {
      const answer = await visitor.post(
        '/wallet/desk/confirm',
        { ...fields, licence },
        { origin: app.issuer },
      );
      return [answer.status, answer.location, bare(answer.text)];
    };
    expect((await tryOne(absent))[0]).toBe(422);
    expect(await tryOne(foreign.id)).toEqual(await tryOne(absent));
    expect(await tryOne(card.id)).toEqual(await tryOne(absent));
    expect(await desk.taken()).toBeUndefined();
  });

  it('is confirmed with one’s own ticket only', async () => {
    const desk = await openDesk([cardType]);
    const mine = app.visitor();
    await enterPortal(mine, login(zhao), '/wallet');
    const { ticket } = await typeDigits(mine, desk.code);
    const thief = app.visitor();
    await enterPortal(thief, login(stranger), '/wallet');
    const { fields } = await typeDigits(thief, desk.code);
    expect(ticket).not.toBe('');
    await thief.post('/wallet/desk/confirm', { ...fields, ticket, licence: card.id }, { origin: app.issuer });
    expect(await desk.taken()).toBeUndefined();
  });
});

describe('a counter', () => {
  const duty = (authorityCode: string) => ({ role: 'approver', authorityCode }) as const;

  it('works for no authority that its official has left, although the visit was begun before', async () => {
    const { staff } = app.service.identity;
    const security = await inviteStaff(app, { duties: ['security-administrator'] });
    const member = await inviteStaff(app, { duties: [duty(testAuthority), duty(otherAuthority)] });
    const visitor = app.visitor();
    await logInStaff(visitor, member.device);
    const start = await visit(visitor, '/verify');
    const begun = await send(visitor, start, '/verify', {
      ...{ item: `${testAuthority}|medical-away`, case_number: 'A-1', purpose: '示例' },
    });
    const path = new URL(begun.url).pathname;
    expect(path).toMatch(/^\/verify\/[\w-]{22}$/);
    const changed = await staff.changeDuties({
      ...{ accountId: member.accountId, by: security.accountId, duties: [duty(otherAuthority)] },
    });
    expect(changed.outcome).toBe('changed');
    const again = app.visitor();
    await logInStaff(again, member.device);
    expect((await visit(again, '/verify')).status).toBe(200);
    expect((await visit(again, path)).status).toBe(404);
    const form = new FormData();
    for (const [name, value] of Object.entries({
      _csrf: csrfOf(await visit(again, '/verify')),
      entry: creditCode,
      type: businessType,
    }))
      form.set(name, value);
    const checked = await fetch(`${app.issuer}${path}/check`, {
      ...{ method: 'POST', redirect: 'manual', body: form },
      headers: { cookie: again.cookies('/').join('; '), origin: app.issuer },
    });
    expect(checked.status).toBe(404);
  });

  it('where somebody goes through numbers answers no more of them, and codes all the same', async () => {
    const approver = await createStaffMember(app, { duties: [duty(testAuthority)] });
    const { visitor } = approver;
    const start = await visit(visitor, '/verify');
    const begun = await send(visitor, start, '/verify', {
      ...{ item: `${testAuthority}|medical-away`, case_number: 'A-1', purpose: '示例' },
    });
    const path = `${new URL(begun.url).pathname}/check`;
    const enter = async (entry: string, type: string) => {
      const form = new FormData();
      for (const [name, value] of Object.entries({ _csrf: csrfOf(begun), entry, type }))
        form.set(name, value);
      const headers = { cookie: visitor.cookies('/').join('; '), origin: app.issuer };
      const { status } = await fetch(app.issuer + path, {
        ...{ method: 'POST', redirect: 'manual', body: form, headers },
      });
      return status;
    };
    expect(await enter(card.number, cardType)).toBe(303);
    const tries: number[] = [];
    for (let n = 0; n < 70; n += 1) tries.push(await enter(`G7${String(n).padStart(7, '0')}`, cardType));
    expect(tries.filter((status) => status === 303)).toHaveLength(60);
    expect(tries.at(-1)).toBe(429);
    // Else the limit would only tell right numbers from wrong ones.
    expect(await enter(card.number, cardType)).toBe(429);
    const holder = { accountId: zhaoId };
    const shown = await app.service.wallet.presentations.show({ holder, licenceId: card.id });
    expect(await enter(shown?.code ?? '', '')).toBe(303);
  });

  it('begins nothing for an authority or an item that is not its official’s', async () => {
    const approver = await createStaffMember(app, { duties: [duty(testAuthority)] });
    const start = await visit(approver.visitor, '/verify');
    for (const item of [
      `${otherAuthority}|medical-away`,
      `${testAuthority}|next-door`,
      `${testAuthority}|nothing`,
    ]) {
      const { status } = await send(approver.visitor, start, '/verify', {
        item,
        case_number: 'A-1',
        purpose: '示例',
      });
      expect([item, status]).toEqual([item, 403]);
    }
  });
});

describe('a matter', () => {
  it('cannot be written in characters that deceive its reader, nor with numbers of persons in any digits', async () => {
    for (const text of deceiving)
      for (const member of ['purpose', 'case_number'] as const) {
        const { status, body } = await ask({ ...numberQuestion, [member]: `案${text}案` });
        expect([JSON.stringify(text), status, body.errors?.[0]?.pointer]).toEqual([
          ...[JSON.stringify(text), 422, `/${member}`],
        ]);
      }
    for (const number of [
      '５２０１０２１８８００１０１００１４',
      '520102188001010014',
      '１３９００００００01',
      '520102800101001',
      '5201\u200b0218800\u206010100\u00ad14',
    ])
      expect((await ask({ ...numberQuestion, purpose: `为 ${number} 办理` })).status).toBe(422);
    // What shows nothing is no purpose, and no case.
    for (const nothing of ['\u200b', '\u3164', '\u2060\ufe0f'])
      for (const member of ['purpose', 'case_number'] as const) {
        const { status, body } = await ask({ ...numberQuestion, [member]: nothing });
        expect([status, body.errors?.[0]?.pointer]).toEqual([422, `/${member}`]);
      }
  });

  it('cannot deceive on the consent page either, nor be one that the site may not ask for', async () => {
    const request = { type: 'licence_verification', licence_types: [cardType], ...matter };
    const refused = async (details: unknown, at = site) => {
      const { page } = await at.open(app.visitor(), { authorization_details: JSON.stringify([details]) });
      return page.location?.includes('error=invalid_authorization_details') ?? false;
    };
    expect(await refused(request)).toBe(false);
    for (const text of deceiving) {
      expect([JSON.stringify(text), await refused({ ...request, purpose: text })]).toEqual([
        JSON.stringify(text),
        true,
      ]);
      expect(await refused({ ...request, case_number: text })).toBe(true);
    }
    expect(await refused({ ...request, purpose: '为５２０１０２１８８００１０１００１４办理' })).toBe(true);
    expect(await refused({ ...request, purpose: '为5201\u200b02188001010014办理' })).toBe(true);
    expect(await refused({ ...request, purpose: '\u200b' })).toBe(true);
    // The item does not name this site: nobody is asked to allow what would be refused afterwards.
    expect(await refused(request, foreignSite)).toBe(true);
  });

  it('stands as text on the holder’s pages, at the counter and on the consent page', async () => {
    const nasty = '<script>alert(1)</script>"\'><img src=x onerror=alert(1)>{{1}}<%=1%>';
    const asked = await ask({
      by: 'number',
      type_code: cardType,
      number: card.number,
      purpose: nasty,
      case_number: nasty.slice(0, 90),
    });
    expect(asked.status).toBe(200);
    const visitor = app.visitor();
    await enterPortal(visitor, login(zhao), '/wallet');
    const page = await visit(visitor, `/wallet/${card.id}`);
    expect(page.text).toContain('&lt;script&gt;');
    const { page: opened } = await site.open(visitor, {
      authorization_details: JSON.stringify([
        {
          type: 'licence_verification',
          licence_types: [cardType],
          ...matter,
          purpose: nasty,
          case_number: nasty.slice(0, 60),
        },
      ]),
    });
    expect(opened.text).toContain('&lt;script&gt;');
    for (const { text } of [page, opened]) {
      expect(text).not.toMatch(/<script>|<img src=x|onerror=alert\(1\)>(?!\{|&)/);
      expect(text.replaceAll(/<link[^>]*>/g, '')).not.toContain('<img');
    }
  });
});

describe('a verifier', () => {
  it('learns by no consent of another site, case, item or type, in the words for none', async () => {
    const consented = await app.service.wallet.shares.grant({
      ...{ holder: { accountId: zhaoId }, clientId: 'hall', licenceIds: [card.id], once: 'attack' },
      request: {
        licenceTypes: [cardType],
        matter: { purpose: matter.purpose, serviceItemCode: 'medical-away', caseNumber: matter.case_number },
      },
    });
    const question = {
      ...{ by: 'holder', id_type: '111', id_number: zhao.idNumber, type_code: cardType },
      share_id: consented?.id,
    };
    const words = ({ body, status }: ApiReply) => [status, { ...body, receipt: 0, freshness: 0 }];
    const none = words(await ask({ ...question, share_id: absent }));
    expect(none[1]).toMatchObject({ conclusion: 'cannot_tell', licence: null });
    expect(words(await ask(question, other))).toEqual(none);
    expect(words(await ask({ ...question, share_id: undefined }, other))).toEqual(none);
    expect(words(await ask({ ...question, case_number: 'YB-2026-0009' }))).toEqual(none);
    expect(words(await ask({ ...question, id_number: stranger.idNumber }))).toEqual(none);
    expect(words(await ask({ ...question, type_code: businessType }))).toEqual(none);
    expect((await ask(question)).body.conclusion).toBe('valid');
  });

  it('uses no code up by looking, and learns nothing by the receipts of others', async () => {
    const shown = await app.service.wallet.presentations.show({
      holder: { accountId: zhaoId },
      licenceId: card.id,
    });
    const code = shown?.code ?? '';
    for (const path of [`/v/${code}`, `/verify/${code}`, `/wallet/${code}`, `/api/v1/verifications/${code}`])
      expect([303, 401, 404, 422]).toContain((await app.visitor().get(path)).status);
    const { body } = await ask({ by: 'code', code });
    expect(body.conclusion).toBe('valid');
    const { jti } = JSON.parse(Buffer.from(body.receipt.split('.')[1], 'base64url').toString());
    const foreign = await other.call('GET', `/api/v1/receipts/${jti}/proof`);
    const nowhere = await other.call('GET', `/api/v1/receipts/${absent}/proof`);
    const plain = (reply: ApiReply) => [reply.status, { ...reply.body, instance: 0, request_id: 0 }];
    expect(plain(foreign)).toEqual(plain(nowhere));
    expect((await hall.call('GET', `/api/v1/receipts/${jti}/proof`)).status).toBe(200);
  });

  it('who names a type or an authority with a file gets no answer about another one', async () => {
    const { bytes } = await app.service.licences.library.fileOf(business.id, 1);
    const verify = (fields: Record<string, string>) =>
      hall.upload('/api/v1/verifications/file', { ...matter, ...fields }, bytes);
    expect(
      (await verify({ type_code: businessType, issuing_authority_code: testAuthority })).body.conclusion,
    ).toBe('valid');
    for (const fields of [{ issuing_authority_code: otherAuthority }, { type_code: cardType }] as Record<
      string,
      string
    >[]) {
      const { body } = await verify(fields);
      expect([fields, body.conclusion === 'valid', body.licence]).toEqual([fields, false, null]);
    }
  });

  it('sends no form that fails: parts, names, sizes, boundaries', async () => {
    const raw = async (type: string, body: string, headers: Record<string, string> = {}) => {
      const response = await fetch(`${app.issuer}/api/v1/verifications/file`, {
        ...{ method: 'POST', body },
        headers: { authorization: `Bearer ${hall.token}`, 'content-type': type, ...headers },
      });
      return response.status;
    };
    const part = (name: string, value: string, more = '') =>
      `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
    const form = 'multipart/form-data; boundary=b';
    const fields = Object.entries(matter)
      .map(([name, value]) => part(name, value))
      .join('');
    const file = part('file', '%PDF-1.7', '; filename="../../etc/passwd\0.pdf"');
    const end = '--b--\r\n';
    const tries: [string, string][] = [
      ['multipart/form-data', end],
      [`multipart/form-data; boundary=${'b'.repeat(5_000)}`, end],
      [form, ''],
      [form, '--b\r\n'],
      [form, `--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n${end}`],
      [form, fields + file + file + end],
      [form, fields + part('document', 'x', '; filename="a.pdf"') + end],
      [form, part('__proto__', 'x') + fields + file + end],
      [form, fields + fields + file + end],
      [form, part('purpose', 'x'.repeat(100_000)) + file + end],
      [form, part('x'.repeat(3_000), 'x') + file + end],
      [form, Array.from({ length: 100 }, (_, at) => part(`n${at}`, 'x')).join('') + end],
      [form, `--b\r\n${'X-Header: y\r\n'.repeat(500)}\r\nx\r\n${end}`],
      ['application/x-www-form-urlencoded', 'purpose=x'],
    ];
    for (const [index, [type, body]] of tries.entries()) {
      const status = await raw(type, body);
      expect([index, status >= 400 && status < 500]).toEqual([index, true]);
    }
    expect(await raw(form, fields + file + end, { 'content-encoding': 'gzip' })).toBe(415);
    // What is whole is read, whatever the file is called.
    expect(await raw(form, fields + file + end)).toBe(200);
    // A form that never ends does not hold its place for long after the connection went.
    await new Promise<void>((resolve) => {
      const { port } = new URL(app.issuer);
      const sent = httpRequest({
        ...{ port, method: 'POST', path: '/api/v1/verifications/file' },
        headers: { authorization: `Bearer ${hall.token}`, 'content-type': form, 'content-length': 10_000 },
      });
      sent.on('error', () => resolve());
      sent.write(fields);
      setTimeout(() => sent.destroy(), 100);
    });
    expect(await raw(form, fields + file + end)).toBe(200);
  });
});

describe('an objection', () => {
  it('is read and answered by no clerk of another authority', async () => {
    const visitor = app.visitor();
    await enterPortal(visitor, login(zhao), '/wallet');
    const form = await visit(visitor, `/wallet/${card.id}/objection`);
    await send(visitor, form, '/objection', { text: '参保地写错了，应为样板区。<script>alert(1)</script>' });
    const clerk = await createStaffMember(app, { duties: ['issuing-clerk'] });
    const list = await visit(clerk.visitor, '/admin/objections');
    const path = /\/admin\/objections\/[\w-]{22}/.exec(list.text)?.[0] ?? '';
    const detail = await visit(clerk.visitor, path);
    expect([detail.status, detail.text.includes('<script>alert')]).toEqual([200, false]);
    const nextDoor = await createStaffMember(app, {
      duties: [{ role: 'issuing-clerk', authorityCode: otherAuthority }],
    });
    const seen = await nextDoor.visitor.get(path);
    const nowhere = await nextDoor.visitor.get(`/admin/objections/${absent}`);
    expect([seen.status, bare(seen.text)]).toEqual([404, bare(nowhere.text)]);
    const fields = {
      _csrf: csrfOf(await visit(nextDoor.visitor, '/admin/licences')),
      decision: 'rejected',
      text: '越权答复一下',
    };
    expect((await nextDoor.visitor.post(path, fields, { origin: app.issuer })).status).toBe(404);
    const foreignList = await visit(nextDoor.visitor, `/admin/objections?authority=${testAuthority}`);
    expect(foreignList.text).not.toContain(path);
    expect((await app.service.licences.library.findById(card.id))?.disputed).toBeDefined();
    await send(clerk.visitor, detail, path, { decision: 'corrected', text: '已经更正，请查看。' });
    // The holder is told, behind the answer, in words that may stand on a locked screen.
    const told = async () =>
      (await app.registers.inbox(zhao.phoneNumber)).filter(({ text }) => text.includes('已经答复您'));
    for (let waited = 0; waited < 5_000 && (await told()).length === 0; waited += 50)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const [message, ...more] = await told();
    expect([message?.text, more]).toEqual([
      expect.stringMatching(/^【[^】]+】发证机关已经答复您对一张证照/),
      [],
    ]);
    expect((await app.service.licences.library.findById(card.id))?.disputed).toBeUndefined();
  });
});

describe('every page of licences', () => {
  /** Routes of these rooms with their parameters filled in. */
  const paths = (method: 'GET' | 'POST') =>
    app.service.http
      .routes()
      .filter((route) => route.kind === 'page' && route.method === method)
      .filter(({ path }) => /^\/(wallet|verify|v\/|admin|invitation)/.test(path))
      .map(({ path }) => path.replaceAll(/\{\w+\}/g, absent));

  it('that changes something refuses what a foreign page sends', async () => {
    const everything = await createStaffMember(app, {
      duties: ['issuing-clerk', 'approver', 'seal-keeper', 'security-administrator'],
    });
    const person = app.visitor();
    await enterPortal(person, login(zhao), '/wallet');
    const all = paths('POST');
    expect(all.length).toBeGreaterThan(15);
    for (const path of all) {
      const visitor = path.startsWith('/wallet') ? person : everything.visitor;
      const foreign = await visitor.post(path, { _csrf: 'x'.repeat(43) }, { origin: 'https://evil.example' });
      expect([path, foreign.status]).toEqual([path, 403]);
      const without = await visitor.post(path, {}, { origin: app.issuer });
      // A file form is multipart; roles that this member has not are asked for first.
      expect([path, [303, 403, 415].includes(without.status)]).toEqual([path, true]);
    }
  });

  it('is kept by no cache, framed by nobody, and opens to the right kind of account only', async () => {
    const person = app.visitor();
    await enterPortal(person, login(zhao), '/wallet');
    const staff = await createStaffMember(app, { duties: ['approver'] });
    for (const path of paths('GET')) {
      const asPerson = await person.get(path);
      const asStaff = await staff.visitor.get(path);
      for (const { headers } of [asPerson, asStaff])
        expect([path, headers.get('cache-control'), headers.get('x-frame-options')]).toEqual([
          path,
          'no-store',
          'DENY',
        ]);
      if (path.startsWith('/admin') || path.startsWith('/verify'))
        expect([path, asPerson.status]).toEqual([path, 403]);
      if (path.startsWith('/wallet')) expect([path, asStaff.status === 200]).toEqual([path, false]);
    }
  });
});

describe('an invitation', () => {
  it('stays out of logs and of the addresses that others see, and is used once', async () => {
    const invited = await app.service.identity.staff.invite({
      ...{ name: '示例新人', by: 'operator', isEmergency: true },
      duties: [{ role: 'approver', authorityCode: testAuthority }],
    });
    if (invited.outcome !== 'invited') throw new Error(invited.outcome);
    const page = await app.visitor().get(`/invitation/${invited.token}`);
    expect([page.status, page.headers.get('referrer-policy'), page.headers.get('cache-control')]).toEqual([
      ...[200, 'same-origin', 'no-store'],
    ]);
    expect([...page.text.matchAll(/(?:href|src|action)="(https?:[^"]+)"/g)].map(([, at]) => at)).toEqual([]);
    const guessed = await app.visitor().get(`/invitation/${absent}`);
    expect(guessed.status).toBe(410);
    expect(app.logs.join('\n')).not.toContain(invited.token);
  });
});

// At the end: it goes so far ahead in time that every token is over.
describe('a desk, a day later', () => {
  it('gets no licence of a company from whom the register no longer names', async () => {
    const { control } = app.registers;
    const organisation = (id: string) =>
      control('/organisations', {
        ...{ credit_code: creditCode, name: '示例省演示食品有限公司' },
        ...{ representative_id_number: id, standing: 'active' },
      });
    await control('/people', { id_number: representative.idNumber, name: representative.name });
    await organisation(representative.idNumber);
    const visitor = app.visitor();
    const account = await enterPortal(visitor, login(representative), '/account/organisations');
    await send(visitor, account, '/account/organisations', { creditCode });
    await send(visitor, await visit(visitor, '/wallet'), '/account/acting');
    const wanted = await openDesk([businessType]);
    const first = await typeDigits(visitor, wanted.code);
    await send(visitor, first.page, '/desk/confirm', { licence: business.id });
    expect(await wanted.taken()).toMatchObject({ licenceId: business.id });

    await organisation(stranger.idNumber);
    app.clock.advance(25 * 3600);
    const later = app.visitor();
    const wallet = await enterPortal(later, login(representative), '/wallet');
    const refused = await send(later, wallet, '/account/acting');
    expect(refused.text).toContain('class="error-summary"');
    expect((await visit(later, '/wallet')).text).not.toContain('class="acting"');
    const desk = await openDesk([businessType]);
    const { fields, page } = await typeDigits(later, desk.code);
    expect(page.text).not.toContain(business.id);
    await later.post('/wallet/desk/confirm', { ...fields, licence: business.id }, { origin: app.issuer });
    expect(await desk.taken()).toBeUndefined();
  });
});

it('leaves no identifier, number of a licence, code or case in the logs of all this', async () => {
  await app.service.audit.drain();
  const logged = app.logs.join('\n');
  for (const secret of [
    zhao.idNumber,
    stranger.idNumber,
    zhao.name,
    zhao.phoneNumber,
    creditCode,
    card.number,
    matter.case_number,
  ])
    expect([secret, logged.includes(secret)]).toEqual([secret, false]);
  expect(logged).not.toMatch(/TXS[0-9A-Z]{26}/);
});
