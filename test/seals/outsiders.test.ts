import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toPem } from '../../src/seals/certificate-request.ts';
import { buildTimeStampRequest } from '../../src/seals/time-stamp.ts';
import { isDssAvailable, judgeByDss } from '../support/dss.ts';
import { cmsOf } from '../support/pdf-attacks.ts';
import { answerTimeStamp, makeCrl, pkiNow, signerOf, stamperOf } from '../support/pki.ts';
import { makePdf, sealPdf } from '../support/sealed-pdf.ts';
import { pki } from './trust.ts';

const run = promisify(execFile);
const seconds = String(pkiNow / 1000);
let folder: string;
const at = (name: string) => join(folder, name);
const pem = (bytes: Buffer) => toPem('CERTIFICATE', bytes);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seals-'));
  for (const holder of ['seal', 'rsaSeal'] as const)
    writeFileSync(at(`${holder}.pdf`), await sealPdf(makePdf(), signerOf(pki[holder]), stamperOf(pki.tsa)));
  for (const holder of ['root', 'timeRoot', 'issuing'] as const) {
    writeFileSync(at(`${holder}.crl`), makeCrl(pki[holder]));
    writeFileSync(at(`${holder}.pem`), pem(pki[holder].certificate.der));
    if (holder !== 'issuing') writeFileSync(at(`${holder}.anchor`), pki[holder].certificate.der);
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('readers of others find our seals good', () => {
  it.each(['seal.pdf', 'rsaSeal.pdf'])('pdfsig and qpdf: %s', async (file) => {
    const { stdout } = await run('pdfsig', ['-nocert', at(file)]);
    expect(stdout).toContain('Signature is Valid');
    expect(stdout).toContain('Total document signed');
    expect(stdout).toContain('ETSI.CAdES.detached');
    expect((await run('qpdf', ['--check', at(file)])).stdout).toContain(
      'No syntax or stream encoding errors',
    );
  });

  it('openssl cms, over the bytes of the range', async () => {
    const pdf = await sealPdf(makePdf(), signerOf(pki.seal), 'none');
    const [, numbers = ''] = /\/ByteRange \[([\d ]+)\]/.exec(pdf.toString('latin1')) ?? [];
    const [, before = 0, after = 0] = numbers.split(' ').map(Number);
    writeFileSync(at('content'), Buffer.concat([pdf.subarray(0, before), pdf.subarray(after)]));
    writeFileSync(at('cms'), cmsOf(pdf));
    const files = ['-in', at('cms'), '-content', at('content'), '-CAfile', at('root.pem'), '-out', at('out')];
    const how = [
      'cms',
      '-verify',
      '-binary',
      '-cades',
      '-inform',
      'DER',
      '-purpose',
      'any',
      '-attime',
      seconds,
    ];
    expect((await run('openssl', [...how, ...files])).stderr).toMatch(/successful/i);
  });

  it('openssl ts, of the answers that our tests are stamped with', async () => {
    const query = buildTimeStampRequest(Buffer.alloc(32, 7), Buffer.from('0102030405060708', 'hex'));
    writeFileSync(at('query'), query);
    writeFileSync(at('answer'), answerTimeStamp(pki.tsa, query));
    const files = ['-queryfile', at('query'), '-in', at('answer'), '-CAfile', at('timeRoot.pem')];
    expect((await run('openssl', ['ts', '-verify', '-attime', seconds, ...files])).stdout).toContain('OK');
  });

  (isDssAvailable() ? it : it.skip)(
    'the European validator: PAdES baseline with a time stamp, totally passed',
    async () => {
      expect(await judgeByDss(folder, pkiNow)).toEqual([
        'rsaSeal.pdf TOTAL_PASSED null PAdES-BASELINE-T',
        'seal.pdf TOTAL_PASSED null PAdES-BASELINE-T',
      ]);
    },
    240_000,
  );
});
