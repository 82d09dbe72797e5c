import { Problem, sha256Hex } from '../core/index.ts';
import type { Route } from '../http/index.ts';
import type { Keyring } from '../keyring/index.ts';
import type { EventConsumer } from '../storage/index.ts';
import { type Anchors, readAnchors } from './anchors.ts';
import { shown } from './find-seals.ts';
import { createOcspClient } from './ocsp.ts';
import { sealRoutes } from './pages.ts';
import { pictureOn } from './pictures.ts';
import type { SealReport, TimeStamper } from './port.ts';
import { createRegister, type OwnRegister, type RegisterDependencies } from './register.ts';
import type { SealedFile, SealService } from './register-port.ts';
import type { RevocationEvidence } from './revocation.ts';
import { createRevocationLists, type RevocationListsDependencies } from './revocation-lists.ts';
import { createSealEvidence, type SealEvidence } from './seal-evidence.ts';
import { sealFile } from './seal-file.ts';
import { createSealKeys, type SealKeys } from './seal-keys.ts';
import type { SealRecord } from './store.ts';
import { timeOf } from './time-stamp.ts';
import { createTimeStamper, type TimeStamperDependencies } from './time-stamper.ts';
import { sealStatusAt } from './transitions.ts';
import { createUses } from './uses.ts';
import { createValidator, type Validator } from './validator.ts';

export type SealsDependencies = Omit<RegisterDependencies, 'keys' | 'anchors'> &
  Pick<TimeStamperDependencies, 'outbound'> &
  Pick<RevocationListsDependencies, 'logger'> & {
    keyring: Pick<Keyring, 'signer'>;
    settings: {
      /** Folder of anchors.json. */
      anchors: string;
      /** Time-stamping authority; without one nothing is sealed at B-T. */
      tsaUrl?: string | undefined;
      /** B-B has no time stamp: its files end with the certificate. */
      level: 'b-t' | 'b-b';
    };
  };

/** The room. */
export interface Seals extends SealService {
  /** For the relay: fills the list of uses. */
  onEvents: EventConsumer;
  /** The pages of the register, for http to mount. */
  routes: readonly Route[];
  close(): Promise<void>;
}

/**
 * Makes the room over the register, the keys and the network.
 * @throws {Problem} anchors-unreadable
 */
export function createSeals(deps: SealsDependencies): Seals {
  const { settings, store, clock, authorities } = deps;
  const anchors = readAnchors(settings.anchors);
  const keys = createSealKeys(deps.keyring);
  const register = createRegister({ ...deps, keys, anchors });
  const uses = createUses(store);
  const lists = createRevocationLists({ ...deps, urls: anchors.crls });
  const ocsp = createOcspClient(deps);
  const evidence = createSealEvidence({ anchors, lists, ocsp, now: clock.now });
  const validator = createValidator({ clock });
  const room: Room = { ...deps, register, keys, timeStamper: stamperOf(deps, anchors.forTime) };

  return {
    register,
    sealLicence: (request) => sealLicence(room, request),
    async findSealFor(authorityCode, typeCode) {
      const found = await findActive(room, authorityCode, typeCode);
      return found && shown(found);
    },
    validate: (request) => validate({ ...room, anchors, evidence, validator }, request),
    async statusOf(sealId) {
      const seal = await register.get(sealId);
      if (!seal) return undefined;
      const { revokedAt } = await evidence.about(seal, seal.certificateHashes[0] ?? '');
      return {
        seal: shown(seal),
        ...(revokedAt !== undefined && { certificateRevokedAt: revokedAt }),
      };
    },
    uses: uses.list,
    routes: sealRoutes({ register, uses: uses.list, authorities, level: settings.level }),
    onEvents: uses.onEvents,
    close: () => validator.close(),
  };
}

type Room = SealsDependencies & {
  register: OwnRegister;
  keys: SealKeys;
  timeStamper: TimeStamper | 'none';
};

/** Without an address every stamp fails loudly: B-B is only ever chosen outright. */
function stamperOf(
  { settings, outbound, clock, random }: SealsDependencies,
  forTime: readonly { der: Buffer }[],
): TimeStamper | 'none' {
  if (settings.level === 'b-b') return 'none';
  const { tsaUrl: url } = settings;
  if (url) return createTimeStamper({ outbound, clock, random, url, anchors: forTime.map(({ der }) => der) });
  return {
    stamp: () => {
      const detail = {
        zh: '未配置时间戳服务（TONGXING_TSA_URL），文件未盖章。',
        en: 'No time-stamping service is set (TONGXING_TSA_URL), and nothing was sealed.',
      };
      return Promise.reject(new Problem('time-stamp-unavailable', { detail }));
    },
  };
}

/** The seal that was activated last among those in use. */
async function findActive(
  { register, clock }: Room,
  authorityCode: string,
  typeCode: string,
): Promise<SealRecord | undefined> {
  const now = clock.now();
  const activatedAt = ({ history }: SealRecord) =>
    history.findLast(({ status }) => status === 'active')?.at ?? 0;
  return (await register.sealsOf(authorityCode, typeCode))
    .filter(({ status, certificates: [newest] }) => {
      const isInTime = newest && newest.notBefore <= now && now <= newest.notAfter;
      return status === 'active' && isInTime;
    })
    .toSorted((a, b) => activatedAt(b) - activatedAt(a))[0];
}

async function sealLicence(
  room: Room,
  request: Parameters<SealService['sealLicence']>[0],
): Promise<SealedFile> {
  const { authorityCode, typeCode, licenceId, version, pdf, place } = request;
  const seal = await findActive(room, authorityCode, typeCode);
  if (!seal) throw new Problem('seal-not-available');
  const now = room.clock.now();
  // A time stamp counts whole seconds by another's clock: it must not put a seal before what our register did just before it.
  let sealedAt = now;
  const timeStamper: TimeStamper | 'none' =
    room.timeStamper === 'none'
      ? 'none'
      : noting(room.timeStamper, (at) => {
          sealedAt = Math.max(now, at);
        });
  const signer = room.keys.signerOf(seal);
  const file = await sealFile({ pdf, picture: pictureOn(seal), place, at: now, signer, timeStamper });
  const sha256 = sha256Hex(file);
  const event = room.audit.event('seals.seal.used', {
    seal: seal.id,
    authority: authorityCode,
    type: typeCode,
    licence: licenceId,
    version,
    file: sha256,
  });
  const [newest] = seal.certificates;
  return { file, sha256, sealId: seal.id, certificateSha256: newest?.sha256 ?? '', sealedAt, event };
}

/** A stamper that also tells the time of each stamp. */
function noting(stamper: TimeStamper, note: (at: number) => void): TimeStamper {
  return {
    async stamp(digest) {
      const token = await stamper.stamp(digest);
      note(timeOf(token));
      return token;
    },
  };
}

/** Time stamps count whole seconds, by another's clock: a seal first used right after its activation must stand. */
const clockSkewMs = 300_000;

/** Whether a seal was in use when a time stamp says that it sealed. */
const wasActive = (seal: SealRecord, stampedAt: number): boolean =>
  [stampedAt, stampedAt + clockSkewMs].some((at) => sealStatusAt(seal, at) === 'active');

/** Validates against the anchors and seals of the authority that is asked about, or of all. */
async function validate(
  {
    anchors,
    evidence,
    validator,
    register,
    authorities,
  }: Room & { anchors: Anchors; evidence: SealEvidence; validator: Validator },
  { file, authorityCode: code, typeCode }: Parameters<SealService['validate']>[0],
): Promise<SealReport> {
  const scope = code === undefined ? undefined : ((await authorities.find(code)) ?? { code });
  const registered = code === undefined ? undefined : await register.sealsOf(code, typeCode);
  const judge = ({ crls, ocspResponses }: RevocationEvidence) =>
    validator.validate({
      file,
      trust: {
        anchors: anchors.forSeals(scope).map(({ der }) => der),
        timeAnchors: anchors.forTime.map(({ der }) => der),
        crls,
        ocspResponses,
      },
      ...(registered && {
        sealCertificates: registered.flatMap(({ certificateHashes }) => certificateHashes),
      }),
    });
  const report = await judge(await evidence.lists());
  if (!registered) return report;
  const [first] = report.signatures;
  const signer = first?.revocation.state === 'unknown' ? first.signer?.certificateSha256 : undefined;
  const seal = signer && registered.find(({ certificateHashes }) => certificateHashes.includes(signer));
  const more = seal ? await evidence.about(seal, signer) : undefined;
  return boundToRegister(more?.ocspResponses.length ? await judge(more) : report, registered);
}

/** The certificate is registered; the seal must also have been in use at the time of sealing. */
function boundToRegister(report: SealReport, registered: readonly SealRecord[]): SealReport {
  const signatures = report.signatures.map((signature) => {
    const { signer, time } = signature;
    const seal = registered.find(({ certificates }) =>
      certificates.some(({ sha256 }) => sha256 === signer?.certificateSha256),
    );
    if (!seal || wasActive(seal, time.at)) return signature;
    const inactive = { id: 'signer-bound', state: 'failed', reason: 'seal-inactive' } as const;
    return {
      ...signature,
      checks: signature.checks.map((check) => (check.id === 'signer-bound' ? inactive : check)),
    };
  });
  return { ...report, signatures };
}
