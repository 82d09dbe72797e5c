import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { askForCertificate } from '../../scripts/demo/register-seals.ts';
import { page as pageRoute } from '../../src/http/index.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { definingAuthority } from '../support/authority.ts';
import { createTestRoom } from '../support/http-room.ts';
import { faultsOf, send, visit } from '../support/pages.ts';
import { createStaffMember, putAuthority, type TestStaff } from '../support/staff.ts';

const typeCode = `${definingAuthority.code}001`;
const other = '11520100000000026F';
let app: TestApp;
let keeper: TestStaff;
let second: TestStaff;

beforeAll(async () => {
  app = await createTestApp();
  await putAuthority(app, { issues: [typeCode] });
  keeper = await createStaffMember(app, { duties: ['seal-keeper'], name: '甲示例' });
  second = await createStaffMember(app, { duties: ['seal-keeper'], name: '乙示例' });
});

afterAll(() => app.close());

const fields = {
  ...{ ownerCode: definingAuthority.code, nameZh: '电子证照专用章', nameEn: 'Electronic licence seal' },
  ...{ kind: 'licence', diameterMm: '42', codeNumber: '5200000700001', typeCodes: typeCode },
};
const apply = async (values: Record<string, string>) => {
  const page = await visit(keeper.visitor, '/admin/seals/new');
  return send(keeper.visitor, page, '/admin/seals/new', { ...fields, ...values });
};
let sealPath: string;

describe('the pages of the register', () => {
  it('are reached from the work of a seal keeper', async () => {
    expect((await visit(keeper.visitor, '/admin')).text).toContain('href="/admin/seals"');
    expect((await visit(keeper.visitor, '/admin/seals')).text).toContain('还没有登记印章');
  });

  it('draw the seal that is being applied for', async () => {
    const page = await apply({ do: 'preview', nameZh: '行政审批专用章' });
    const [, address = ''] = /id="seal-picture"[^>]*src="([^"]+)"/.exec(page.text) ?? [];
    const picture = await keeper.visitor.get(address.replaceAll('&amp;', '&'));
    expect(picture.headers.get('content-type')).toContain('image/svg+xml');
    expect(picture.text).toContain('<title>示例省数据主管部门 行政审批专用章</title>');
  });

  it('show all faults beside their fields', async () => {
    const page = await apply({ do: 'apply', codeNumber: '12', typeCodes: 'x' });
    expect(page.status).toBe(422);
    expect(faultsOf(page)).toHaveLength(2);
  });

  it('take an application, which its applicant cannot approve', async () => {
    const page = await apply({ do: 'apply' });
    sealPath = new URL(page.location ?? page.url, app.issuer).pathname;
    const seal = await visit(keeper.visitor, sealPath);
    expect(seal.text).toContain('须由他人核准');
    expect((await visit(keeper.visitor, `${sealPath}/approve`)).status).toBe(404);
  });

  it('let a second keeper approve it, and the first install what the authority answers', async () => {
    const ask = await visit(second.visitor, `${sealPath}/approve`);
    await send(second.visitor, ask, '/approve');
    const request = await keeper.visitor.get(`${sealPath}/request`);
    expect(request.text).toContain('BEGIN CERTIFICATE REQUEST');
    const page = await visit(keeper.visitor, sealPath);
    const wrong = await send(keeper.visitor, page, '/certificate', { chain: 'hello' });
    expect(faultsOf(wrong)).toHaveLength(1);
    const chain = await askForCertificate(app.registers.url, request.text);
    await send(keeper.visitor, page, '/certificate', { chain });
    const active = await visit(keeper.visitor, sealPath);
    expect(active.text).toContain('使用中');
    expect(active.text).toContain('Demo Seal CA');
  });

  it('ask for a reason before a seal is revoked, and say how many files it sealed', async () => {
    const sealId = sealPath.split('/').at(-1) ?? '';
    const used = app.service.audit.event('seals.seal.used', {
      ...{ seal: sealId, authority: definingAuthority.code, type: typeCode },
      ...{ licence: 'a-licence', version: 1, file: 'ab'.repeat(32) },
    });
    await app.service.seals.onEvents([used]);
    expect((await visit(keeper.visitor, sealPath)).text).toContain('a-licence');
    const ask = await visit(keeper.visitor, `${sealPath}/revoke`);
    expect(ask.text).toMatch(/已盖章 1 个文件。<br>这些文件带有时间戳/);
    const refused = await send(keeper.visitor, ask, '/revoke', { reason: ' ' });
    expect(faultsOf(refused)).toEqual(['请写明原因']);
    await send(keeper.visitor, ask, '/revoke', { reason: '机构撤并' });
    const page = await visit(keeper.visitor, sealPath);
    expect(page.text).toContain('已注销');
    expect(page.text).toContain('机构撤并');
  });

  it('are closed to keepers of another authority and to other roles', async () => {
    await putAuthority(app, { code: other, name: { zh: '另一示例机构', en: 'Another' } });
    const duties = [{ role: 'seal-keeper', authorityCode: other }] as const;
    const stranger = await createStaffMember(app, { duties, name: '丙示例' });
    expect((await visit(stranger.visitor, sealPath)).status).toBe(404);
    expect((await visit(stranger.visitor, '/admin/seals')).text).not.toContain('示例省数据主管部门');
    const clerk = await createStaffMember(app, { duties: ['issuing-clerk'], name: '丁示例' });
    expect((await visit(clerk.visitor, '/admin/seals')).status).toBe(403);
  });

  it.each([true, false])(
    'claim time stamps for the files of a seal only where there are some (%s)',
    async (isStamped) => {
      const room = createTestRoom();
      const seal = {
        ownerName: '示例局',
        name: { zh: '专用章', en: 'Seal' },
        codeNumber: '1',
        status: 'active',
      };
      const data = {
        seal,
        action: 'revoke',
        count: 2,
        needsReason: true,
        reason: '',
        isStamped,
        address: '/',
      };
      const access = { anyone: 'a test' };
      const handle = async () => ({ view: 'seals/act', data: { ...data, faults: [] } });
      room.http.mount([pageRoute({ method: 'GET', path: '/act', access, summary: 'A revocation', handle })]);
      const { text } = await request(room.handler).get('/act');
      expect([text.includes('带有时间戳'), text.includes('没有时间戳')]).toEqual([isStamped, !isStamped]);
    },
  );
});
