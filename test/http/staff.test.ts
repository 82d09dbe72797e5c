import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createDevice } from '../support/device.ts';
import { enterPortal, faultsOf, heading, openSite, passkeyOptions, send, visit } from '../support/pages.ts';
import { personAt } from '../support/people.ts';
import type { Visitor } from '../support/relying-party.ts';
import { createStaffMember, type Device, inviteStaff, logInStaff, putAuthority } from '../support/staff.ts';

let app: TestApp;
const password = 'quiet-harbour-1880';
const province = '11520000000000019J';
const second = '12520000MB0000000P';

beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

/** Invites through the page of a security administrator and answers the link. */
async function inviteByPage(visitor: Visitor, values: Record<string, string>): Promise<string> {
  const form = await visit(visitor, '/admin/staff/new');
  const done = await send(visitor, form, '/admin/staff/new', values);
  const link = /id="link">([^<]+)</.exec(done.text)?.[1];
  if (!link) throw new Error(`no link: ${heading(done)} ${faultsOf(done).join(' ')}`);
  return link;
}

/** Opens an invitation as a browser with script does. */
async function acceptByPage(link: string, device: Device) {
  const visitor = app.visitor();
  const page = await visitor.get(link);
  if (page.status !== 200) return { page, done: page };
  const { challenge, options } = await passkeyOptions(visitor, `${link}/passkey-options`);
  const response = JSON.stringify(device.create({ challengeId: challenge, options }));
  const done = await send(visitor, page, new URL(link).pathname, { challenge, response });
  return { page, done };
}

describe('an invitation', () => {
  it('is sent by a security administrator, opened any number of times, and used once', async () => {
    const { visitor } = await createStaffMember(app, { duties: ['security-administrator'] });
    const link = await inviteByPage(visitor, { name: '示例乙', role: 'approver', authority: province });
    expect(link.startsWith(`${app.issuer}/invitation/`)).toBe(true);
    for (let n = 0; n < 3; n++) expect((await app.visitor().get(link)).text).toContain('核验员');
    const device = createDevice({ origin: app.issuer });
    const { page, done } = await acceptByPage(link, device);
    expect(page.headers.get('cache-control')).toContain('no-store');
    expect(page.headers.get('referrer-policy')).toBe('same-origin');
    expect(heading(done)).toBe('账号已开通');
    expect((await app.visitor().get(link)).status).toBe(410);
    expect(heading(await acceptByPage(link, device).then(({ done: again }) => again))).toBe('邀请链接已失效');
    const own = app.visitor();
    expect(heading(await logInStaff(own, device))).toBe('工作台');
    expect(app.logs.join('\n')).not.toContain(link.split('/').at(-1));
  });

  it('is refused in the page for two administrators in one person, no name and no role', async () => {
    const { visitor } = await createStaffMember(app, { duties: ['security-administrator'] });
    const form = await visit(visitor, '/admin/staff/new');
    const empty = await send(visitor, form, '/admin/staff/new', { name: ' ', role: '', authority: '' });
    expect(empty.status).toBe(422);
    expect(faultsOf(empty)).toHaveLength(2);
  });

  it('is open for a quarter of an hour', async () => {
    const { visitor } = await createStaffMember(app, { duties: ['security-administrator'] });
    const link = await inviteByPage(visitor, { name: '示例丙', role: 'approver', authority: province });
    app.clock.advance(15 * 60 + 1);
    expect((await app.visitor().get(link)).status).toBe(410);
  });
});

describe('the pages of staff', () => {
  it('send a stranger to the login and back, and refuse a resident', async () => {
    const stranger = await visit(app.visitor(), '/admin/staff');
    expect(stranger.url).toContain('/interaction/');
    await app.enrol(personAt(700), { password });
    const resident = app.visitor();
    await enterPortal(resident, { identifier: personAt(700).idNumber, password });
    const refused = await resident.get('/admin');
    expect([refused.status, heading(refused)]).toEqual([403, '当前账号不能办理']);
  });

  it('refuse whoever holds another role', async () => {
    const clerk = await createStaffMember(app, { duties: ['issuing-clerk'] });
    expect(heading(await clerk.visitor.get('/admin'))).toBe('工作台');
    for (const path of [
      '/admin/staff',
      '/admin/authorities',
      '/admin/audit',
      `/admin/staff/${clerk.accountId}`,
    ])
      expect((await clerk.visitor.get(path)).status).toBe(403);
    const audit = await createStaffMember(app, { duties: ['audit-administrator'] });
    const refused = await audit.visitor.get('/admin/staff');
    expect([refused.status, heading(refused)]).toEqual([403, '当前账号不能办理']);
    expect(refused.text).toContain('请联系所在单位的安全管理员开通职责');
    expect((await audit.visitor.get('/admin/audit')).status).toBe(200);
  });

  it('keep an account of staff out of what is for people', async () => {
    const { visitor } = await createStaffMember(app, { duties: ['approver'] });
    for (const path of ['/account', '/account/methods', '/account/disable']) {
      const refused = await visitor.get(path);
      expect([refused.status, heading(refused)]).toEqual([403, '工作人员账号不能办理个人事项']);
      expect(refused.text).toContain('href="/logout"');
    }
    expect((await visitor.get('/login')).location).toBe(`${app.issuer}/admin`);
  });

  it('end after fifteen idle minutes, and go on as long as somebody works', async () => {
    const { visitor, device } = await createStaffMember(app, { duties: ['approver'] });
    for (let n = 0; n < 3; n++) {
      app.clock.advance(14 * 60);
      expect((await visitor.get('/admin')).status).toBe(200);
    }
    app.clock.advance(16 * 60 + 1);
    // The single sign-on session has ended with it: the login page asks for the passkey again.
    expect((await visit(visitor, '/admin')).url).toContain('/interaction/');
    expect(heading(await logInStaff(visitor, device))).toBe('工作台');
  });

  it('leave people their half hour', async () => {
    await app.enrol(personAt(701), { password });
    const resident = app.visitor();
    await enterPortal(resident, { identifier: personAt(701).idNumber, password });
    app.clock.advance(25 * 60);
    expect((await resident.get('/account')).status).toBe(200);
  });

  it('ask for the passkey again before accounts are changed', async () => {
    const { visitor } = await createStaffMember(app, { duties: ['security-administrator'] });
    app.clock.advance(601);
    expect((await visitor.get('/admin/staff')).status).toBe(200);
    expect((await visitor.get('/admin/staff/new')).location).toContain('max_age=600');
  });
});

describe('an account of staff', () => {
  it('is found by authority, shown, given duties, and loses its sessions at once', async () => {
    await putAuthority(app, {
      code: second,
      areaCode: '520100',
      name: { zh: '示例市局', en: 'Demo Bureau' },
    });
    const administrator = await createStaffMember(app, { duties: ['security-administrator'] });
    const duties = [{ role: 'seal-keeper' as const, authorityCode: second }];
    const keeper = await createStaffMember(app, { duties, name: '示例印章员' });
    const { visitor } = administrator;
    const list = await visitor.get(`/admin/staff?authority=${second}`);
    expect(list.text).toContain('示例印章员');
    expect(list.text).not.toContain('示例乙');
    const page = await visitor.get(`/admin/staff/${keeper.accountId}`);
    expect(page.text).toContain('示例市局');
    app.clock.advance(1);
    const path = `/admin/staff/${keeper.accountId}/duties`;
    // The first form of this address takes the duty away that is the only one.
    expect(faultsOf(await send(visitor, page, path))).toEqual([
      '这是该人员仅有的职责，不能移除。不再担任工作的，请停用账号',
    ]);
    expect((await keeper.visitor.get('/admin')).status).toBe(200);
    const fields = { role: 'approver', authority: province };
    const forms = [...page.text.matchAll(/<form\b[^>]*?\baction="([^"]*)"/g)].map(([, action]) => action);
    const changed = await visitor.submit(page, fields, undefined, forms.lastIndexOf(path));
    expect(changed.text).toContain('职责已变更');
    expect((await visit(keeper.visitor, '/admin')).url).toContain('/interaction/');
    expect((await logInStaff(keeper.visitor, keeper.device)).text).toContain('核验员');
  });

  it('is disabled after its effect was said in numbers, and at once', async () => {
    const administrator = await createStaffMember(app, { duties: ['security-administrator'] });
    const clerk = await createStaffMember(app, { duties: ['issuing-clerk'] });
    await logInStaff(app.visitor(), clerk.device);
    const path = `/admin/staff/${clerk.accountId}/disable`;
    const asked = await administrator.visitor.get(path);
    expect(asked.text).toContain('立即结束 2 个登录');
    expect((await send(administrator.visitor, asked, path)).status).toBe(422);
    const done = await send(administrator.visitor, asked, path, { confirm: 'yes' });
    expect(done.text).toContain('账号已停用');
    expect((await visit(clerk.visitor, '/admin')).url).toContain('/interaction/');
    await expect(logInStaff(app.visitor(), clerk.device)).resolves.toMatchObject({ status: 422 });
    expect((await app.service.sso.sessions.list(clerk.accountId)).length).toBe(0);
  });

  it('does not change itself', async () => {
    const { visitor, accountId } = await createStaffMember(app, { duties: ['security-administrator'] });
    const own = await visitor.get(`/admin/staff/${accountId}`);
    expect(own.text).toContain('不能修改自己的账号');
    const disable = await visitor.get(`/admin/staff/${accountId}/disable`);
    const path = `/admin/staff/${accountId}/disable`;
    const refused = await send(visitor, disable, path, { confirm: 'yes' });
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('不能修改自己的账号，请由另一位安全管理员办理。');
  });

  it('enters no site that is for people, and goes on there as a person', async () => {
    const site = await openSite(app);
    const { visitor } = await createStaffMember(app, { duties: ['approver'] });
    const { page } = await site.open(visitor);
    expect(heading(page)).toBe('工作人员账号不能登录这里');
    const other = /id="switch" href="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const login = await visitor.get(new URL(other, page.url).href);
    await app.enrol(personAt(702), { password });
    const consent = await send(visitor, login, '/password', { identifier: personAt(702).idNumber, password });
    expect(heading(consent)).toBe('示例网站想使用您的信息');
    const silent = await site.open((await createStaffMember(app, { duties: ['approver'] })).visitor, {
      prompt: 'none',
    });
    expect(silent.page.location).toContain('error=login_required');
  });

  it('enters a site whose registration says so, which may learn the duties', async () => {
    const site = await openSite(app, { staff_login: true, scope: 'openid staff' });
    const { visitor } = await createStaffMember(app, { duties: ['approver'] });
    const claims = JSON.stringify({ id_token: { duties: null } });
    const { page, attempt } = await site.open(visitor, { claims });
    expect(page.text).toContain('工作职责和所在机构');
    const back = await visitor.submit(page, {}, 'allow');
    const tokens = await site.party.finish(attempt, back.location ?? '');
    expect(tokens.claims()).toMatchObject({
      acr: 'urn:tongxing:loa:3',
      duties: [{ role: 'approver', authority_code: province }],
    });
  });
});

describe('authorities', () => {
  it('are registered and changed by a system administrator', async () => {
    const { visitor } = await createStaffMember(app, { duties: ['system-administrator'] });
    const form = await visitor.get('/admin/authorities/new');
    const fields = {
      code: '11520100000000020P',
      name_zh: '示例市公安局',
      name_en: 'Demo Police',
      area_code: '5201',
    };
    const refused = await send(visitor, form, '/admin/authorities/new', fields);
    expect(refused.status).toBe(422);
    expect(faultsOf(refused).length).toBeGreaterThan(0);
    const path = `/admin/authorities/${province}`;
    const one = await visitor.get(path);
    const done = await send(visitor, one, path, {
      issues: `${province}001\n${province}002`,
      name_en: 'Renamed',
    });
    expect(done.text).toContain('机构已保存');
    expect(await app.service.identity.authorities.find(province)).toMatchObject({
      issues: [`${province}001`, `${province}002`],
      name: { en: 'Renamed' },
    });
    expect((await visitor.get('/admin/authorities/none')).status).toBe(404);
  });
});

describe('the log', () => {
  it('is searched by an audit administrator, which it shows, and is proven whole', async () => {
    const { visitor, accountId } = await createStaffMember(app, { duties: ['audit-administrator'] });
    await app.service.audit.drain();
    const found = await visitor.get(`/admin/audit?account=${accountId}`);
    expect(found.text).toMatch(/工作人员开通账号.*identity\.staff\.joined/);
    const byType = await visitor.get('/admin/audit?type=identity.staff.');
    expect(byType.text).toContain('identity.staff.invited');
    expect(byType.text).not.toContain('identity.login.succeeded');
    const tomorrow = new Date(app.clock.now() + 2 * 86_400_000).toISOString().slice(0, 10);
    expect((await visitor.get(`/admin/audit?from=${tomorrow}`)).text).toContain('没有符合条件的记录');
    expect((await visitor.get('/admin/audit?from=someday')).status).toBe(422);
    const page = await visitor.get('/admin/audit');
    const checked = await send(visitor, page, '/admin/audit/check');
    expect(checked.text).toContain('日志完整');
    await app.service.audit.drain();
    const { items } = await app.service.audit.search({ type: 'portal.log.' });
    expect(items.map(({ type }) => type)).toContain('portal.log.checked');
    expect(items[0]?.data).toMatchObject({ actor: accountId });
  });
});

describe('a system of an authority', () => {
  it('says in its registration what it may issue', async () => {
    const system = (more: Record<string, unknown>) =>
      app.service.sso.clients.add({
        client_name: '示例审批系统',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        scope: 'licences:issue',
        ...more,
      });
    const { clients } = app.service.sso;
    const all = await system({ authority_code: province, licence_types: ['*'] });
    expect(await clients.rightsOf(all.client_id ?? '')).toEqual({
      authorityCode: province,
      licenceTypes: '*',
    });
    const one = await system({ authority_code: province, licence_types: [`${province}001`] });
    expect(await clients.rightsOf(one.client_id ?? '')).toMatchObject({ licenceTypes: [`${province}001`] });
    expect(await clients.rightsOf((await system({})).client_id ?? '')).toBeUndefined();
    expect(await clients.rightsOf('nobody')).toBeUndefined();
    for (const wrong of [
      { authority_code: province },
      { licence_types: ['*'] },
      { authority_code: '1152', licence_types: ['*'] },
      { authority_code: province, licence_types: ['*', `${province}001`] },
      { authority_code: province, licence_types: ['001'] },
      { staff_login: 'yes' },
    ])
      await expect(system(wrong)).rejects.toMatchObject({ code: 'client-metadata-invalid' });
    await expect(openSite(app, { scope: 'openid staff' })).rejects.toMatchObject({
      code: 'client-metadata-invalid',
    });
  });
});

describe('the console', () => {
  it('does not invite beside an active security administrator', async () => {
    await inviteStaff(app, { duties: ['security-administrator'] });
    const { staff } = app.service.identity;
    const duties = [{ role: 'approver' as const, authorityCode: province }];
    expect(await staff.invite({ name: '示例', duties, by: 'operator' })).toEqual({ outcome: 'not-allowed' });
  });
});
