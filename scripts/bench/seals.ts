import { createHash } from 'node:crypto';
import { dayMs } from '../../src/core/index.ts';
import { openDrawing, previewTemplate } from '../../src/drawing/index.ts';
import { readableCertificates } from '../../src/seals/chain.ts';
import { createSealSigner, type SealSigner, sealFile, type TimeStamper } from '../../src/seals/index.ts';
import { pictureOf, pictureOn } from '../../src/seals/pictures.ts';
import { verifyTimeStamp } from '../../src/seals/time-stamp.ts';
import { validateFile } from '../../src/seals/validate-file.ts';
import { type Holder, makeCrl, makeHolder, makeToken } from '../demo/authority/pki.ts';
import type { Bench, Figure } from './figures.ts';

const minSealed = 1_000;
const minValidated = 50;
/** Files for each unit of `--size`, after as many tenths to warm up. */
const filesPerUnit = 5;

/** Certificates as in the demo world, fresh: what they say is not measured. */
function makeCertificates(now: number) {
  const life = { notBefore: now - dayMs, notAfter: now + 365 * dayMs };
  const root = makeHolder({ name: 'Bench Root', use: 'root', ...life });
  const issuing = makeHolder({ name: 'Bench CA', use: 'issuing', issuer: root, ...life });
  const seal = makeHolder({ name: 'Bench Seal', use: 'seal', issuer: issuing, ...life });
  const timeRoot = makeHolder({ name: 'Bench Time Root', use: 'root', ...life });
  const stamper = makeHolder({ name: 'Bench Stamping', use: 'tsa', issuer: timeRoot, ...life });
  return { root, issuing, seal, timeRoot, stamper };
}

/** A drawn licence of the house, the seal's picture as the register keeps it, and all to seal it with. */
async function makeDesk() {
  const now = Date.now();
  const certificates = makeCertificates(now);
  const drawing = await openDrawing();
  const { template, content } = previewTemplate('food-business-licence');
  const { pdf, sealPlaces } = await drawing.renderLicence(template, content, now);
  const [place] = sealPlaces;
  const words = { ownerName: '示例省市场监督管理局', name: { zh: '电子证照专用章' } };
  const picture = pictureOf(drawing, { ...words, codeNumber: '5200000000001', diameterMm: 42 });
  if (!place || 'faults' in picture) throw new Error('the licence of the bench has no place for a seal');
  const { key, certificate, chain } = certificates.seal;
  const signer = createSealSigner({ privateKey: key, certificateDer: certificate.der, chain });
  const request = { pdf, place, at: now, picture: pictureOn({ picture }) };
  return { now, certificates, request, signer };
}

type Desk = Awaited<ReturnType<typeof makeDesk>>;

/** A stamper that believes nothing unverified, as the client over the network does; what the authority itself costs is told. */
function stamperOf({ now, certificates: { stamper, timeRoot } }: Desk): TimeStamper & { spentMs: number } {
  const anchors = readableCertificates([timeRoot.certificate.der]);
  return {
    spentMs: 0,
    async stamp(digest) {
      const start = process.cpuUsage();
      const token = makeToken(stamper, digest, { at: now });
      const { user, system } = process.cpuUsage(start);
      this.spentMs += (user + system) / 1000;
      if (!verifyTimeStamp({ token, stamped: { sha256: digest }, anchors, now }).ok)
        throw new Error('the time stamp of the bench is bad');
      return token;
    },
  };
}

/** How much CPU `count` calls take, threads of the runtime included, in milliseconds. */
async function cpuOf(count: number, work: (index: number) => Promise<unknown>): Promise<number> {
  for (let index = 0; index < count / 10; index += 1) await work(index);
  const start = process.cpuUsage();
  for (let index = 0; index < count; index += 1) await work(index);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function rate(name: string, count: number, cpuMs: number, bar: number): Figure {
  const value = Math.round((count * 1000) / cpuMs);
  return {
    name,
    value,
    unit: 'files a second of CPU',
    bar: `>= ${bar.toLocaleString('en')}`,
    holds: value >= bar,
  };
}

/** Sealing a licence that is drawn already. */
export const seal: Bench = {
  meaning: 'sealing a drawn licence with P-256 on one core: at B-T with the time stamp verified, and at B-B',
  async run({ size }, progress) {
    const desk = await makeDesk();
    const { request, signer } = desk;
    const count = size * filesPerUnit;
    const stamper = stamperOf(desk);
    const plain = await cpuOf(count, () => sealFile({ ...request, signer, timeStamper: 'none' }));
    progress(`${count} files at B-B`);
    await stamper.stamp(Buffer.alloc(32));
    stamper.spentMs = 0;
    const stamped = await cpuOf(count, () => sealFile({ ...request, signer, timeStamper: stamper }));
    // Warming up spent a tenth as well.
    const own = stamped - (stamper.spentMs * count) / (count + Math.ceil(count / 10));
    progress(`${count} files at B-T`);
    const file = await sealFile({ ...request, signer, timeStamper: stamper });
    const bytes = {
      name: 'sealed-file-bytes',
      value: file.length,
      unit: 'bytes',
      bar: 'stated',
      holds: true,
    };
    return [rate('seal-b-t', count, own, minSealed), rate('seal-b-b', count, plain, minSealed), bytes];
  },
};

/** Files that nobody here has seen: each differs, so nothing can be remembered. */
async function sealMany(desk: Desk, count: number): Promise<Buffer[]> {
  const { request, now } = desk;
  const signer: SealSigner = desk.signer;
  const timeStamper = stamperOf(desk);
  const files: Buffer[] = [];
  for (let index = 0; index < count; index += 1)
    files.push(await sealFile({ ...request, at: now - index * 1000, signer, timeStamper }));
  return files;
}

/** Validating a file that is in no register. */
export const validate: Bench = {
  meaning: 'validating an unknown sealed file on one core, from its bytes to the report',
  async run({ size }, progress) {
    const desk = await makeDesk();
    const { root, issuing, timeRoot, seal: holder } = desk.certificates;
    const times = { thisUpdate: desk.now - dayMs, nextUpdate: desk.now + dayMs };
    const crls = [root, issuing, timeRoot].map((issuer: Holder) => makeCrl(issuer, [], times));
    const trust = { anchors: [root.certificate.der], timeAnchors: [timeRoot.certificate.der], crls };
    const sealCertificates = [createHash('sha256').update(holder.certificate.der).digest('hex')];
    const files = await sealMany(desk, 50);
    const count = size * 2;
    const cpuMs = await cpuOf(count, async (index) => {
      const file = files[index % files.length] ?? Buffer.alloc(0);
      const report = validateFile({ file, trust, sealCertificates }, desk.now);
      if (report.signatures[0]?.checks.some(({ state }) => state !== 'passed'))
        throw new Error(`a file of the bench is not valid: ${JSON.stringify(report)}`);
    });
    progress(`${count} files`);
    return [rate('validate-unknown', count, cpuMs, minValidated)];
  },
};
