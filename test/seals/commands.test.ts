import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askForCertificate } from '../../scripts/demo/register-seals.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { runCommand } from '../support/installation.ts';
import { makePdf } from '../support/sealed-pdf.ts';
import { createDemoSeals, keeperOf } from '../support/seals.ts';

const ownerCode = '11520000000000019J';
const typeCode = `${ownerCode}001`;
const place = { name: 'seal', page: 0, rect: [400, 60, 519, 179] as const };
let app: TestApp;
let settings: Record<string, string>;
let at: (name: string) => string;

beforeAll(async () => {
  app = await createTestApp();
  const { config, issuer, registers } = app;
  settings = {
    TONGXING_DEMO: 'yes',
    TONGXING_ISSUER: issuer,
    TONGXING_STORE: config.store,
    TONGXING_KEYS: config.keys,
    TONGXING_ANCHORS: config.anchors,
    TONGXING_TSA_URL: config.tsaUrl ?? '',
    TONGXING_OUTBOUND_ALLOW: registers.hostPort,
  };
  at = (name) => join(dirname(config.keys), name);
  await createDemoSeals(app, [{ code: ownerCode, issues: [typeCode] }]);
  const request = { authorityCode: ownerCode, typeCode, licenceId: 'a-licence', version: 1 };
  const { file } = await app.service.seals.sealLicence({ ...request, pdf: makePdf(), place });
  writeFileSync(at('sealed.pdf'), file);
  const flipped = Buffer.from(file);
  flipped[flipped.indexOf('licence 001')] = 0x4c;
  writeFileSync(at('flipped.pdf'), flipped);
  writeFileSync(at('plain.pdf'), makePdf());
});

afterAll(() => app.close());

const run = (words: readonly string[], more: Record<string, string | undefined> = {}) =>
  runCommand(words, { ...settings, ...more });

describe('tongxing verify', () => {
  it('ends with 0 when everything has passed, and names the seal', async () => {
    const done = await run(['verify', at('sealed.pdf')]);
    expect(done).toMatchObject({ code: 0 });
    expect(done.stdout).toMatch(/^VALID/);
    expect(done.stdout).toContain('电子证照专用章), now active');
  });

  it('ends with 1 for a changed file, one without a seal, and another authority', async () => {
    const changed = await run(['verify', at('flipped.pdf')]);
    expect(changed).toMatchObject({ code: 1 });
    expect(changed.stdout).toContain('✗ The content is unchanged: The content is not what was signed');
    expect((await run(['verify', at('plain.pdf')])).code).toBe(1);
    const other = await run(['verify', at('sealed.pdf'), '--authority', '11520100000000026F', '--json']);
    expect(other.code).toBe(1);
    const { report } = JSON.parse(other.stdout);
    expect(report.signatures[0].checks).toContainEqual({
      ...{ id: 'signer-bound', state: 'failed', reason: 'other-seal' },
    });
  });

  it('works without a store and says what stayed open', async () => {
    const done = await run(['verify', at('sealed.pdf')], { TONGXING_STORE: `sqlite:${at('none.db')}` });
    expect(done.code).toBe(1);
    expect(done.stdout).toMatch(/^OPEN/);
    expect(done.stdout).toContain('The register of seals was not asked');
    expect(done.stdout).toContain('✓ The time stamp is to be believed');
  });
});

describe('tongxing seals', () => {
  it('prints the request of an approved seal and installs what the authority answers', async () => {
    const { register } = app.service.seals;
    const applied = await register.apply(
      {
        ...{ ownerCode, typeCodes: [typeCode], kind: 'licence', diameterMm: 40, codeNumber: '5200000600001' },
        name: { zh: '行政审批专用章', en: 'Approval seal' },
      },
      keeperOf(ownerCode, 'k-1'),
    );
    const id = 'seal' in applied ? applied.seal.id : '';
    await register.act('approve', { sealId: id, actor: keeperOf(ownerCode, 'k-2') });
    const asked = await run(['seals', 'request', id]);
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    const chain = await askForCertificate(app.registers.url, asked.stdout);
    writeFileSync(at('chain.pem'), chain);
    expect((await run(['seals', 'install', id, at('sealed.pdf')])).stderr).toContain('no certificate in PEM');
    expect((await run(['seals', 'install', id, at('chain.pem')])).stdout).toContain('the seal is active');
    const revoked = await run(['seals', 'revoke', id, '--reason', '试用结束', '--json']);
    expect(JSON.parse(revoked.stdout)).toMatchObject({ status: 'revoked' });
    const list = await run(['seals', 'list', '--json']);
    expect(JSON.parse(list.stdout).map(({ status }: { status: string }) => status)).toEqual([
      'revoked',
      'active',
    ]);
    expect((await run(['seals', 'show', id])).stdout).toContain('Demo Seal CA');
  }, 60_000);
});
