import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createStaffMember } from '../support/staff.ts';

let app: TestApp;

beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

describe('a member of staff', () => {
  it('logs in by passkey and finds what the duties allow', async () => {
    const { visitor } = await createStaffMember(app, { duties: ['security-administrator'] });
    const home = await visitor.get('/admin');
    expect(home.status).toBe(200);
    expect(home.text).toContain('安全管理员');
    expect(home.text).toContain('/admin/staff');
    expect(home.text).not.toContain('/admin/audit');
  });
});
