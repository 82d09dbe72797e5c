import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createValidator, sealChecks, sealReasons, type Validator } from '../../src/seals/index.ts';
import { pkiNow } from '../support/pki.ts';
import { makePdf, plainObjects } from '../support/sealed-pdf.ts';
import { faultsOf, makeSealed, trusting } from './trust.ts';

const clock = { now: () => pkiNow };
let validator: Validator;
let sealed: Buffer;

beforeAll(async () => {
  validator = createValidator({ clock });
  sealed = await makeSealed();
});

afterAll(() => validator.close());

/** A file whose cross-reference and objects are packed, as common programs save it. */
function packedPdf(more = ''): Buffer {
  const objects = ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [] /Count 0 >>'];
  const header = `1 0 2 ${objects[0]?.length} `;
  const data = deflateSync(header + objects.join(''));
  const packed = `3 0 obj\n<< /Type /ObjStm /N 2 /First ${header.length} /Filter /FlateDecode /Length ${data.length} >>\nstream\n`;
  const start = '%PDF-1.7\n'.length;
  const body = Buffer.concat([
    Buffer.from(`%PDF-1.7\n${packed}`),
    data,
    Buffer.from('\nendstream\nendobj\n'),
  ]);
  const rows = [
    [0, 0, 0],
    [2, 3, 0],
    [2, 3, 1],
    [1, start, 0],
    [1, body.length, 0],
  ];
  const table = Buffer.concat(
    rows.map(([type = 0, at = 0, index = 0]) => Buffer.of(type, at >> 8, at & 255, index)),
  );
  const xref = `4 0 obj\n<< /Type /XRef /W [1 2 1] /Size 5 /Root 1 0 R ${more} /Length ${table.length} >>\nstream\n`;
  const end = `\nendstream\nendobj\nstartxref\n${body.length}\n%%EOF\n`;
  return Buffer.concat([body, Buffer.from(xref), table, Buffer.from(end)]);
}

const nested = '['.repeat(5000) + ']'.repeat(5000);
const withFields = (fields: string) =>
  makePdf({ ...plainObjects, 1: `<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [${fields}] >> >>` });
const nineSignatures = () => {
  const numbers = Array.from({ length: 9 }, (_, index) => 20 + index * 2);
  const objects = Object.fromEntries(
    numbers.flatMap((number) => [
      [number, `<< /FT /Sig /T (s${number}) /V ${number + 1} 0 R >>`],
      [number + 1, '<< /Type /Sig /ByteRange [0 1 2 3] /Contents <00> >>'],
    ]),
  );
  const form = numbers.map((number) => `${number} 0 R`).join(' ');
  return makePdf({
    ...plainObjects,
    1: `<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [${form}] >> >>`,
    ...objects,
  });
};

describe('the validator', () => {
  it('answers from its thread as it would without one', async () => {
    const report = await validator.validate(trusting(sealed));
    expect(faultsOf(report)).toEqual([]);
    expect(report.signatures).toHaveLength(1);
  });

  it.each<[string, string, () => Buffer]>([
    ['nothing', 'readable: not-pdf', () => Buffer.alloc(0)],
    ['what is no PDF', 'readable: not-pdf', () => Buffer.from('<html>')],
    ['half a file', 'readable: structure', () => makePdf().subarray(0, 300)],
    ['a file above 20 MB', 'readable: too-large', () => Buffer.alloc(20 * 1024 * 1024 + 1)],
    ['an encrypted file', 'readable: encrypted', () => makePdf(plainObjects, '/Encrypt 9 0 R')],
    [
      'an encrypted file with a packed cross-reference',
      'readable: encrypted',
      () => packedPdf('/Encrypt 9 0 R'),
    ],
    ['a file without a signature', 'has-signatures: no-signature', makePdf],
    ['a packed file without a signature', 'has-signatures: no-signature', packedPdf],
    [
      'a signature that stands only in the text',
      'has-signatures: no-signature',
      () => makePdf({ ...plainObjects, 9: '<< /Type /Sig /ByteRange [0 1 2 3] /Contents <00> >>' }),
    ],
    ['nine signatures', 'has-signatures: too-many-signatures', nineSignatures],
    ['a thousand fields', 'readable: structure', () => withFields('<< /FT /Sig >> '.repeat(1000))],
    ['objects nested too deep', 'readable: structure', () => makePdf({ ...plainObjects, 9: nested })],
    [
      'an object that needs itself',
      'readable: structure',
      () => makePdf({ ...plainObjects, 9: '<< /Length 9 0 R >>\nstream\n\nendstream' }),
    ],
    [
      'references in a circle',
      'readable: structure',
      () => makePdf({ ...plainObjects, 1: '10 0 R', 10: '1 0 R' }),
    ],
    [
      'a key that comes twice',
      'readable: structure',
      () => makePdf({ ...plainObjects, 9: '<< /A 1 /A 2 >>' }),
    ],
    ['cross-references in a circle', 'readable: structure', () => makePdf(plainObjects, '/Prev 999999')],
    ['a bomb in an object stream', 'readable: structure', () => packedPdf('/Filter /FlateDecode')],
    [
      'fields that are not signatures',
      'has-signatures: no-signature',
      () => withFields('<< /FT /Tx /T (a) >>'),
    ],
  ])('reports %s: %s', async (_, fault, make) => {
    const report = await validator.validate(trusting(Buffer.from(make())));
    expect(faultsOf(report)).toContain(fault);
    expect(report.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('reports twenty thousand pages in time, and more objects than any licence has as broken', async () => {
    const pages = (count: number) =>
      makePdf({
        ...plainObjects,
        ...Object.fromEntries(Array.from({ length: count }, (_, at) => [at + 20, '<< /Type /Page >>'])),
      });
    const started = performance.now();
    expect(faultsOf(await validator.validate(trusting(pages(19_000))))).toContain(
      'has-signatures: no-signature',
    );
    expect(faultsOf(await validator.validate(trusting(pages(21_000))))).toContain('readable: structure');
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('never throws for any byte of a sealed file that is another', async () => {
    const { validateFile } = await import('../../src/seals/validate-file.ts');
    const contents = sealed.indexOf('/Contents <') + 11;
    for (let at = 0; at < sealed.length; at += at > contents + 3_200 && at < contents + 32_000 ? 800 : 9) {
      const copy = Buffer.from(sealed);
      copy.writeUInt8(copy.readUInt8(at) ^ 0x15, at);
      expect(faultsOf(validateFile(trusting(copy), pkiNow))).not.toEqual([]);
    }
  });

  it('ends a file that takes too long and goes on with the next', async () => {
    const impatient = createValidator({ clock, timeoutMs: 1 });
    const [report] = await Promise.all([
      impatient.validate(trusting(sealed)),
      impatient.validate(trusting(sealed)),
    ]);
    expect(faultsOf(report)).toEqual(['readable: too-slow']);
    await impatient.close();
  });

  it('refuses more files than may wait', async () => {
    const full = createValidator({ clock, greatestQueue: 1 });
    const first = full.validate(trusting(sealed));
    const second = full.validate(trusting(sealed));
    await expect(full.validate(trusting(sealed))).rejects.toMatchObject({ code: 'validator-busy' });
    expect((await Promise.all([first, second])).map(faultsOf)).toEqual([[], []]);
    await full.close();
  });

  it('has words in both languages for every check and reason', () => {
    for (const { zh, en } of [...Object.values(sealChecks), ...Object.values(sealReasons)])
      expect([/[一-龥]/.test(zh), en.length > 3]).toEqual([true, true]);
  });
});
