import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { dayMs } from '../../src/core/index.ts';
import { buildCms } from '../../src/seals/cms.ts';
import { children, context, der, octets, oid, readWhole, sequence, setOf } from '../../src/seals/der.ts';
import { completeSeal, prepareSeal } from '../../src/seals/index.ts';
import { ids } from '../../src/seals/oids.ts';
import { appendUpdate, cmsOf, type Forger, overwrite, withCms } from '../support/pdf-attacks.ts';
import { pkiNow, signerOf, stamperOf } from '../support/pki.ts';
import { makePdf, plainObjects, ring, sealPdf, stream } from '../support/sealed-pdf.ts';
import { faultsOf, makeSealed, pki, validate } from './trust.ts';

let sealed: Buffer;
let rangeText = '';
let [before, after, rest] = [0, 0, 0];

beforeAll(async () => {
  sealed = await makeSealed();
  const [text = '', numbers = ''] = /\/ByteRange \[([\d ]+)\] */.exec(sealed.toString('latin1')) ?? [];
  rangeText = text;
  [before, after, rest] = numbers.split(' ').slice(1).map(Number) as [number, number, number];
});

const forged = (forge: (forger: Forger) => void) => appendUpdate(sealed, forge);
const bureau = signerOf(pki.seal);
const other = signerOf(pki.otherSeal);
const stamper = stamperOf(pki.tsa);

/**
 * The sealed file whose range skips bytes put in after the contents: all signed bytes are there, but the offset at its end
 * now points to a cross-reference of the attacker.
 */
function shifted(): Buffer {
  const text = sealed.toString('latin1');
  const start = text.lastIndexOf('xref\n', text.lastIndexOf('startxref') - 1);
  const table = text.slice(start, text.lastIndexOf('startxref'));
  const size = start - after + table.length;
  const move = (offset: string) =>
    String(Number(offset) + (Number(offset) > after ? size : 0)).padStart(10, '0');
  const extra = '\n>>\nendobj\n'.padEnd(start - after, '\n') + table.replace(/^\d{10}(?= 00000 n)/gm, move);
  const range = `/ByteRange [0 ${before} ${after + size} ${rest}]`.padEnd(rangeText.length);
  const moved = overwrite(sealed, rangeText, range).toString('latin1');
  return Buffer.from(moved.slice(0, after) + extra + moved.slice(after), 'latin1');
}

/** A second seal by another trusted holder, in a revision after the first. */
async function sealedAgain(rect: string): Promise<Buffer> {
  const donor = await sealPdf(makePdf(), other, stamper);
  return forged(({ add, rewrite }) => {
    const signature = add(
      `<< /Type /Sig /SubFilter /ETSI.CAdES.detached /ByteRange [0 1 2 3] /Contents <${cmsOf(donor).toString('hex')}> >>`,
    );
    const picture = add(
      stream('1 1 1 rg 0 0 500 200 re f', '/Type /XObject /Subtype /Form /BBox [0 0 500 200]'),
    );
    const widget = add(
      `<< /Type /Annot /Subtype /Widget /FT /Sig /T (more) /F 132 /Rect [${rect}] /P 3 0 R /V ${signature} 0 R /AP << /N ${picture} 0 R >> >>`,
    );
    rewrite(1, (text) => text.replace('/Fields [9 0 R]', `/Fields [9 0 R ${widget} 0 R]`));
    rewrite(3, (text) => text.replace('/Annots [9 0 R]', `/Annots [9 0 R ${widget} 0 R]`));
  });
}

/** A file whose objects were bad before the seal came on it. */
const sealedWith = (objects: Record<number, string>) =>
  sealPdf(makePdf({ ...plainObjects, ...objects }), bureau, stamper);

const cover = stream('1 1 1 rg 60 690 300 40 re f BT /F 24 Tf 72 700 Td (Demo licence 999) Tj ET');
const changed = 'changes: forbidden-change';
const range = 'byte-range: not-covering';
type Attack = [name: string, check: string, file: () => Buffer | Promise<Buffer>];

const attacks: Attack[] = [
  // The bytes
  [
    'a flipped byte of the text',
    'content-digest: message-digest',
    () => overwrite(sealed, 'licence 001', 'licence 007'),
  ],
  [
    'a flipped byte of the signature',
    'signature-value: signature',
    () => {
      const cms = cmsOf(sealed);
      // The last byte of the ECDSA signature lies just before the unsigned attributes.
      const at = cms.indexOf(Buffer.from('060b2a864886f70d010910020e', 'hex'));
      cms.writeUInt8(cms.readUInt8(at - 12) ^ 1, at - 12);
      return withCms(sealed, cms);
    },
  ],
  [
    'trailing bytes after the end',
    'readable: trailing-bytes',
    () => Buffer.concat([sealed, Buffer.from('% more')]),
  ],
  [
    'a whole second file after the end',
    'has-signatures: no-signature',
    () => Buffer.concat([sealed, makePdf()]),
  ],
  ['a shifted range with injected bytes', range, shifted],
  [
    'a range of zeros',
    range,
    () => overwrite(sealed, rangeText, '/ByteRange [0 0 0 0]'.padEnd(rangeText.length)),
  ],
  ['a range of nulls', range, () => overwrite(sealed, rangeText, '/ByteRange null'.padEnd(rangeText.length))],
  ['no range', range, () => overwrite(sealed, rangeText, '/ByteRangf null'.padEnd(rangeText.length))],
  [
    'a range with a negative length',
    range,
    () => overwrite(sealed, rangeText, `/ByteRange [0 ${before} ${after} -1]`.padEnd(rangeText.length)),
  ],
  [
    'a range that ends before the end',
    range,
    () =>
      overwrite(sealed, rangeText, `/ByteRange [0 ${before} ${after} ${rest - 20}]`.padEnd(rangeText.length)),
  ],
  ['contents of zeros', 'signature-form: unknown-form', () => withCms(sealed, Buffer.alloc(0))],
  ['contents of nothing', range, () => overwrite(sealed, '/Contents <', '/Contentz <')],
  [
    'bytes hidden in the filling of the contents',
    'signature-form: unknown-form',
    () => withCms(sealed, Buffer.concat([cmsOf(sealed), Buffer.from('hidden')])),
  ],
  [
    'an unknown kind of signature',
    'signature-form: unknown-form',
    () => overwrite(sealed, 'ETSI.CAdES.detached', 'adbe.x509.rsa_sha10'),
  ],
  // The revisions
  [
    'an update that covers the text',
    changed,
    () =>
      forged(({ rewrite, add }) => {
        const page = add(cover);
        rewrite(3, (text) => text.replace('/Contents 4 0 R', `/Contents [4 0 R ${page} 0 R]`));
      }),
  ],
  ['an update that replaces the text', changed, () => forged(({ replace }) => replace(4, cover))],
  [
    'an update that replaces the font',
    changed,
    () => forged(({ replace }) => replace(5, '<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>')),
  ],
  [
    'an annotation over the text',
    changed,
    () =>
      forged(({ add, rewrite }) => {
        const note = add(
          '<< /Type /Annot /Subtype /FreeText /Rect [60 690 360 730] /Contents (Demo licence 999) >>',
        );
        rewrite(3, (text) => text.replace('/Annots [9 0 R]', `/Annots [9 0 R ${note} 0 R]`));
      }),
  ],
  [
    'another picture of the seal',
    changed,
    () => forged(({ replace }) => replace(8, stream('0 g 0 0 9 9 re f', '/Subtype /Form /BBox [0 0 9 9]'))),
  ],
  ['another title', changed, () => forged(({ replace }) => replace(6, '<< /Title (Licence 999) >>'))],
  [
    'metadata added',
    changed,
    () =>
      forged(({ add, rewrite }) => {
        const data = add(stream('<x/>', '/Type /Metadata'));
        rewrite(1, (text) => text.replace('/Type /Catalog', `/Type /Catalog /Metadata ${data} 0 R`));
      }),
  ],
  ['a new document root', changed, rerooted],
  ['a second trusted seal', changed, () => sealedAgain('200 60 300 160')],
  ['a later seal whose picture covers the text', changed, () => sealedAgain('60 600 560 800')],
  [
    'an empty field added after certification',
    changed,
    () =>
      forged(({ add, rewrite }) => {
        const widget = add('<< /Type /Annot /Subtype /Widget /FT /Sig /T (later) /Rect [0 0 0 0] >>');
        rewrite(1, (text) => text.replace('/Fields [9 0 R]', `/Fields [9 0 R ${widget} 0 R]`));
      }),
  ],
  ['an empty update', changed, () => forged(() => undefined)],
  [
    'an object that lies hidden beside validation data',
    changed,
    () => withValidationData('7 0 obj\n<< /Type /Sig >>\nendobj\n'),
  ],
  [
    'an object smuggled in as validation data',
    changed,
    () =>
      forged(({ replace, rewrite }) => {
        replace(5, '<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>');
        rewrite(1, (text) =>
          text.replace('/Type /Catalog', '/Type /Catalog /DSS << /Type /DSS /Certs [5 0 R] >>'),
        );
      }),
  ],
  [
    'hidden content swapped in',
    changed,
    async () => {
      const file = await sealedWith({ 20: cover });
      return appendUpdate(file, ({ rewrite }) =>
        rewrite(3, (text) => text.replace('/Contents 4 0 R', '/Contents 20 0 R')),
      );
    },
  ],
  // What was hidden before the seal
  [
    'content hidden in an optional layer',
    'no-active-content: active-content',
    () => sealedWith({ 1: '<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [] /D << >> >> >>' }),
  ],
  [
    'a script',
    'no-active-content: active-content',
    () => sealedWith({ 20: '<< /S /JavaScript /JS (app.alert) >>' }),
  ],
  [
    'an action when the file is opened',
    'no-active-content: active-content',
    () =>
      sealedWith({
        1: '<< /Type /Catalog /Pages 2 0 R /OpenAction 20 0 R >>',
        20: '<< /S /URI /URI (http://a) >>',
      }),
  ],
  [
    'an attached file',
    'no-active-content: active-content',
    () => sealedWith({ 20: '<< /Type /Filespec /EF << /F 21 0 R >> >>', 21: stream('x') }),
  ],
  // The CMS and who made it
  [
    'the CMS of another file',
    'content-digest: message-digest',
    async () => withCms(sealed, cmsOf(await sealedWith({ 6: '<< /Title (Another) >>' }))),
  ],
  ['two signers', 'signature-form: unknown-form', () => withCms(sealed, twoSigners(cmsOf(sealed)))],
  ['a weak digest', 'signed-attributes: digest-not-allowed', () => withCms(sealed, weakened(cmsOf(sealed)))],
  [
    'a certificate of the same name put in its place',
    'signed-attributes: no-certificate',
    () => withCms(sealed, swapped(cmsOf(sealed))),
  ],
  [
    'the digest of the content twice',
    'signature-form: unknown-form',
    () => sealedSaying(({ type, digest, named }) => [type, digest, digest, named]),
  ],
  [
    'two digests in one attribute',
    'content-digest: message-digest',
    () =>
      sealedSaying(({ type, value, named }) => [
        type,
        attribute(ids.messageDigest, value, octets(Buffer.alloc(32))),
        named,
      ]),
  ],
  [
    'a signature that names another certificate than the one that made it',
    'signed-attributes: signing-certificate',
    () => sealedSaying(({ type, digest }) => [type, digest, naming(pki.otherSeal.certificate.der)]),
  ],
  [
    'a signature that names no certificate',
    'signed-attributes: signing-certificate',
    () => sealedSaying(({ type, digest }) => [type, digest]),
  ],
  [
    'another type of content in the attributes',
    'signed-attributes: content-type',
    () =>
      sealedSaying(({ digest, named }) => [attribute(ids.contentType, oid(ids.signedData)), digest, named]),
  ],
  ['the seal of another bureau', 'signer-bound: other-seal', () => sealPdf(makePdf(), other, stamper)],
  [
    'a seal of the same name by a stranger',
    'signer-trust: untrusted',
    () => sealPdf(makePdf(), signerOf(pki.strangerSeal), stamper),
  ],
  [
    'a seal that had expired',
    'signer-trust: not-in-time',
    () => sealPdf(makePdf(), signerOf(pki.expiredSeal), stamper),
  ],
  [
    'a seal that was revoked',
    'revocation: revoked',
    () => sealPdf(makePdf(), signerOf(pki.revokedSeal), stamper),
  ],
  [
    'a time stamp of a stranger',
    'time-stamp: time-stamp-refused',
    () => sealPdf(makePdf(), bureau, stamperOf(pki.strangerTsa)),
  ],
  [
    'a time stamp whose purpose is not critical',
    'time-stamp: time-stamp-refused',
    () => sealPdf(makePdf(), bureau, stamperOf(pki.sloppyTsa)),
  ],
  [
    'a time stamp of another signature',
    'time-stamp: time-stamp-refused',
    () => sealPdf(makePdf(), bureau, stamperOf(pki.tsa, { imprint: Buffer.alloc(32) })),
  ],
  [
    'a time stamp of tomorrow',
    'time-stamp: time-stamp-refused',
    () => sealPdf(makePdf(), bureau, stamperOf(pki.tsa, { at: pkiNow + dayMs })),
  ],
];

/** The sealed file with another root in the trailer of an update. */
function rerooted(): Buffer {
  const file = forged(({ add }) => add('<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [9 0 R] >> >>'));
  const text = file.toString('latin1');
  const at = text.lastIndexOf('/Root 1 0 R');
  return Buffer.from(`${text.slice(0, at)}/Root 10 0 R${text.slice(at + '/Root 1 0 R'.length)}`, 'latin1');
}

/** Validation data appended, with bytes of the caller's before them. */
function withValidationData(smuggled = ''): Buffer {
  const base = smuggled ? Buffer.concat([sealed, Buffer.from(smuggled)]) : sealed;
  const file = forged(({ add, rewrite }) => {
    const data = add(stream('certificate'));
    rewrite(1, (text) =>
      text.replace('/Type /Catalog', `/Type /Catalog /DSS << /Type /DSS /Certs [${data} 0 R] >>`),
    );
  });
  if (!smuggled) return file;
  const shift = (text: string) =>
    text
      .replace(/^\d{10}(?= 00000 n)/gm, (offset) =>
        String(Number(offset) + smuggled.length).padStart(10, '0'),
      )
      .replace(/startxref\n(\d+)/, (_, at) => `startxref\n${Number(at) + smuggled.length}`);
  return Buffer.concat([base, Buffer.from(shift(file.toString('latin1', sealed.length)), 'latin1')]);
}

const attribute = (id: string, ...values: Buffer[]) => sequence(oid(id), setOf(...values));
const naming = (certificate: Buffer) => {
  const hash = createHash('sha256').update(certificate).digest();
  return attribute(ids.signingCertificateV2, sequence(sequence(sequence(octets(hash)))));
};

/** A seal by the bureau's own key whose signed attributes say what the attacker wants. */
async function sealedSaying(
  say: (honest: { type: Buffer; digest: Buffer; value: Buffer; named: Buffer }) => Buffer[],
): Promise<Buffer> {
  const place = { name: 'seal', page: 0, rect: [400, 60, 510, 170] as const };
  const prepared = await prepareSeal({ pdf: makePdf(), picture: ring, place, at: pkiNow - dayMs });
  const value = octets(prepared.digest);
  const attributes = setOf(
    ...say({
      type: attribute(ids.contentType, oid(ids.data)),
      digest: attribute(ids.messageDigest, value),
      value,
      named: naming(pki.seal.certificate.der),
    }),
  );
  const signature = await bureau.sign(attributes);
  const { certificate, chain } = pki.seal;
  const timeStampToken = await stamper.stamp(createHash('sha256').update(signature).digest());
  const cms = { attributes, algorithm: 'ES256', signature, certificate, chain, timeStampToken } as const;
  return completeSeal(prepared, buildCms(cms));
}

function twoSigners(cms: Buffer): Buffer {
  const [type, wrapped] = children(readWhole(cms));
  const fields = children(children(wrapped)[0]);
  const signers = fields.at(-1)?.value ?? Buffer.alloc(0);
  const parts = fields.slice(0, -1).map((field) => field.raw);
  return sequence(type?.raw ?? cms, context(0, sequence(...parts, der(0x31, signers, signers))));
}

/** SHA-1 where SHA-256 was named as the digest. */
function weakened(cms: Buffer): Buffer {
  const text = cms.toString('hex');
  return Buffer.from(text.replaceAll('300b0609608648016503040201', '300b0609608648016503040204'), 'hex');
}

function swapped(cms: Buffer): Buffer {
  const text = cms.toString('hex');
  const [from, to] = [pki.seal, pki.otherSeal].map(({ certificate }) => certificate.der.toString('hex'));
  const [type, wrapped] = children(readWhole(Buffer.from(text, 'hex')));
  const fields = children(children(wrapped)[0]).map((field) =>
    field.tag === 0xa0
      ? der(0xa0, Buffer.from(field.value.toString('hex').replace(from ?? '', to ?? ''), 'hex'))
      : field.raw,
  );
  return sequence(type?.raw ?? cms, context(0, sequence(...fields)));
}

describe('a sealed file is refused', () => {
  it.each(attacks)('with %s: %s', async (_, check, makeFile) => {
    const file = await makeFile();
    expect(file.equals(sealed)).toBe(false);
    expect(faultsOf(validate(file))).toContain(check);
  });
});

describe('a sealed file is accepted', () => {
  it('with validation data appended, and says so', () => {
    const report = validate(withValidationData());
    expect(faultsOf(report)).toEqual([]);
    expect(report.signatures[0]).toMatchObject({ changesAfterSigning: 'allowed', coversWholeFile: false });
  });
});
