import { createPublicKey, generateKeyPairSync, type JsonWebKey, sign, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { certificateOf, certify } from '../../scripts/demo/authority/pki.ts';
import { createProgram } from '../../src/cli/index.ts';
import { print } from '../../src/cli/output.ts';
import { dayMs } from '../../src/core/index.ts';
import type { LicenceDraft } from '../../src/licences/index.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import {
  allTypes,
  draftOf,
  otherAuthority,
  type TypeName,
  testAuthority,
  typeCodeOf,
} from '../support/licences.ts';
import { send, visit } from '../support/pages.ts';
import { makeHolder, signerOf } from '../support/pki.ts';
import { makePdf, sealPdf } from '../support/sealed-pdf.ts';
import { createDemoSeals } from '../support/seals.ts';
import { createStaffMember, type TestStaff } from '../support/staff.ts';
import { type ApiReply, openSystem, type TestSystem } from '../support/systems.ts';

let app: TestApp;
let bureau: TestSystem;
let neighbour: TestSystem;
let cardsOnly: TestSystem;
let clerk: TestStaff;
let clerkNextDoor: TestStaff;

const cardType = typeCodeOf('social-security-card');
const everything = 'licences:issue licences:manage licences:read licence-types:manage';

/** A draft as it goes over the wire. */
function wireOf(name: TypeName, changes: Partial<LicenceDraft> = {}): Record<string, unknown> {
  const draft = draftOf(name, changes);
  return {
    type_code: draft.typeCode,
    issuing_authority_code: draft.issuingAuthorityCode,
    holders: draft.holders.map(({ idType, idNumber, name: called }) => ({
      ...{ id_type: idType, id_number: idNumber, name: called },
    })),
    ...{ number: draft.number, issued_on: draft.issuedOn, valid_from: draft.validFrom },
    ...{ valid_until: draft.validUntil, data: draft.data },
  };
}

/** The part of it that a new version repeats. */
function versionOf(name: TypeName, changes: Partial<LicenceDraft> = {}): Record<string, unknown> {
  const { type_code: _, issuing_authority_code: __, number: ___, ...rest } = wireOf(name, changes);
  return rest;
}

let cards = 500;
function nextCard(): string {
  cards += 1;
  return `G${String(cards).padStart(8, '0')}`;
}

/** Issues a social security card and answers its id. */
async function issueCard(changes: Partial<LicenceDraft> = {}): Promise<string> {
  const body = wireOf('social-security-card', { number: nextCard(), ...changes });
  const reply = await bureau.call('POST', '/api/v1/licences', { body });
  if (reply.status !== 201) throw new Error(`not issued: ${JSON.stringify(reply.body)}`);
  return reply.body.id;
}

const pointersOf = ({ body }: ApiReply): string[] =>
  (body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer);

/** A problem without what differs from request to request. */
const plain = ({ status, body }: ApiReply) => ({
  status,
  ...body,
  instance: undefined,
  request_id: undefined,
});

beforeAll(async () => {
  app = await createTestApp();
  await createDemoSeals(app, [
    { code: testAuthority, issues: allTypes.map(typeCodeOf) },
    { code: otherAuthority, issues: [typeCodeOf('hygiene-licence')], name: '示例市卫生健康局' },
  ]);
  bureau = await openSystem(app, 'bureau', {
    ...{ scope: everything, authority_code: testAuthority, licence_types: ['*'] },
  });
  neighbour = await openSystem(app, 'neighbour', {
    ...{ scope: everything, authority_code: otherAuthority, licence_types: ['*'] },
  });
  cardsOnly = await openSystem(app, 'cards-only', {
    ...{ scope: everything, authority_code: testAuthority, licence_types: [cardType] },
  });
  clerk = await createStaffMember(app, { duties: ['issuing-clerk'] });
  clerkNextDoor = await createStaffMember(app, {
    duties: [{ role: 'issuing-clerk', authorityCode: otherAuthority }],
  });
}, 90_000);
afterAll(() => app.close());

/** Milliseconds of work of this process since then, which a busy machine does not lengthen. */
function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const absent = 'AAAAAAAAAAAAAAAAAAAAAA';

describe('a licence of another authority', () => {
  it('is read, changed, moved and renewed by nobody else, in the words for what is not there', async () => {
    const id = await issueCard();
    const requests = (at: string): [string, string, unknown?][] => [
      ['GET', `/api/v1/licences/${at}`],
      ['GET', `/api/v1/licences/${at}/file`],
      ['GET', `/api/v1/licences/${at}/file?version=1`],
      ['POST', `/api/v1/licences/${at}/versions`, versionOf('social-security-card')],
      ['POST', `/api/v1/licences/${at}/transitions`, { to: 'revoked', reason: '越权' }],
    ];
    for (const [index, [method, path, body]] of requests(id).entries()) {
      const foreign = await neighbour.call(method, path, { body });
      const [, nowhere] = requests(absent)[index] as [string, string];
      expect(plain(foreign)).toEqual(plain(await neighbour.call(method, nowhere, { body })));
      expect(foreign.status).toBe(404);
    }
    const renewal = async (renews: string) => {
      const body = { ...wireOf('hygiene-licence', { issuingAuthorityCode: otherAuthority }), renews };
      return plain(await neighbour.call('POST', '/api/v1/licences', { body }));
    };
    expect(await renewal(id)).toEqual(await renewal(absent));
    const { body } = await bureau.call('GET', `/api/v1/licences/${id}`);
    expect([body.status, body.version]).toEqual(['valid', 1]);
  });

  it('is out of reach of a system that may only work on other types', async () => {
    const issued = await bureau.call('POST', '/api/v1/licences', { body: wireOf('hygiene-licence') });
    expect(issued.status).toBe(201);
    const path = `/api/v1/licences/${issued.body.id}`;
    for (const [method, at, body] of [
      ['GET', path],
      ['POST', `${path}/versions`, versionOf('hygiene-licence')],
      ['POST', `${path}/transitions`, { to: 'suspended', reason: '越权' }],
    ] as const)
      expect((await cardsOnly.call(method, at, { body })).status).toBe(404);
  });

  it('is found, shown and moved by no clerk next door', async () => {
    const id = await issueCard();
    expect((await visit(clerk.visitor, `/admin/licences/${id}`)).status).toBe(200);
    for (const path of [
      `/admin/licences/${id}`,
      `/admin/licences/${id}/change`,
      `/admin/licences/${id}/file/1`,
    ])
      expect((await visit(clerkNextDoor.visitor, path)).status).toBe(404);
    const list = await visit(clerkNextDoor.visitor, '/admin/licences');
    const fields = {
      to: 'revoked',
      reason: '越权',
      _csrf: /name="_csrf" value="([^"]+)"/.exec(list.text)?.[1] ?? '',
    };
    const moved = await clerkNextDoor.visitor.post(`/admin/licences/${id}/transitions`, fields, {
      origin: app.issuer,
    });
    expect(moved.status).toBe(404);
  });
});

describe('entitlement', () => {
  it('to issue ends for new versions too when the authority no longer issues the type', async () => {
    const id = await issueCard();
    const { authorities } = app.service.identity;
    const before = await authorities.find(testAuthority);
    if (!before) throw new Error('there is no authority');
    await authorities.put(
      { ...before, issues: before.issues.filter((code) => code !== cardType) },
      'operator',
    );
    app.clock.advance(10);
    const stolen = draftOf('social-security-card', {
      holders: [{ idType: '111', idNumber: '522626188811118887', name: '孙样例' }],
    });
    const body = versionOf('social-security-card', { holders: stolen.holders });
    const refused = await bureau.call('POST', `/api/v1/licences/${id}/versions`, { body });
    // What was issued can still be ended: that takes nothing but responsibility.
    const moved = await bureau.call('POST', `/api/v1/licences/${id}/transitions`, {
      body: { to: 'cancelled', reason: '停发' },
    });
    await authorities.put(before, 'operator');
    app.clock.advance(10);
    expect([refused.status, refused.body.code]).toEqual([403, 'not-entitled']);
    expect(moved.status).toBe(200);
  });

  it('is asked for the type and the authority together, with one answer for unknown and forbidden', async () => {
    const tries = [
      wireOf('social-security-card', { issuingAuthorityCode: otherAuthority }),
      wireOf('social-security-card', { typeCode: `${testAuthority}999` }),
      wireOf('social-security-card', { issuingAuthorityCode: '91520000MA0DEM005M' }),
    ];
    const answers = [];
    for (const body of tries) answers.push(plain(await neighbour.call('POST', '/api/v1/licences', { body })));
    expect(answers[0]).toMatchObject({ status: 403, code: 'not-entitled' });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('to define types ends at the code of one’s own authority', async () => {
    const { body: type } = await bureau.call('GET', `/api/v1/licence-types/${cardType}`);
    const { code: _, version, ...content } = type;
    const foreign = await neighbour.call('PUT', `/api/v1/licence-types/${cardType}`, {
      body: { version, ...content, security_level: 1 },
    });
    const planted = await neighbour.call('POST', '/api/v1/licence-types', {
      body: { code: `${testAuthority}998`, ...content },
    });
    expect([foreign.status, planted.status]).toEqual([403, 403]);
  });

  it('is not widened by members that nobody may send', async () => {
    const extra = [
      { id: absent },
      { status: 'valid' },
      { holderKeys: ['111|520102188001010014'] },
      { created_at: '2020-01-01T00:00:00Z' },
      { seal_id: 'x' },
      { file: { sha256: 'a'.repeat(64) } },
      { versions: [] },
    ];
    for (const member of extra) {
      const body = { ...wireOf('social-security-card', { number: nextCard() }), ...member };
      expect((await bureau.call('POST', '/api/v1/licences', { body })).status).toBe(422);
    }
  });
});

describe('an Idempotency-Key', () => {
  it('of another client leads to nothing of theirs, and never to another body or address', async () => {
    const body = wireOf('social-security-card', { number: nextCard() });
    const first = await bureau.call('POST', '/api/v1/licences', { body, key: 'shared-key' });
    expect(first.status).toBe(201);
    const foreign = await neighbour.call('POST', '/api/v1/licences', { body, key: 'shared-key' });
    expect([foreign.status, foreign.body.code]).toEqual([403, 'not-entitled']);
    const other = { ...body, number: nextCard() };
    const changed = await bureau.call('POST', '/api/v1/licences', { body: other, key: 'shared-key' });
    expect(changed.status).toBe(422);
    const elsewhere = await bureau.call('POST', `/api/v1/licences/${first.body.id}/transitions`, {
      ...{ body: { to: 'revoked', reason: '越权' }, key: 'shared-key' },
    });
    expect(elsewhere.status).toBe(422);
    const again = await bureau.call('POST', '/api/v1/licences', { body, key: 'shared-key' });
    expect(again.body).toEqual(first.body);
  });

  it('with numbers that no JSON can hold gets a refusal, not a failure', async () => {
    const text = JSON.stringify(wireOf('social-security-card', { number: nextCard() })).replace(
      '"data":{',
      '"data":{"height":1e400,',
    );
    for (const key of [undefined, 'endless-number']) {
      const { status } = await bureau.call('POST', '/api/v1/licences', { text, ...(key && { key }) });
      expect([400, 422]).toContain(status);
    }
  });
});

describe('what a type says', () => {
  const content = {
    name: { zh: '攻击示例证', en: 'Attack licence' },
    ...{ kind: 'licence', holder_kind: 'resident', holders: { min: 1, max: 1 } },
    template: 'social-security-card',
    ...{ validity: { rule: 'free' }, security_level: 2, status: 'active' },
    number: { rule: 'pattern', pattern: '[A-Z][0-9]{8}', example: 'G00000001' },
    fields: {
      ...{ type: 'object', additionalProperties: false },
      properties: { insured_area: { type: 'string', title: '参保地', 'x-title-en': 'Area', maxLength: 80 } },
    },
  };
  const define = (changes: Record<string, unknown>) =>
    bureau.call('POST', '/api/v1/licence-types', {
      body: { code: `${testAuthority}997`, ...content, ...changes },
    });
  const withPattern = (pattern: string) =>
    define({
      fields: {
        ...content.fields,
        properties: {
          insured_area: { type: 'string', title: '参', 'x-title-en': 'A', maxLength: 200, pattern },
        },
      },
    });

  /** Patterns that take for ever on some text of 128 or 200 characters. */
  const endless = [
    ['repeats of repeats', '(a+)+b'],
    ['repeats of a choice', '(a|a)*b'],
    ['choices in a row', `${'(a|a)'.repeat(35)}b`],
    ['wishes in a row', `${'a?'.repeat(60)}${'a'.repeat(60)}`],
    ['wishes by numbers', `${'a{0,1}'.repeat(16)}${'a{0,9}'.repeat(8)}b`],
    ['repeats behind an escaped backslash', `${'\\\\*'.repeat(40)}x`],
    ['lazy repeats in a row', `${'a*?'.repeat(30)}b`],
    ['four repeats in a row', '.*.*.*.*b'],
    ['a repeat within a look-ahead', '(?=(a+)+b)a'],
    ['a group behind a space in a class', '(a*)[ ]*(a*)[ ]*b'],
  ] as const;
  it.each(endless)('cannot be checked by %s: no number or field is given that long', async (_, pattern) => {
    const before = process.cpuUsage();
    for (const { status } of [
      await define({ number: { rule: 'pattern', pattern, example: 'a' } }),
      await withPattern(pattern),
    ])
      expect(status).toBe(422);
    expect(cpuSince(before)).toBeLessThan(2_000);
  });

  it('takes references, code, endless sizes and prototypes for what they are', async () => {
    const property = { type: 'string', title: '参保地', 'x-title-en': 'Area', maxLength: 80 };
    const fields: unknown[] = [
      { ...content.fields, $ref: '#' },
      { ...content.fields, $ref: 'http://127.0.0.1:1/x' },
      { ...content.fields, $defs: { a: { $ref: '#/$defs/a' } } },
      { ...content.fields, properties: { insured_area: { $ref: '#' } } },
      { ...content.fields, patternProperties: { '(a+)+$': {} } },
      { ...content.fields, allOf: [{}] },
      { ...content.fields, additionalProperties: true },
      { ...content.fields, properties: { 'a"]);process.exit(1);//': property } },
      { ...content.fields, properties: { insured_area: { ...property, maxLength: 1e9 } } },
      { ...content.fields, properties: { insured_area: { ...property, format: 'uri' } } },
      {
        ...content.fields,
        properties: Object.fromEntries(Array.from({ length: 61 }, (_, at) => [`field_${at}`, property])),
      },
    ];
    for (const one of fields) expect((await define({ fields: one })).status).toBe(422);
    for (const template of ['constructor', 'toString', 'hasOwnProperty', '__proto__', '../../etc/passwd'])
      expect([template, (await define({ template })).status]).toEqual([template, 422]);
    const text = JSON.stringify({ code: `${testAuthority}997`, ...content });
    const planted = text.replace('"properties":{', '"properties":{"__proto__":{"type":"string"},');
    expect((await bureau.call('POST', '/api/v1/licence-types', { text: planted })).status).toBe(400);
  });

  it('stands as text wherever it is shown', async () => {
    const nasty = '<img src=x onerror=1>"\'';
    const defined = await define({ name: { zh: nasty, en: nasty } });
    expect(defined.status).toBe(201);
    const { authorities } = app.service.identity;
    const before = await authorities.find(testAuthority);
    if (!before) throw new Error('there is no authority');
    const code = `${testAuthority}997`;
    await authorities.put({ ...before, issues: [...before.issues, code] }, 'operator');
    app.clock.advance(10);
    const page = await visit(clerk.visitor, '/admin/licences');
    expect(page.text).not.toContain('<img');
    expect(page.text).toContain('&lt;img');
  });
});

describe('what a licence says', () => {
  it('holds no characters that turn text round, end lines or are not there', async () => {
    const bad = ['\u202e章', '一\u0000二', '一\u001b[2J', '一\u2028二', '一\u2066二', '一\ud800'];
    for (const text of bad) {
      const inData = await bureau.call('POST', '/api/v1/licences', {
        body: wireOf('social-security-card', { number: nextCard(), data: { insured_area: text } }),
      });
      expect([JSON.stringify(text), inData.status, pointersOf(inData)]).toEqual([
        ...[JSON.stringify(text), 422, ['/data/insured_area']],
      ]);
      const holders = [{ idType: '111' as const, idNumber: '520102188001010014', name: `赵${text}` }];
      const inName = await bureau.call('POST', '/api/v1/licences', {
        body: wireOf('social-security-card', { number: nextCard(), holders }),
      });
      expect(inName.status).toBe(422);
    }
    const id = await issueCard();
    for (const reason of ['一\u202e二', '一\u0007二'])
      expect(
        (await bureau.call('POST', `/api/v1/licences/${id}/transitions`, { body: { to: 'revoked', reason } }))
          .status,
      ).toBe(422);
  });

  it('is drawn as text, also where it looks like operators of a PDF', async () => {
    const text = ') Tj ET /JS (app.alert(1)) >> endobj (';
    const id = await issueCard({ data: { insured_area: text } });
    const { body } = await bureau.call('GET', `/api/v1/licences/${id}/file`);
    const pdf = body.toString('latin1');
    for (const sign of ['/JS', '/JavaScript', '/OpenAction', '/AA', 'app.alert'])
      expect(pdf).not.toContain(sign);
  });

  it('goes out under a name that is no header of its own', async () => {
    const id = await issueCard();
    const reply = await bureau.call('GET', `/api/v1/licences/${id}/file`);
    expect(reply.headers.get('content-disposition')).toBe('attachment; filename="licence.pdf"');
    expect(reply.headers.get('content-security-policy')).toContain('sandbox');
    expect(reply.headers.get('cache-control')).toBe('no-store');
  });
});

describe('a clerk', () => {
  it('who looks into a licence is in the log, by whichever page', async () => {
    const id = await issueCard();
    const shown = async (): Promise<number> => {
      await app.service.audit.drain();
      const { items } = await app.service.audit.eventsOfLicence(id, { types: ['licences.licence.shown'] });
      return items.filter(({ data }) => data.actor === clerk.accountId).length;
    };
    for (const [index, path] of ['', '/change', '/file/1'].entries()) {
      expect((await clerk.visitor.get(`/admin/licences/${id}${path}`)).status).toBe(200);
      expect([path, await shown()]).toEqual([path, index + 1]);
    }
  });
});

describe('a seal of another authority', () => {
  let keeper: TestStaff;
  let foreign: string;
  beforeAll(async () => {
    keeper = await createStaffMember(app, {
      duties: [{ role: 'seal-keeper', authorityCode: otherAuthority }],
    });
    foreign = (await app.service.seals.register.list({ ownerCode: testAuthority })).items[0]?.id ?? '';
  });

  it('is neither seen nor touched by a keeper next door, in the words for what is not there', async () => {
    const list = await visit(keeper.visitor, '/admin/seals');
    const _csrf = /name="_csrf" value="([^"]+)"/.exec(
      (await visit(keeper.visitor, '/admin/seals/new')).text,
    )?.[1];
    expect(list.text).not.toContain(foreign);
    const bare = (text: string) => text.replaceAll(/[\w-]{22}/g, '').replaceAll(foreign, '');
    for (const path of ['', '/picture', '/request', '/suspend', '/revoke', '/approve']) {
      const seen = await keeper.visitor.get(`/admin/seals/${foreign}${path}`);
      const nowhere = await keeper.visitor.get(`/admin/seals/${absent}${path}`);
      expect([path, seen.status, bare(seen.text) === bare(nowhere.text)]).toEqual([path, 404, true]);
    }
    for (const path of ['/suspend', '/revoke', '/certificate']) {
      const fields = { _csrf: _csrf ?? '', reason: '越权', chain: 'x' };
      const done = await keeper.visitor.post(`/admin/seals/${foreign}${path}`, fields, {
        origin: app.issuer,
      });
      expect([path, done.status]).toEqual([path, 404]);
    }
    expect((await app.service.seals.register.find(foreign))?.status).toBe('active');
    const listed = await visit(keeper.visitor, `/admin/seals?owner=${testAuthority}`);
    expect(listed.text).not.toContain(foreign);
  });

  it('is not applied for under another authority’s name, nor by hand-made fields', async () => {
    const form = await visit(keeper.visitor, '/admin/seals/new');
    const applied = await send(keeper.visitor, form, '/admin/seals/new', {
      ...{ ownerCode: testAuthority, nameZh: '伪造章', nameEn: 'Forged', codeNumber: '5209999999999' },
    });
    expect(applied.status).toBe(404);
  });
});

describe('a chain of certificates that goes round in circles', () => {
  it('is refused after few steps, however many of them vouch for each other', async () => {
    const { register } = app.service.seals;
    const [seal] = (await register.list({ ownerCode: testAuthority })).items;
    if (!seal) throw new Error('there is no seal');
    const { publicJwk } = await app.service.keyring.signer(`seal:${seal.id}`, seal.algorithm);
    const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const life = { notBefore: Date.now() - dayMs, notAfter: Date.now() + 100 * dayMs };
    const first = certify({ name: 'Round', use: 'issuing', ...life }, keys);
    const round = Array.from({ length: 16 }, () =>
      certificateOf({ name: 'Round', use: 'issuing', issuer: first, ...life }, keys),
    );
    const leaf = certificateOf(
      { name: 'Seal', use: 'seal', issuer: first, ...life },
      { publicKey: createPublicKey({ key: publicJwk as JsonWebKey, format: 'jwk' }) },
    );
    const pem = [leaf, ...round].map((der) => new X509Certificate(der).toString()).join('');
    const before = process.cpuUsage();
    const refused = await register.install({ sealId: seal.id, actor: { id: 'operator' }, pem });
    expect(refused).toEqual({ outcome: 'certificate-refused', fault: 'untrusted' });
    expect(cpuSince(before)).toBeLessThan(1_500);
  });
});

describe('a receipt that is checked', () => {
  const folder = mkdtempSync(join(tmpdir(), 'attack-receipts-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What the command says of a file, and its exit code. */
  async function check(content: string | Uint8Array, more: Record<string, string | Uint8Array> = {}) {
    const root = Buffer.from((await app.service.receipts.keys()).root, 'base64');
    writeFileSync(join(folder, 'root.der'), root);
    writeFileSync(join(folder, 'receipt.jws'), content);
    const options = Object.entries(more).flatMap(([name, text]) => {
      writeFileSync(join(folder, name), text);
      return [`--${name}`, join(folder, name)];
    });
    const said: string[] = [];
    const write = process.stdout.write;
    process.stdout.write = ((text: string) => said.push(String(text)) > 0) as typeof write;
    try {
      const args = [
        'verify-receipt',
        join(folder, 'receipt.jws'),
        '--trust',
        join(folder, 'root.der'),
        ...options,
      ];
      await createProgram().parseAsync(['node', 'tongxing', ...args]);
    } catch (error) {
      said.push(String((error as Error).message));
      process.exitCode = 1;
    } finally {
      process.stdout.write = write;
    }
    const code = process.exitCode;
    process.exitCode = undefined;
    return { text: said.join(''), code };
  }

  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('is refused with any other algorithm, chain or key, and writes nothing of its own on the screen', async () => {
    const { jws } = await app.service.receipts.issue({
      content: {
        ...{ client: 'hall', case_number: 'A-1', service_item_code: 'x', purpose: '示例', licence: null },
        ...{
          checks: [],
          conclusion: 'not_valid',
          freshness: { as_of: '2026-01-01T00:00:00.000Z', source: 'library' },
        },
      },
      event: {
        type: 'verification.question.unmatched',
        data: {
          ...{ by: 'number', purpose: '示例', serviceItem: 'x', caseNumber: 'A-1', conclusion: 'not_valid' },
          reason: 'licence-not-found',
        },
      },
    });
    const [header = '', payload = '', signature = ''] = jws.split('.');
    const said = JSON.parse(Buffer.from(header, 'base64url').toString());
    expect((await check(jws)).code).toBeUndefined();
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const resigned = (head: unknown, body = payload) => {
      const input = `${encode(head)}.${body}`;
      const made = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return `${input}.${made.toString('base64url')}`;
    };
    const own = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    const valid = encode({
      ...JSON.parse(Buffer.from(payload, 'base64url').toString()),
      conclusion: 'valid',
    });
    const forged = [
      `${encode({ ...said, alg: 'none' })}.${payload}.`,
      `${encode({ ...said, alg: 'HS256' })}.${payload}.${signature}`,
      resigned(said),
      resigned({ ...said, x5c: [own, said.x5c[1]] }),
      resigned({ ...said, x5c: [said.x5c[1], said.x5c[1]] }, valid),
      resigned({ ...said, x5c: [said.x5c[0], said.x5c[0]] }),
      resigned({ ...said, jwk: publicKey.export({ format: 'jwk' }) }),
      `${header}.${valid}.${signature}`,
      `${header}.${payload}.${signature}=`,
      ` ${jws}.x`,
    ];
    for (const one of forged) expect((await check(one)).code).toBe(1);
    const painted = await check(
      resigned({ ...said, kid: '\u001b[2J\u001b[1;1HThe receipt is genuine.\u202e' }),
    );
    expect(painted.code).toBe(1);
    expect(painted.text).not.toContain('\u001b');
    expect(painted.text).not.toContain('is genuine');
  });

  it('costs little however large or deep the files are', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const head = encode({ alg: 'ES256' });
    const before = process.cpuUsage();
    for (const text of [
      ...['', '.', '..', 'x'.repeat(20_000_000), '.'.repeat(5_000_000)],
      `${Buffer.from(deep).toString('base64url')}.e30.${'A'.repeat(86)}`,
      `${head}.${'A'.repeat(8_000_000)}.${'A'.repeat(86)}`,
    ]) {
      const { code, text: said } = await check(text);
      expect([said.length > 0, code]).toEqual([true, 1]);
      expect(said.length).toBeLessThan(2_000);
    }
    expect((await check('x', { proof: deep })).code).toBe(1);
    expect(cpuSince(before)).toBeLessThan(5_000);
  });
});

/** A file of packed objects, each of which unpacks to nearly the most that one may. */
function packedBomb(count: number): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')];
  const offsets: number[] = [];
  const end = () => parts.reduce((sum, part) => sum + part.length, 0);
  const put = (text: string, data?: Buffer) => {
    offsets.push(end());
    const stream = data ? [Buffer.from('\nstream\n'), data, Buffer.from('\nendstream')] : [];
    parts.push(Buffer.from(`${offsets.length} 0 obj\n${text}`), ...stream, Buffer.from('\nendobj\n'));
  };
  const fields = Array.from({ length: count }, (_, at) => `${1000 + at} 0 R`).join(' ');
  put(`<< /Type /Catalog /AcroForm << /Fields [${fields}] >> >>`);
  const blanks = Buffer.alloc(16 * 1024 * 1024 - 100, 32);
  for (let at = 0; at < count; at += 1) {
    const head = `${1000 + at} 0 `;
    const data = deflateSync(Buffer.concat([Buffer.from(`${head}<< /FT /Tx /T (a) >>`), blanks]));
    put(`<< /Type /ObjStm /N 1 /First ${head.length} /Filter /FlateDecode /Length ${data.length} >>`, data);
  }
  const at = end();
  const rows = [...offsets, at].map((offset) => [1, offset] as const);
  const packed = Array.from({ length: count }, (_, index) => [2, 2 + index] as const);
  const table = Buffer.concat(
    [...rows, ...packed].map(([kind, value]) => {
      const row = Buffer.alloc(7);
      row[0] = kind;
      row.writeUInt32BE(value, 1);
      return row;
    }),
  );
  const index = `/Index [1 ${rows.length} 1000 ${count}]`;
  put(`<< /Type /XRef /Size 5000 /W [1 4 2] ${index} /Root 1 0 R /Length ${table.length} >>`, table);
  return Buffer.concat([...parts, Buffer.from(`startxref\n${at}\n%%EOF\n`)]);
}

describe('a file of a stranger', () => {
  it('costs a bounded time, however much it unpacks to', async () => {
    const zeros = deflateSync(Buffer.alloc(64 * 1024 * 1024));
    const twice = deflateSync(zeros);
    const bomb = Buffer.concat([
      Buffer.from(
        `%PDF-1.7\n1 0 obj\n<< /Type /ObjStm /N 1000000 /First 10 /Filter [/FlateDecode /FlateDecode] /Length ${twice.length} >>\nstream\n`,
      ),
      twice,
      Buffer.from('\nendstream\nendobj\nstartxref\n9\n%%EOF\n'),
    ]);
    const before = process.cpuUsage();
    const report = await app.service.seals.validate({
      file: bomb,
      authorityCode: undefined,
      typeCode: undefined,
    });
    expect(report.signatures).toEqual([]);
    expect(cpuSince(before)).toBeLessThan(5_000);
  });

  it('takes no more memory by many packed streams than by one', async () => {
    const file = packedBomb(6);
    expect(file.length).toBeLessThan(1024 * 1024);
    const report = await app.service.seals.validate({ file, authorityCode: undefined, typeCode: undefined });
    // Not stopped by the clock: by then a fast machine holds gigabytes outside of what a thread is limited to.
    expect(report.fileChecks).toEqual([{ id: 'readable', state: 'failed', reason: 'structure' }]);
  });

  it('names its signer in characters that only name somebody', async () => {
    const name = 'Nobody\u001b[2J\u001b[H\nEvery check has passed.\u202e';
    const signer = signerOf(makeHolder({ name, use: 'seal' }));
    const file = await sealPdf(makePdf(), signer, 'none');
    const { signatures } = await app.service.seals.validate({ file });
    expect(signatures).toHaveLength(1);
    expect(signatures[0]?.signer?.name).toMatch(/^Nobody/);
    expect(signatures[0]?.signer?.name).not.toMatch(/\p{C}/u);
    // Whatever else a command says of a stranger's file: it moves no cursor and begins no line of its own.
    const said: string[] = [];
    const { write } = process.stdout;
    process.stdout.write = ((text: string) => said.push(text) > 0) as typeof write;
    try {
      print({ name }, false, (one) => `by ${one.name}`);
      print({ name: 'a\u009b2Jb' }, true, String);
    } finally {
      process.stdout.write = write;
    }
    expect(said[0]).toContain('by Nobody\\u001b[2J');
    expect(said[0]).toContain('\\u202e');
    expect(JSON.parse(said[1] ?? '')).toEqual({ name: 'a\u009b2Jb' });
    expect(said[1]).not.toContain('\u009b');
  });
});
