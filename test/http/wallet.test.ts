import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Licence } from '../../src/licences/index.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { allTypes, issueLicence, testAuthority, typeCodeOf } from '../support/licences.ts';
import { enterPortal, heading, openSite, send, type TestSite, visit } from '../support/pages.ts';
import { zhao } from '../support/people.ts';
import type { Answer, Visitor } from '../support/relying-party.ts';

const password = 'lantern over the river';
const login = { identifier: zhao.idNumber, password };
const cardType = typeCodeOf('social-security-card');
const request = {
  type: 'licence_verification',
  licence_types: [cardType],
  purpose: '异地就医备案',
  service_item_code: 'medical-away',
  case_number: 'YB-2026-0008',
  reads: 2,
};

let app: TestApp;
let site: TestSite;
let accountId: string;
let card: Licence;
beforeAll(async () => {
  app = await createTestApp();
  await app.service.identity.authorities.put(
    {
      ...{ code: testAuthority, name: { zh: '示例省演示局', en: 'Demo Bureau' }, areaCode: '520000' },
      ...{ mayDefine: true, issues: allTypes.map(typeCodeOf), status: 'active' },
    },
    'operator',
  );
  // Issued before there was an account.
  card = await issueLicence(app.service.licences, 'social-security-card');
  accountId = await app.enrol(zhao, { password });
  site = await openSite(app, {
    ...{ client_name: '示例医保', authorization_details_types: ['licence_verification'] },
  });
  await app.service.verification.serviceItems.put({
    service_items: [
      {
        ...{ code: 'medical-away', name: { zh: '异地就医备案', en: 'Treatment away from home' } },
        ...{ clients: [site.clientId], authorities: [testAuthority] },
        types: [{ type: cardType, learns: [{ field: 'holder_name' }] }],
      },
    ],
  });
});
afterAll(() => app.close());

/** Comes from the site with a request, logs in, and stands on the consent page. */
async function ask(visitor: Visitor, details: unknown = [request]) {
  const opened = await site.open(visitor, {
    ...{ scope: 'openid', authorization_details: JSON.stringify(details) },
  });
  const consent = opened.page.text.includes('name="password"')
    ? await send(visitor, opened.page, '/password', login)
    : opened.page;
  return { attempt: opened.attempt, consent };
}

const fieldOn = (page: Answer): string => /name="(share-0-[\w-]{22})"/.exec(page.text)?.[1] ?? '';
const use = (shareId: string | undefined) =>
  app.service.wallet.shares.use({
    ...{ shareId, clientId: site.clientId, holder: zhao, typeCode: cardType },
    matter: { purpose: request.purpose, serviceItemCode: 'medical-away', caseNumber: 'YB-2026-0008' },
  });

describe('a licence for one matter, with the login', () => {
  it('is asked for on the consent page: who, for which matter, which licence masked, until when, nothing ticked', async () => {
    const visitor = app.visitor();
    const { attempt, consent } = await ask(visitor);
    expect(heading(consent)).toContain('示例医保');
    expect(consent.text).toMatch(/异地就医备案[\s\S]*YB-2026-0008[\s\S]*最多核验 2 次[\s\S]*社会保障卡/);
    expect(consent.text).toContain('id="allow"');
    expect(consent.text).not.toContain(card.number);
    expect(consent.text).not.toContain(' checked');
    const done = await send(visitor, consent, '/allow', { [fieldOn(consent)]: 'yes' });
    const tokens = await site.party.finish(attempt, String(done.location));
    const [granted] = tokens.authorization_details ?? [];
    expect(granted).toMatchObject({ ...request, share_id: expect.stringMatching(/^[\w-]{22}$/) });
    const shareId = String(granted?.share_id);
    expect(await use(shareId)).toMatchObject({ shareId, accountId, licenceIds: [card.id] });

    const shares = await visit(visitor, '/wallet/shares');
    expect(shares.text).toMatch(/示例医保[\s\S]*已核验 1 次，最多 2 次/);
    await send(visitor, shares, '/shares/withdraw');
    expect(await use(shareId)).toBeUndefined();
  });

  it('is not given when nothing is ticked or the form is made up, and the login goes on', async () => {
    const visitor = app.visitor();
    const before = (await app.service.wallet.shares.list(accountId)).items.length;
    const foreign = await issueLicence(app.service.licences, 'driving-licence');
    for (const values of [{}, { [`share-0-${foreign.id}`]: 'yes' }, { [`share-1-${card.id}`]: 'yes' }]) {
      const { attempt, consent } = await ask(visitor);
      const done = await send(visitor, consent, '/allow', values);
      const tokens = await site.party.finish(attempt, String(done.location));
      expect(tokens.authorization_details).toBeUndefined();
    }
    const { consent } = await ask(visitor);
    expect((await send(visitor, consent, '/deny')).location).toContain('error=access_denied');
    expect((await visit(visitor, '/wallet')).text).toContain(card.id);
    expect((await app.service.wallet.shares.list(accountId)).items).toHaveLength(before);
  });

  it('is given once however often the form is sent', async () => {
    const visitor = app.visitor();
    const before = (await app.service.wallet.shares.list(accountId)).items.length;
    const { consent } = await ask(visitor);
    const values = { [fieldOn(consent)]: 'yes' };
    await Promise.all(Array.from({ length: 5 }, () => send(visitor.clone(), consent, '/allow', values)));
    expect((await app.service.wallet.shares.list(accountId)).items).toHaveLength(before + 1);
  });

  it('is refused to the site where its service item may not learn it', async () => {
    const details = [{ ...request, licence_types: [typeCodeOf('driving-licence')] }];
    const { page } = await site.open(app.visitor(), { authorization_details: JSON.stringify(details) });
    expect(page.location).toContain('error=invalid_authorization_details');
    expect(decodeURIComponent(String(page.location)).replaceAll('+', ' ')).toContain('may learn nothing');
  });
});

describe('for an organisation', () => {
  it('the one who acts for it sees its licences, lends one to a site, and all of that ends with the binding', async () => {
    const creditCode = '91520000MA0DEM005M';
    const type = typeCodeOf('business-licence');
    const person = { ...zhao, idNumber: '522626188811118887', name: '周试用', phoneNumber: '+8613900000088' };
    const representative = { identifier: person.idNumber, password };
    const account = await app.enrol(person, { password });
    await app.registers.control('/people', { id_number: person.idNumber, name: person.name });
    await app.registers.control('/organisations', {
      ...{ credit_code: creditCode, name: '示例省演示食品有限公司', standing: 'active' },
      representative_id_number: person.idNumber,
    });
    const licence = await issueLicence(app.service.licences, 'business-licence');
    await app.service.verification.serviceItems.put({
      service_items: [
        {
          ...{ code: 'food-new', name: { zh: '食品经营许可新办', en: 'New food business licence' } },
          ...{ clients: [site.clientId], authorities: [testAuthority] },
          types: [{ type, learns: [{ field: 'holder_name' }] }],
        },
      ],
    });
    const visitor = app.visitor();
    const page = await enterPortal(visitor, representative, '/account/organisations');
    await send(visitor, page, '/account/organisations', { creditCode });
    const banner = '您正在以法定代表人身份代表';
    const own = await visit(visitor, '/wallet');
    expect([own.text.includes(banner), own.text.includes(licence.id)]).toEqual([false, false]);
    // Its tab is the choice itself: every page knows it from then on.
    const list = await send(visitor, own, '/account/acting');
    expect(list.url).toBe(`${app.issuer}/wallet`);
    expect(list.text).toContain(`/wallet/${licence.id}/show`);
    for (const path of ['/wallet', `/wallet/${licence.id}`, '/wallet/desk', '/account/organisations'])
      expect((await visit(visitor, path)).text).toContain(banner);
    const back = await send(visitor, list, '/account/acting/self');
    expect([back.url, back.text.includes(banner)]).toEqual([`${app.issuer}/wallet`, false]);
    const offer = await visit(visitor, `/wallet/${licence.id}`);
    const there = await send(visitor, offer, '/account/acting');
    expect([there.url, heading(there)]).toEqual([`${app.issuer}/wallet/${licence.id}`, '营业执照']);
    // Nowhere else does a form of the account lead.
    const again = await visit(visitor, '/wallet');
    for (const back of ['https://evil.example', '//evil.example', '/wallet/../admin', '/logout']) {
      const { url } = await send(visitor, again, '/account/acting/self', { back });
      expect([back, new URL(url).pathname]).toEqual([back, '/account/organisations']);
    }
    await send(visitor, await visit(visitor, '/wallet'), '/account/acting');

    const asked = { ...request, licence_types: [type], service_item_code: 'food-new' };
    const { attempt, consent } = await ask(visitor, [asked]);
    expect(consent.text).toMatch(/食品经营许可新办[\s\S]*营业执照/);
    const done = await send(visitor, consent, '/allow', { [fieldOn(consent)]: 'yes' });
    const tokens = await site.party.finish(attempt, String(done.location));
    const shareId = String(tokens.authorization_details?.[0]?.share_id);
    const read = () =>
      app.service.wallet.shares.use({
        ...{ shareId, clientId: site.clientId, typeCode: type },
        holder: { idType: '001', idNumber: creditCode },
        matter: { purpose: request.purpose, serviceItemCode: 'food-new', caseNumber: request.case_number },
      });
    expect(await read()).toMatchObject({ accountId: account, licenceIds: [licence.id] });
    const [organisation] = await app.service.identity.organisations.list(account);
    await app.service.identity.organisations.release({
      ...{ accountId: account, organisationId: organisation?.organisationId ?? '' },
    });
    expect(await read()).toBeUndefined();
    const later = app.visitor();
    await enterPortal(later, representative, '/wallet');
    expect((await visit(later, `/wallet/${licence.id}`)).status).toBe(404);
  });
});

describe('the wallet in the whole service', () => {
  it('opens after a login, shows a licence of the real library, and gives its sealed answer to nobody else', async () => {
    const visitor = app.visitor();
    const list = await enterPortal(visitor, login, '/wallet');
    expect(list.text).toContain(`/wallet/${card.id}/show`);
    expect(heading(await visit(visitor, `/wallet/${card.id}`))).toBe('社会保障卡');
    expect((await visit(visitor, `/wallet/${card.id}/show`)).text).toContain('<svg');
    const foreign = await issueLicence(app.service.licences, 'marriage-certificate', {
      number: 'J520100-2024-000009',
    });
    // She is one of its two holders, so it is hers as well.
    expect((await visit(visitor, `/wallet/${foreign.id}`)).status).toBe(200);
    expect((await visit(visitor, '/wallet/AAAAAAAAAAAAAAAAAAAAAA')).status).toBe(404);
    const short = await visit(visitor, '/wallet/short');
    expect([short.status, heading(short)]).toEqual([404, '未找到']);
  });

  it('is where a form of it leads back to whose session was over', async () => {
    const visitor = app.visitor();
    const from = { origin: app.issuer, referer: `${app.issuer}/wallet/desk` };
    const late = await visitor.post('/wallet/desk', { code: '123456' }, from);
    const entered = await send(visitor, await visitor.follow(late), '/password', login);
    const back = await visit(visitor, entered.location ?? '');
    expect([back.url, heading(back)]).toEqual([`${app.issuer}/wallet/desk`, '输入窗口码']);
  });

  it('stays shut for a login by SMS whose phone was never matched', async () => {
    const person = { ...zhao, idNumber: '520102188912310026', phoneNumber: '+8613900000077' };
    await app.enrol(person, { password, level: 1, isPhoneMatched: false });
    const page = await enterPortal(app.visitor(), { identifier: person.idNumber, password }, '/wallet');
    expect(page.text).not.toContain('href="/wallet/desk"');
  });

  it('marks a licence for verifiers while an objection waits, through the relay too', async () => {
    const visitor = app.visitor();
    await enterPortal(visitor, login, '/wallet');
    const form = await visit(visitor, `/wallet/${card.id}/objection`);
    await send(visitor, form, '/objection', { text: '参保地写错了，应为样板区。' });
    const licence = await app.service.licences.library.findById(card.id);
    expect(licence?.disputed).toBeDefined();
  });
});
