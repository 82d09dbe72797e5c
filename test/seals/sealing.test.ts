import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  completeSeal,
  createSealSigner,
  placeholderBytes,
  prepareSeal,
  sealProblems,
  signSeal,
} from '../../src/seals/index.ts';
import { makeCrl, makeHolder, makeOcsp, pkiNow, signerOf, stamperOf } from '../support/pki.ts';
import { makePdf, plainObjects, ring, sealPdf } from '../support/sealed-pdf.ts';
import { faultsOf, makeSealed, pki, trusting, validate } from './trust.ts';

const place = { name: 'seal', page: 0, rect: [400, 60, 510, 170] as const };
const day = 86_400_000;
let sealed: Buffer;

beforeAll(async () => {
  sealed = await makeSealed();
});

describe('a seal on a file', () => {
  it('passes every check, with the time of its time stamp', () => {
    const report = validate(sealed);
    expect(faultsOf(report)).toEqual([]);
    expect(report.signatures).toHaveLength(1);
    expect(report.signatures[0]).toMatchObject({
      field: 'seal',
      integrity: 'passed',
      coversWholeFile: true,
      changesAfterSigning: 'none',
      signer: { name: 'Demo Bureau Seal', trust: 'passed' },
      time: { source: 'time_stamp', at: pkiNow - day },
      revocation: { state: 'good' },
    });
  });

  it('leaves every byte that was drawn as it was', () => {
    const pdf = makePdf();
    expect(sealed.subarray(0, pdf.length).equals(pdf)).toBe(true);
  });

  it('can be made with RSA', async () => {
    const file = await sealPdf(makePdf(), signerOf(pki.rsaSeal), stamperOf(pki.tsa));
    const sealCertificates = [pki.rsaSeal.certificate.sha256];
    expect(faultsOf(validate(file, { sealCertificates }))).toEqual([]);
  });

  it('is made in three steps, of which only the middle one needs the key, and only the digest', async () => {
    const prepared = await prepareSeal({
      pdf: makePdf(),
      picture: ring,
      place,
      at: pkiNow,
      reason: '颁发证照',
    });
    const { digest } = prepared;
    const cms = await signSeal({ digest, signer: signerOf(pki.seal), timeStamper: stamperOf(pki.tsa) });
    expect(faultsOf(validate(completeSeal(prepared, cms)))).toEqual([]);
  });

  it('keeps as much room as it needs, and more where a time stamp is larger than most', async () => {
    const { tsa } = pki;
    const roomOf = (file: Buffer) =>
      (/\/Contents <([0-9a-f]+)>/.exec(file.toString('latin1'))?.[1] ?? '').length / 2;
    const spacious = {
      ...tsa,
      chain: [
        ...tsa.chain,
        ...Array.from(
          { length: 16 },
          (_, n) => makeHolder({ name: `Extra ${n}`, use: 'root' }).certificate.der,
        ),
      ],
    };
    const file = await sealPdf(makePdf(), signerOf(pki.seal), stamperOf(spacious));
    expect(faultsOf(validate(file))).toEqual([]);
    expect(roomOf(file)).toBe(placeholderBytes);
    expect(roomOf(sealed)).toBeLessThan(placeholderBytes * 0.6);
  });

  it('has no time stamp only when that was said outright, and is then judged by the present', async () => {
    const bare = await sealPdf(makePdf(), signerOf(pki.seal), 'none');
    expect(faultsOf(validate(bare))).toEqual(['time-stamp: no-time-stamp?']);
    expect(validate(bare).signatures[0]?.time).toEqual({ source: 'now', at: pkiNow });
  });

  it('stays valid when its certificate was revoked after the time stamp, and not without one', async () => {
    const sealCertificates = [pki.revokedSeal.certificate.sha256];
    const early = stamperOf(pki.tsa, { at: pkiNow - 20 * day });
    const stamped = validate(await sealPdf(makePdf(), signerOf(pki.revokedSeal), early), {
      sealCertificates,
    });
    expect(faultsOf(stamped)).toEqual([]);
    expect(stamped.signatures[0]?.revocation).toEqual({
      state: 'revoked_after_sealing',
      revokedAt: pkiNow - 10 * day,
    });
    const bare = await sealPdf(makePdf(), signerOf(pki.revokedSeal), 'none');
    expect(faultsOf(validate(bare, { sealCertificates }))).toContain('revocation: revoked');
  });

  it('takes the word of an OCSP responder that the issuer certified, and of nobody else', () => {
    const { trust } = trusting(sealed);
    const lists = [makeCrl(pki.root)];
    const ask = (...ocspResponses: Buffer[]) =>
      faultsOf(validate(sealed, { trust: { ...trust, crls: lists, ocspResponses } }));
    const { seal, issuing, responder, otherSeal } = pki;
    expect(ask()).toEqual(['revocation: no-evidence?']);
    expect(ask(makeOcsp(seal, issuing))).toEqual([]);
    expect(ask(makeOcsp(seal, issuing, { responder }))).toEqual([]);
    expect(ask(makeOcsp(otherSeal, issuing, { responder }))).toEqual(['revocation: no-evidence?']);
    expect(ask(makeOcsp(seal, issuing, { responder: otherSeal }))).toEqual(['revocation: no-evidence?']);
    expect(ask(makeOcsp(seal, issuing, { responder, revokedAt: pkiNow - 3 * day }))).toEqual([
      'revocation: revoked',
    ]);
    expect(ask(makeOcsp(seal, issuing), makeOcsp(seal, issuing, { revokedAt: pkiNow - 3 * day }))).toEqual([
      'revocation: revoked',
    ]);
  });

  it('is not vouched for by a list that is out of date', () => {
    const { trust } = trusting(sealed);
    const stale = makeCrl(pki.issuing, [], { thisUpdate: pkiNow - 9 * day, nextUpdate: pkiNow - day });
    const report = validate(sealed, { trust: { ...trust, crls: [makeCrl(pki.root), stale] } });
    expect(faultsOf(report)).toEqual(['revocation: no-evidence?']);
  });

  it('stays open on whose seal it is when nobody asks', () => {
    const { sealCertificates: _, ...request } = trusting(sealed);
    expect(faultsOf(validate(sealed, { ...request, sealCertificates: undefined as never }))).toEqual([
      'signer-bound: not-asked?',
    ]);
  });
});

describe('sealing is refused', () => {
  const seal = (pdf: Buffer, more: object = {}) =>
    prepareSeal({ pdf, picture: ring, place, at: pkiNow, ...more });

  it.each([
    ['what is no PDF', () => Buffer.from('licence')],
    ['a file sealed before', makeSealed],
    ['an encrypted file', () => makePdf(plainObjects, '/Encrypt << /Filter /Standard >>')],
    ['a file with bytes after its end', () => Buffer.concat([makePdf(), Buffer.from('more')])],
  ])('for %s', async (_, make) => {
    await expect(seal(await make())).rejects.toMatchObject({ code: 'pdf-not-sealable' });
  });

  it('outside of the page, on a page that is not there, and under a name that is none', async () => {
    for (const wrong of [{ rect: [500, 60, 600, 170] }, { page: 1 }, { name: 'a) /V 1' }])
      await expect(seal(makePdf(), { place: { ...place, ...wrong } })).rejects.toMatchObject({
        code: 'pdf-not-sealable',
      });
  });

  it('when the CMS does not fit, instead of cutting it', async () => {
    const chain = Array.from({ length: 40 }, () => pki.issuing.certificate.der);
    await expect(sealPdf(makePdf(), { ...signerOf(pki.seal), chain }, 'none')).rejects.toMatchObject({
      code: 'seal-too-large',
    });
  });

  it('with a key that is not the certificate’s, a curve that readers refuse, or a certificate that may not sign', async () => {
    const stolen = { ...signerOf(pki.otherSeal), certificateDer: pki.seal.certificate.der };
    await expect(sealPdf(makePdf(), stolen, 'none')).rejects.toMatchObject({ code: 'seal-signer-unfit' });
    const { privateKey } = generateKeyPairSync('ed25519');
    const certificateDer = pki.seal.certificate.der;
    expect(() => createSealSigner({ privateKey, certificateDer, chain: [] })).toThrow(/seal-signer-unfit/);
    expect(() => signerOf(pki.wrongUseSeal)).toThrow(/seal-signer-unfit/);
    expect(() => signerOf(pki.issuing)).toThrow(/seal-signer-unfit/);
  });

  it('by problems that each say what to do next in both languages', () => {
    for (const { text } of Object.values(sealProblems)) expect([text.zh, text.en].every(Boolean)).toBe(true);
  });
});
