import { createPrivateKey, createPublicKey } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dayMs } from '../../../src/core/index.ts';
import { parseCertificate, signedPart, verifySignature } from '../../../src/seals/certificate.ts';
import { toPem } from '../../../src/seals/certificate-request.ts';
import { children, expectTag, readInteger, readWhole } from '../../../src/seals/der.ts';
import {
  answerTimeStamp,
  certificateOf,
  chainOf,
  type Holder,
  makeCrl,
  makeHolder,
  makeOcsp,
} from './pki.ts';

/**
 * The demo province's certificate authority and time-stamping authority: a root, an issuing authority that certifies
 * seals, its OCSP responder, and a time root with the one who stamps.
 */
export interface DemoAuthority {
  /** Certifies the key of a PKCS #10 request (DER); answers the chain as PEM, without the root. @throws {Error} */
  certify(request: Buffer): string;
  /** A fresh list of revoked certificates: of `root`, `issuing` or `time`. */
  crl(issuer: string): Buffer | undefined;
  /** Answers an OCSP request, DER. */
  ocsp(request: Buffer): Buffer;
  /** Answers a time-stamp request, DER. */
  stamp(request: Buffer): Buffer;
  /** A whole answer to a time-stamp request, over a digest that nobody asked about. */
  misstamp(request: Buffer): Buffer;
  /** Revokes a certificate by its serial number, hex. */
  revoke(serial: string, at?: number): void;
  /** Writes the certificates that a verifier pins, and anchors.json with the addresses of the lists beneath `url`. */
  writeAnchors(folder: string, url: string): void;
}

const roles = ['root', 'issuing', 'responder', 'timeRoot', 'stamper'] as const;
type Holders = Record<(typeof roles)[number], Holder>;

interface Saved {
  holders: Record<string, { certificate: string; key: string }>;
  revoked: { serial: string; at: number }[];
}

/** Opens the authority whose keys lie in a file, making it when there is none; without a file it lives in memory. */
export function openAuthority({ file, now }: { file?: string; now: () => number }): DemoAuthority {
  const saved = file && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Saved) : undefined;
  const holders = saved ? readHolders(saved) : makeHolders(now());
  const revoked = saved?.revoked ?? [];
  const save = (): void => {
    if (file)
      writeFileSync(file, JSON.stringify({ holders: writtenHolders(holders), revoked }), { mode: 0o600 });
  };
  if (!saved) save();
  const times = () => ({ thisUpdate: now() - 60_000, nextUpdate: now() + dayMs });
  const issuers: Record<string, Holder> = {
    root: holders.root,
    issuing: holders.issuing,
    time: holders.timeRoot,
  };
  return {
    certify: (request) => certify(request, holders.issuing, now()),
    crl(name) {
      const issuer = Object.hasOwn(issuers, name) ? issuers[name] : undefined;
      return issuer && makeCrl(issuer, name === 'issuing' ? revoked : [], times());
    },
    ocsp(request) {
      const serial = askedSerial(request);
      const revokedAt = revoked.find((entry) => entry.serial === serial)?.at;
      return makeOcsp({ serial }, holders.issuing, times(), { responder: holders.responder, revokedAt });
    },
    stamp: (request) => answerTimeStamp(holders.stamper, request, { at: now() }),
    misstamp: (request) =>
      answerTimeStamp(holders.stamper, request, { at: now(), imprint: Buffer.alloc(32, 1) }),
    revoke(serial, at = now()) {
      revoked.push({ serial, at });
      save();
    },
    writeAnchors(folder, url) {
      mkdirSync(folder, { recursive: true });
      const write = (name: string, { certificate }: Holder) =>
        writeFileSync(join(folder, name), toPem('CERTIFICATE', certificate.der));
      write('demo-root.pem', holders.root);
      write('demo-time-root.pem', holders.timeRoot);
      const lists = (...names: string[]) => names.map((name) => `${url}/ca/crl/${name}`);
      const anchors = [
        {
          ...{ file: 'demo-root.pem', kind: 'seal', authorities: ['*'] },
          ...{ crls: lists('root', 'issuing'), ocsp: `${url}/ocsp` },
        },
        { file: 'demo-time-root.pem', kind: 'time-stamp', crls: lists('time') },
      ];
      writeFileSync(join(folder, 'anchors.json'), `${JSON.stringify({ anchors }, null, 2)}\n`);
    },
  };
}

function makeHolders(now: number): Holders {
  // The people of the demo world registered in the past: so did its certificates.
  const years = (count: number) => ({ notBefore: now - 30 * dayMs, notAfter: now + count * 365 * dayMs });
  const root = makeHolder({ name: 'Demo Root CA', use: 'root', ...years(20) });
  const issuing = makeHolder({ name: 'Demo Seal CA', use: 'issuing', issuer: root, ...years(10) });
  const timeRoot = makeHolder({ name: 'Demo Time Root', use: 'root', ...years(20) });
  return {
    root,
    issuing,
    timeRoot,
    responder: makeHolder({ name: 'Demo OCSP Responder', use: 'ocsp', issuer: issuing, ...years(5) }),
    stamper: makeHolder({ name: 'Demo Time Stamping', use: 'tsa', issuer: timeRoot, ...years(10) }),
  };
}

function writtenHolders(holders: Holders): Saved['holders'] {
  return Object.fromEntries(
    roles.map((role) => {
      const { certificate, key } = holders[role];
      const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
      return [role, { certificate: certificate.der.toString('base64'), key: pkcs8.toString('base64') }];
    }),
  );
}

function readHolders(saved: Saved): Holders {
  const read = (role: string, issuer?: Holder): Holder => {
    const { certificate = '', key = '' } = saved.holders[role] ?? {};
    return {
      certificate: parseCertificate(Buffer.from(certificate, 'base64')),
      key: createPrivateKey({ key: Buffer.from(key, 'base64'), type: 'pkcs8', format: 'der' }),
      chain: issuer ? chainOf(issuer) : [],
    };
  };
  const root = read('root');
  const issuing = read('issuing', root);
  const timeRoot = read('timeRoot');
  return {
    root,
    issuing,
    timeRoot,
    responder: read('responder', issuing),
    stamper: read('stamper', timeRoot),
  };
}

/** Two years, a day back: clocks differ. @throws {Error} when the request is not signed by the key it is for */
function certify(request: Buffer, issuer: Holder, now: number): string {
  const [info, algorithm, signature] = children(readWhole(request, 0x30));
  const [, subject, spki] = children(info, 0x30);
  const publicKey = createPublicKey({ key: expectTag(spki, 0x30).raw, type: 'spki', format: 'der' });
  if (!verifySignature({ ...signedPart(info, algorithm, signature), key: publicKey, digest: undefined }))
    throw new Error('the request is not signed by the key that it is for');
  const der = certificateOf(
    {
      name: '',
      subject: expectTag(subject, 0x30).raw,
      use: 'seal',
      issuer,
      notBefore: now - 30 * dayMs,
      notAfter: now + 730 * dayMs,
    },
    { publicKey },
  );
  return [der, ...chainOf(issuer)].map((one) => toPem('CERTIFICATE', one)).join('');
}

/** Serial number of the first certificate that an OCSP request asks about. @see RFC 6960 4.1.1 */
function askedSerial(request: Buffer): string {
  const tbs = children(children(readWhole(request, 0x30))[0], 0x30);
  const list = children(tbs.find((node) => node.tag === 0x30));
  const id = children(children(list[0], 0x30)[0], 0x30);
  return readInteger(id[3]);
}
