import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Licence } from '../../src/licences/index.ts';
import type { Named } from '../../src/verification/index.ts';
import type { Verifier } from '../../src/wallet/index.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import {
  allTypes,
  draftOf,
  issueLicence,
  testActor,
  testAuthority,
  typeCodeOf,
} from '../support/licences.ts';
import { csrfOf, enterPortal, openSite, send, type TestSite, visit } from '../support/pages.ts';
import { personAt, zhao } from '../support/people.ts';
import { createDemoSeals } from '../support/seals.ts';
import { createStaffMember } from '../support/staff.ts';
import { openSystem, type TestSystem } from '../support/systems.ts';

const heir = personAt(903);
const password = 'lantern over the river';
const cardType = typeCodeOf('social-security-card');
const matter = { purpose: '异地就医备案', service_item_code: 'medical-away', case_number: 'YB-2026-0008' };
const asked = { purpose: matter.purpose, serviceItemCode: 'medical-away', caseNumber: matter.case_number };

let app: TestApp;
let hall: TestSystem;
let site: TestSite;
let card: Licence;
let zhaoId: string;
let heirId: string;

const login = (person: { idNumber: string }) => ({ identifier: person.idNumber, password });

/** What the operator lets the item learn, from now on. */
async function allow(...fields: string[]): Promise<void> {
  await app.service.verification.serviceItems.put({
    service_items: [
      {
        ...{ code: 'medical-away', name: { zh: '异地就医', en: 'Care elsewhere' } },
        ...{ clients: ['hall', site.clientId], authorities: [testAuthority] },
        types: [{ type: cardType, learns: fields.map((field) => ({ field })) }],
      },
    ],
  });
  // The table is asked once in two seconds.
  app.clock.advance(3);
}

beforeAll(async () => {
  app = await createTestApp();
  await createDemoSeals(app, [{ code: testAuthority, issues: allTypes.map(typeCodeOf) }]);
  card = await issueLicence(app.service.licences, 'social-security-card');
  zhaoId = await app.enrol(zhao, { password });
  heirId = await app.enrol(heir, { password });
  hall = await openSystem(app, 'hall', { scope: 'verifications:create' });
  site = await openSite(app, {
    ...{ client_name: '示例医保', authorization_details_types: ['licence_verification'] },
  });
  await allow('holder_name');
}, 90_000);
afterAll(() => app.close());

const factsOf = async (question: Record<string, unknown>) => {
  const { body } = await hall.call('POST', '/api/v1/verifications', { body: { ...matter, ...question } });
  return body.licence?.facts;
};

/** What is learned when the service itself asks as a verifier. */
async function factNames(named: Named, verifier: Verifier): Promise<string[]> {
  const { licence } = await app.service.verification.verify({ named, verifier, matter: asked });
  return licence?.facts.map(({ name }) => name) ?? [];
}

describe('what may be learned, widened after its holder agreed,', () => {
  const bureau = { zh: '局', en: 'Bureau' };

  it('is learned by no consent that was given before', async () => {
    const consented = await app.service.wallet.shares.grant({
      ...{ holder: { accountId: zhaoId }, clientId: 'hall', licenceIds: [card.id], once: 'widened' },
      request: { licenceTypes: [cardType], matter: asked },
    });
    const question = {
      ...{ by: 'holder', id_type: '111', id_number: zhao.idNumber, type_code: cardType },
      share_id: consented?.id,
    };
    const before = await factsOf(question);
    expect(before).toEqual({ holder_name: zhao.name });
    await allow('holder_name', 'holder_number');
    expect(await factsOf(question)).toEqual(before);
    await allow('holder_number');
    expect(await factsOf(question)).toEqual({});
  });

  it('is learned by no consent whose page did not name it, although it was given afterwards', async () => {
    await allow('holder_name');
    const visitor = app.visitor();
    const { page, attempt } = await site.open(visitor, {
      authorization_details: JSON.stringify([
        { type: 'licence_verification', licence_types: [cardType], ...matter },
      ]),
    });
    const consent = await send(visitor, page, '/password', login(zhao));
    await allow('holder_name', 'holder_number');
    const done = await send(visitor, consent, '/allow', { [`share-0-${card.id}`]: 'yes' });
    const tokens = await site.party.finish(attempt, String(done.location));
    const consentId = String(tokens.authorization_details?.[0]?.share_id);
    const named = { by: 'holder', ...zhao, typeCode: cardType, consentId } as const;
    const verifier = { kind: 'client', id: site.clientId, name: bureau } as const;
    expect(await factNames(named, verifier)).toEqual(['holder_name']);
  });

  it('is learned at no desk whose page did not name it', async () => {
    await allow('holder_name');
    const { desks } = app.service.wallet;
    const verifier = { kind: 'staff', id: 'approver-1', authorityCode: testAuthority, name: bureau } as const;
    const { deskId } = await desks.open({ verifier, matter: asked, typeCodes: [cardType] });
    const state = await desks.state(deskId, verifier.id);
    const visitor = app.visitor();
    const typing = await enterPortal(visitor, login(zhao), '/wallet/desk');
    const code = state.outcome === 'waiting' ? state.code : '';
    const page = await send(visitor, typing, '/wallet/desk', { code });
    await allow('holder_name', 'holder_number');
    await send(visitor, page, '/desk/confirm', { licence: card.id });
    const shown = await desks.take(deskId, verifier.id);
    expect(shown?.licenceId).toBe(card.id);
    const named = { by: 'desk', licenceId: card.id, facts: shown?.facts } as const;
    expect(await factNames(named, verifier)).toEqual(['holder_name']);
  });
});

describe('a licence that came to another holder', () => {
  it('shows neither what the former did with it nor, by a code, what it said of the former', async () => {
    await allow('holder_name');
    const { licences, wallet } = app.service;
    const passed = await issueLicence(licences, 'social-security-card', { number: 'G00000077' });
    const question = { by: 'number', type_code: cardType, number: 'G00000077' };
    expect(await factsOf({ ...question, case_number: 'FORMER-77' })).toEqual({ holder_name: zhao.name });
    const former = app.visitor();
    await enterPortal(former, login(zhao), '/wallet');
    const form = await visit(former, `/wallet/${passed.id}/objection`);
    await send(former, form, '/objection', { text: '只有前持证人知道的事情。' });
    await licences.move(passed.id, { to: 'suspended', reason: '前持证人的事由' }, testActor);
    await licences.move(passed.id, { to: 'valid' }, testActor);
    const own = await visit(former, `/wallet/${passed.id}`);
    expect(own.text).toMatch(/只有前持证人知道[\s\S]*FORMER-77[\s\S]*前持证人的事由/);
    app.clock.advance(60);
    const consent = await wallet.shares.grant({
      ...{ holder: { accountId: zhaoId }, clientId: 'hall', licenceIds: [passed.id], once: 'passed' },
      request: { licenceTypes: [cardType], matter: asked },
    });
    const { idType, idNumber, name } = heir;
    await licences.addVersion(
      passed.id,
      draftOf('social-security-card', { issuedOn: '2025-06-01', holders: [{ idType, idNumber, name }] }),
      testActor,
    );
    expect(await factsOf({ ...question, case_number: 'PRESENT-77' })).toEqual({ holder_name: name });
    const visitor = app.visitor();
    await enterPortal(visitor, login(heir), '/wallet');
    const { text } = await visit(visitor, `/wallet/${passed.id}`);
    expect(text).toContain('PRESENT-77');
    expect(text).not.toMatch(/FORMER-77|只有前持证人知道|前持证人的事由/);
    expect((await visit(former, `/wallet/${passed.id}`)).status).toBe(404);
    const show = () => wallet.presentations.show({ holder: { accountId: heirId }, licenceId: passed.id });
    const present = await factsOf({ by: 'code', code: (await show())?.code });
    expect(present).toEqual({ holder_name: name });
    expect(await factsOf({ by: 'code', code: (await show())?.code, as_of: '2025-01-01' })).toBeUndefined();
    const byConsent = { by: 'holder', id_type: '111', id_number: zhao.idNumber, type_code: cardType };
    const { body } = await hall.call('POST', '/api/v1/verifications', {
      body: { ...matter, ...byConsent, share_id: consent?.id },
    });
    expect([body.conclusion, body.checks.length]).toEqual(['cannot_tell', 1]);
  });
});

describe('an objection', () => {
  it('and its answer hold no characters that deceive who decides by them', async () => {
    const visitor = app.visitor();
    await enterPortal(visitor, login(zhao), '/wallet');
    const form = await visit(visitor, `/wallet/${card.id}/objection`);
    const clerk = await createStaffMember(app, { duties: ['issuing-clerk'] });
    for (const character of ['\u202e', '\u2066', '\u2028', '\u0007']) {
      const text = `参保地${character}写错了，应为样板区`;
      const { status } = await send(visitor, form, '/objection', { text });
      expect([character.codePointAt(0)?.toString(16), status]).toEqual([
        character.codePointAt(0)?.toString(16),
        422,
      ]);
    }
    await send(visitor, form, '/objection', { text: '参保地写错了，\r\n应为样板区' });
    const list = await visit(clerk.visitor, '/admin/objections');
    const paths = [...new Set(list.text.match(/\/admin\/objections\/[\w-]{22}/g))];
    const path = paths.at(-1) ?? '';
    const detail = await visit(clerk.visitor, path);
    const answered = { decision: 'rejected', text: '没有写错\u202e，请再核对' };
    expect((await send(clerk.visitor, detail, path, answered)).status).toBe(422);
  });
});

describe('a clerk', () => {
  it('who reads an objection is in the log, and sees no number there that is somebody’s own', async () => {
    const { licences, audit } = app.service;
    const { idType, idNumber, name } = zhao;
    const licence = await issueLicence(licences, 'driving-licence', {
      holders: [{ idType, idNumber, name }],
      number: idNumber,
      data: { ...draftOf('driving-licence').data, born_on: '1880-01-01' },
    });
    const visitor = app.visitor();
    await enterPortal(visitor, login(zhao), '/wallet');
    const form = await visit(visitor, `/wallet/${licence.id}/objection`);
    await send(visitor, form, '/objection', { text: '准驾车型写错了。' });
    const clerk = await createStaffMember(app, { duties: ['issuing-clerk'] });
    const list = await visit(clerk.visitor, '/admin/objections');
    const paths = [...new Set(list.text.match(/\/admin\/objections\/[\w-]{22}/g))];
    const pages = await Promise.all(paths.map((path) => visit(clerk.visitor, path)));
    const page = pages.find(({ text }) => text.includes('准驾车型写错了'));
    expect(page?.text).toContain(`/admin/licences/${licence.id}`);
    expect(page?.text).not.toContain(idNumber);
    await audit.drain();
    const { items } = await audit.eventsOfLicence(licence.id, { types: ['licences.licence.shown'] });
    expect(items.map(({ data }) => data.actor)).toEqual([clerk.accountId]);
  });
});

describe('a counter', () => {
  it('answers no more numbers than somebody types, when they all come before the first answer', async () => {
    const { visitor } = await createStaffMember(app, {
      duties: [{ role: 'approver', authorityCode: testAuthority }],
    });
    const begun = await send(visitor, await visit(visitor, '/verify'), '/verify', {
      ...{ item: `${testAuthority}|medical-away`, case_number: 'A-1', purpose: '示例' },
    });
    const path = `${new URL(begun.url).pathname}/check`;
    const headers = { cookie: visitor.cookies('/').join('; '), origin: app.issuer };
    const enter = async (entry: string): Promise<number> => {
      const body = new FormData();
      for (const [name, value] of Object.entries({ _csrf: csrfOf(begun), entry, type: cardType }))
        body.set(name, value);
      return (await fetch(app.issuer + path, { method: 'POST', redirect: 'manual', body, headers })).status;
    };
    const numbers = Array.from({ length: 180 }, (_, n) => `G8${String(n).padStart(7, '0')}`);
    const answers = await Promise.all(numbers.map(enter));
    expect(answers.filter((status) => status === 303).length).toBeLessThanOrEqual(120);
    expect(new Set(answers)).toEqual(new Set([303, 429]));
  });
});
