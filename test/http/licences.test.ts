import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LicenceDraft } from '../../src/licences/index.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import {
  allTypes,
  otherAuthority,
  type TypeName,
  testAuthority,
  typeCodeOf,
  wireOf,
} from '../support/licences.ts';
import { faultsOf, heading, send, visit } from '../support/pages.ts';
import { createDemoSeals } from '../support/seals.ts';
import { createStaffMember, putAuthority } from '../support/staff.ts';

const run = promisify(execFile);
let app: TestApp;
let folder: string;
/** Access tokens of systems, by client id. */
const tokens = new Map<string, string>();

/** Registers a system of an authority and gets it a token. */
async function system(id: string, metadata: Record<string, unknown>): Promise<void> {
  const secret = 'a-secret-of-a-test-that-is-long-enough';
  await app.addClient({
    client_id: id,
    client_secret: secret,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    scope: 'licences:issue licences:manage licences:read licence-types:manage',
    ...metadata,
  });
  const response = await fetch(`${app.issuer}/oidc/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  tokens.set(id, token);
}

interface Reply {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, each looked into by its own test
  body: any;
  headers: Headers;
}

async function call(
  method: string,
  path: string,
  { body, as = 'bureau', key }: { body?: unknown; as?: string; key?: string } = {},
): Promise<Reply> {
  const response = await fetch(`${app.issuer}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${tokens.get(as)}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key && { 'idempotency-key': key }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const isJson = response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? await response.json() : Buffer.from(await response.arrayBuffer()),
  };
}

const issue = (
  name: TypeName,
  changes: Partial<LicenceDraft> = {},
  options: { as?: string; key?: string } = {},
) => call('POST', '/api/v1/licences', { body: wireOf(name, changes), ...options });

/** Numbers of documents of the library, and of its files: what a refusal must not change. */
async function stored(): Promise<number> {
  const { store } = app.service;
  let files = 0;
  for await (const _ of store.blobs.list(-1)) files += 1;
  return files;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'licences-'));
  app = await createTestApp();
  await createDemoSeals(app, [{ code: testAuthority, issues: allTypes.map(typeCodeOf) }]);
  await system('bureau', { authority_code: testAuthority, licence_types: ['*'] });
  await system('cards-only', {
    authority_code: testAuthority,
    licence_types: [typeCodeOf('social-security-card')],
  });
  await system('neighbour', { authority_code: otherAuthority, licence_types: ['*'] });
  await system('nobody', {});
}, 60_000);

afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('an authority’s system', () => {
  it.each(allTypes)(
    'issues a %s that is drawn, sealed, and found whole by readers of others',
    async (name) => {
      const reply = await issue(name);
      expect(reply.status).toBe(201);
      expect(Object.keys(reply.body).sort()).toEqual(
        ['file', 'id', 'identifier', 'number', 'status', 'version'].sort(),
      );
      expect(reply.body.status).toBe(name === 'residence-permit' ? 'expired' : 'valid');
      expect(reply.headers.get('location')).toBe(`/api/v1/licences/${reply.body.id}`);
      const file = await call('GET', reply.body.file.href);
      expect(file.headers.get('content-type')).toBe('application/pdf');
      expect(file.body.length).toBe(reply.body.file.size_bytes);
      const path = join(folder, `${name}.pdf`);
      writeFileSync(path, file.body);
      const { stdout } = await run('pdfsig', ['-nocert', path]);
      expect(stdout).toContain('Signature is Valid');
      expect(stdout).toContain('Total document signed');
      expect((await run('qpdf', ['--check', path])).stdout).toContain('No syntax or stream encoding errors');
      const report = await app.service.seals.validate({
        file: file.body,
        authorityCode: testAuthority,
        typeCode: typeCodeOf(name),
      });
      expect(report.signatures[0]?.checks.filter(({ state }) => state !== 'passed')).toEqual([]);
      const text = (await run('pdftotext', [path, '-'])).stdout;
      expect(text.replaceAll(/\s/g, '')).toContain('示例市行政审批局');
      if (process.env.TONGXING_PICTURES) {
        mkdirSync(process.env.TONGXING_PICTURES, { recursive: true });
        await run('pdftoppm', ['-r', '60', '-png', path, join(process.env.TONGXING_PICTURES, name)]);
      }
    },
    30_000,
  );

  it('reads its licence with everything it said, and others’ licences are not there', async () => {
    const issued = await issue('social-security-card', { number: 'G00000002' });
    const { body } = await call('GET', `/api/v1/licences/${issued.body.id}`);
    expect(body).toMatchObject({
      number: 'G00000002',
      type_code: typeCodeOf('social-security-card'),
      data: { insured_area: '贵州省示范市样板区' },
      transitions: [{ to: 'valid' }],
      is_disputed: false,
    });
    const elsewhere = await call('GET', `/api/v1/licences/${issued.body.id}`, { as: 'neighbour' });
    const nowhere = await call('GET', `/api/v1/licences/${'x'.repeat(22)}`);
    expect([elsewhere.status, elsewhere.body.code]).toEqual([404, 'licence-not-found']);
    expect([nowhere.status, nowhere.body.code]).toEqual([404, 'licence-not-found']);
  });

  it('suspends, lifts and revokes it; every step is history, and the answer is as of any instant', async () => {
    const { body } = await issue('social-security-card', { number: 'G00000003' });
    const path = `/api/v1/licences/${body.id}`;
    const before = new Date(app.clock.now()).toISOString();
    app.clock.advance(60);
    const lacking = await call('POST', `${path}/transitions`, { body: { to: 'suspended' } });
    expect([lacking.status, lacking.body.errors[0].pointer]).toEqual([422, '/reason']);
    expect(lacking.body.errors[0].text.zh).toMatch(/理由/);
    const suspended = await call('POST', `${path}/transitions`, {
      body: { to: 'suspended', reason: '核查' },
    });
    expect(suspended.body).toMatchObject({ status: 'suspended' });
    const twice = await call('POST', `${path}/transitions`, { body: { to: 'suspended', reason: '核查' } });
    expect([twice.status, twice.body.code, twice.body.from]).toEqual([
      409,
      'transition-not-allowed',
      'suspended',
    ]);
    await call('POST', `${path}/transitions`, { body: { to: 'valid' } });
    const effective = new Date(Date.parse('2024-06-01T00:00:00Z')).toISOString();
    const revoked = await call('POST', `${path}/transitions`, {
      body: { to: 'revoked', reason: '以欺骗手段取得', effective_at: effective },
    });
    expect(revoked.body).toMatchObject({ status: 'revoked', transitions: { length: 4 } });
    const known = await call('GET', `${path}?as_of=${before}&known_at=${before}`);
    expect(known.body.status).toBe('valid');
    const hindsight = await call('GET', `${path}?as_of=${before}`);
    expect(hindsight.body.status).toBe('revoked');
    expect((await call('GET', `${path}/file`)).status).toBe(200);
  });

  it('changes what it says in a new version, and renews it under a new number', async () => {
    const { body } = await issue('hygiene-licence', { number: '黔示卫公证字［2024］第000009号' });
    const {
      type_code: _,
      issuing_authority_code: _code,
      number: _number,
      ...said
    } = wireOf('hygiene-licence', {
      issuedOn: '2024-06-01',
      data: { legal_representative: '卫示例', address: '示范路2号', licensed_items: '宾馆' },
    });
    const changed = await call('POST', `/api/v1/licences/${body.id}/versions`, { body: said });
    expect([changed.status, changed.body.version]).toEqual([201, 2]);
    expect(changed.body.identifier).toMatch(/\.002\.[0-9A-Z]$/);
    expect(changed.body.identifier.split('.')[7]).toBe(body.identifier.split('.')[7]);
    expect(changed.body.file.sha256).not.toBe(body.file.sha256);
    const former = await call('GET', `/api/v1/licences/${body.id}/file?version=1`);
    expect(former.body.length).toBe(body.file.size_bytes);
    const renewed = await issue('hygiene-licence', {
      number: '黔示卫公证字［2026］第000010号',
      issuedOn: '2026-03-05',
      validFrom: '2026-03-05',
      validUntil: '2030-03-04',
      renews: body.id,
    });
    expect(renewed.status).toBe(201);
    expect((await call('GET', `/api/v1/licences/${body.id}`)).body.status).toBe('superseded');
    const late = await call('POST', `/api/v1/licences/${body.id}/versions`, { body: said });
    expect([late.status, late.body.code]).toEqual([409, 'licence-ended']);
    const again = await issue('hygiene-licence', {
      number: '黔示卫公证字［2026］第000011号',
      renews: body.id,
    });
    expect([again.status, again.body.code]).toEqual([409, 'already-renewed']);
  });
});

describe('a bad request', () => {
  it('gets 403 without a right, 422 with all pointers, 409 for a taken number, and nothing is stored', async () => {
    const before = await stored();
    const forbidden = [
      await issue('residence-permit', {}, { as: 'cards-only' }),
      await issue('residence-permit', {}, { as: 'neighbour' }),
      await issue('residence-permit', {}, { as: 'nobody' }),
      await issue('residence-permit', { typeCode: `${testAuthority}999` }),
    ];
    expect(forbidden.map(({ status, body }) => `${status} ${body.code}`)).toEqual(
      Array.from({ length: 4 }, () => '403 not-entitled'),
    );
    const wrong = await issue('social-security-card', {
      number: 'x',
      issuedOn: '2024-02-31',
      holders: [{ idType: '111', idNumber: '110108196711301866', name: '示例' }],
      data: { insured_area: 7, more: 1 },
    });
    expect(wrong.status).toBe(422);
    expect(wrong.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/holders/0/id_number',
      '/issued_on',
      '/data/more',
      '/data/insured_area',
      '/number',
    ]);
    for (const { text, detail } of wrong.body.errors) {
      expect(text.zh).toMatch(/\p{Script=Han}.*。$/u);
      expect(detail).toBe(text.en);
    }
    const rare = await issue('social-security-card', {
      number: 'G00000044',
      data: { insured_area: '𪚥示范区' },
    });
    expect([rare.status, rare.body.code]).toEqual([422, 'character-not-drawable']);
    const taken = await issue('business-licence');
    expect([taken.status, taken.body.code]).toEqual([409, 'licence-number-taken']);
    expect(await stored()).toBe(before);
  });
});

describe('a repeated request', () => {
  it('of 50 with one Idempotency-Key makes one licence, and every answer is the same', async () => {
    const replies = await Promise.all(
      Array.from({ length: 50 }, () =>
        issue('social-security-card', { number: 'G00000050' }, { key: 'one' }),
      ),
    );
    const made = replies.filter(({ status }) => status === 201);
    const waiting = replies.filter(({ status }) => status === 409);
    expect(made.length).toBeGreaterThan(0);
    expect(made.length + waiting.length).toBe(50);
    for (const { body } of waiting) expect(body.code).toBe('request-running');
    const later = await issue('social-security-card', { number: 'G00000050' }, { key: 'one' });
    expect(new Set([...made, later].map(({ body }) => JSON.stringify(body))).size).toBe(1);
    const other = await issue('social-security-card', { number: 'G00000051' }, { key: 'one' });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
  });
});

describe('without a seal', () => {
  it('for a type that none was registered for, nothing is issued', async () => {
    const { identity } = app.service;
    const authority = await identity.authorities.find(testAuthority);
    const code = `${testAuthority}777`;
    const type = await call('GET', `/api/v1/licence-types/${typeCodeOf('social-security-card')}`);
    const { version: _, ...content } = type.body;
    const defined = await call('POST', '/api/v1/licence-types', { body: { ...content, code } });
    expect(defined.status).toBe(201);
    if (authority)
      await identity.authorities.put({ ...authority, issues: [...authority.issues, code] }, 'operator');
    const reply = await issue('social-security-card', { typeCode: code });
    expect([reply.status, reply.body.code]).toEqual([409, 'seal-not-available']);
  });
});

describe('types of licences', () => {
  it('are public, defined and changed by the authority whose code they bear, and keep their versions', async () => {
    const list = await fetch(`${app.issuer}/api/v1/licence-types`);
    const { items } = (await list.json()) as { items: { code: string }[] };
    expect(items.map(({ code }) => code)).toEqual(expect.arrayContaining(allTypes.map(typeCodeOf)));
    const path = `/api/v1/licence-types/${typeCodeOf('social-security-card')}`;
    const { body: type } = await call('GET', path);
    const { code: _, ...content } = type;
    const foreign = await call('PUT', path, { body: content, as: 'neighbour' });
    expect([foreign.status, foreign.body.code]).toEqual([403, 'not-entitled']);
    const changed = await call('PUT', path, { body: { ...content, security_level: 3 } });
    expect(changed.body).toMatchObject({ version: 2, security_level: 3 });
    const stale = await call('PUT', path, { body: { ...content, security_level: 1 } });
    expect([stale.status, stale.body.code]).toEqual([409, 'licence-type-changed']);
    expect((await call('GET', `${path}?version=1`)).body.security_level).toBe(2);
  });

  it('are refused with endless patterns, missing titles, and templates that print what no field provides', async () => {
    const { body: type } = await call('GET', `/api/v1/licence-types/${typeCodeOf('hygiene-licence')}`);
    const { version: _, ...content } = type;
    const define = (changes: object) =>
      call('POST', '/api/v1/licence-types', {
        body: { ...content, code: `${testAuthority}900`, ...changes },
      });
    const fieldsWith = (properties: object) => ({ fields: { ...type.fields, required: [], properties } });
    const text = { type: 'string', title: '甲', 'x-title-en': 'A', maxLength: 10 };
    const endless = await define(fieldsWith({ a: { ...text, pattern: '(a+)+$' } }));
    expect(endless.status).toBe(422);
    const unbounded = await define(fieldsWith({ a: { type: 'string', title: '甲', 'x-title-en': 'A' } }));
    expect(unbounded.status).toBe(422);
    const referring = await define(fieldsWith({ a: { $ref: 'https://elsewhere.example/schema' } }));
    expect(referring.status).toBe(422);
    const empty = await define(fieldsWith({ a: text }));
    expect(empty.body.errors.map(({ code }: { code: string }) => code)).toContain('lacks-value');
    expect((await define({ template: 'nothing' })).body.errors).toMatchObject([{ pointer: '/template' }]);
  });
});

describe('a clerk', () => {
  const card = (changes: Record<string, string> = {}) => ({
    'holders.0.name': '赵示例',
    'holders.0.id_type': '111',
    'holders.0.id_number': '520102188001010014',
    number: 'G00000300',
    issued_on: '2024-03-05',
    valid_from: '2024-03-05',
    valid_until: '2034-03-04',
    'data.insured_area': '示范市',
    ...changes,
  });
  /** Path and query where a form ended. */
  const endOf = ({ url }: { url: string }) => url.slice(app.issuer.length);
  const newPath = `/admin/licences/new?type=${typeCodeOf('social-security-card')}&authority=${testAuthority}`;

  it('enters what is on paper: the form of the type, faults beside the fields, a look before the seal, one licence', async () => {
    const { visitor } = await createStaffMember(app, { duties: ['issuing-clerk'] });
    const list = await visit(visitor, `${app.issuer}/admin/licences`);
    expect(list.text).toContain('社会保障卡');
    const form = await visit(visitor, app.issuer + newPath);
    expect(heading(form)).toBe('录入社会保障卡');
    for (const name of ['holders.0.id_number', 'number', 'valid_until', 'data.insured_area'])
      expect(form.text).toContain(`name="${name}"`);
    const faulty = await send(visitor, form, newPath.replaceAll('&', '&amp;'), {
      ...card({ 'holders.0.id_number': '520102188001010013', number: '1', 'data.insured_area': '' }),
      do: 'preview',
    });
    expect(faulty.status).toBe(422);
    expect(faultsOf(faulty).join()).toMatch(/holders\.0\.id_number.*number.*insured_area|校验不通过/s);
    const empty = await send(visitor, form, newPath.replaceAll('&', '&amp;'), { do: 'preview' });
    expect([empty.status, faultsOf(empty)]).toEqual([
      422,
      [
        ...[
          '请填写姓名或名称。',
          '请选择证件类型。',
          '请填写证件号码。',
          '请填写颁发日期。',
          '请填写有效期起。',
        ],
        ...['请填写有效期止。', '请填写参保地。', '请填写证照编号，例如 G00000001。'],
      ],
    ]);
    for (const name of [
      'holders.0.name',
      'holders.0.id_type',
      'holders.0.id_number',
      'issued_on',
      'valid_until',
    ])
      expect(empty.text).toContain(`id="${name}-fault"`);
    const preview = await send(visitor, faulty, newPath.replaceAll('&', '&amp;'), {
      ...card(),
      do: 'preview',
    });
    expect(heading(preview)).toBe('核对社会保障卡');
    const issued = await send(visitor, preview, newPath.replaceAll('&', '&amp;'), { do: 'issue' });
    const twice = await send(visitor, preview, newPath.replaceAll('&', '&amp;'), { do: 'issue' });
    expect(endOf(issued)).toMatch(/^\/admin\/licences\/[\w-]{22}\?done=issued$/);
    expect(endOf(twice)).toBe(endOf(issued));
    expect(issued.text).toContain('证照已颁发、签章并入库。');
    expect(issued.text).not.toContain('520102188001010014');
    expect(issued.text).toContain('52**************14');
    const unmoved = await send(visitor, issued, '/transitions', { to: 'revoked' });
    expect(faultsOf(unmoved)).toHaveLength(1);
    const moved = await send(visitor, unmoved, '/transitions', { to: 'revoked', reason: '遗失重办' });
    expect(endOf(moved)).toMatch(/done=moved$/);
  }, 60_000);

  it('finds a licence by its number, which stands in no address, and sees those of the own authority only', async () => {
    const { visitor } = await createStaffMember(app, { duties: ['issuing-clerk'] });
    const { body } = await issue('social-security-card', { number: 'G00000301' });
    const list = await visit(visitor, `${app.issuer}/admin/licences`);
    const found = await send(visitor, list, '/admin/licences/search', { number: 'G00000301' });
    expect(endOf(found)).toBe(`/admin/licences/${body.id}`);
    const none = await send(visitor, list, '/admin/licences/search', { number: 'G99999999' });
    expect([none.status, faultsOf(none).length]).toEqual([422, 1]);
    await putAuthority(app, { code: otherAuthority, issues: [] });
    const stranger = await createStaffMember(app, {
      duties: [{ role: 'issuing-clerk', authorityCode: otherAuthority }],
    });
    const refused = await visit(stranger.visitor, `${app.issuer}/admin/licences/${body.id}`);
    expect(refused.status).toBe(404);
    const form = await visit(stranger.visitor, app.issuer + newPath);
    expect(form.status).toBe(403);
  }, 60_000);

  it('changes what a licence says, with its rows filled in', async () => {
    const { visitor } = await createStaffMember(app, { duties: ['issuing-clerk'] });
    const { body } = await issue('construction-qualification', { number: 'D252000302' });
    const path = `/admin/licences/${body.id}/change`;
    const form = await visit(visitor, app.issuer + path);
    expect(form.text).toContain('name="data.qualifications.1.grade"');
    const longer = await send(visitor, form, path, { do: 'add:data.qualifications' });
    expect(longer.text).toContain('name="data.qualifications.2.grade"');
    const changed = await send(visitor, longer, path, {
      do: 'change',
      issued_on: '2024-09-01',
      'data.qualifications.2.category': '消防设施工程专业承包',
      'data.qualifications.2.grade': '贰级',
      'data.qualifications.2.granted_on': '2024-09-01',
    });
    expect(endOf(changed)).toBe(`/admin/licences/${body.id}?done=changed`);
    const after = await call('GET', `/api/v1/licences/${body.id}`);
    expect(after.body.data.qualifications).toHaveLength(3);
    expect(after.body.version).toBe(2);
  }, 60_000);
});
