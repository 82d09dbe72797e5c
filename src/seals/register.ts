import type { Audit } from '../audit/index.ts';
import { type Clock, isProblem, Problem, type Random } from '../core/index.ts';
import type { Drawing } from '../drawing/index.ts';
import type { Authorities } from '../identity/index.ts';
import type { Store, Stored } from '../storage/index.ts';
import type { Anchors } from './anchors.ts';
import { readApplication } from './application.ts';
import type { Certificate } from './certificate.ts';
import { buildCertificateRequest, toPem } from './certificate-request.ts';
import { findSeals, type SealCollection, type SealQueries, shown } from './find-seals.ts';
import { readChain } from './install-certificate.ts';
import { pictureOf, svgOf } from './pictures.ts';
import type { SealAction, SealActor, SealRefusal, SealRegister, SealStatus } from './register-port.ts';
import type { SealKeys } from './seal-keys.ts';
import { type SealRecord, sealCollection, useCollection } from './store.ts';
import { applicants, mayAct, sealTransitions } from './transitions.ts';

export interface RegisterDependencies {
  store: Store;
  audit: Audit;
  clock: Clock;
  random: Random;
  authorities: Pick<Authorities, 'find'>;
  /** Asked for only when a picture is drawn: fonts take memory. */
  drawing: () => Promise<Drawing>;
  keys: SealKeys;
  anchors: Anchors;
}

/** The register with what the rest of the room reads from it. */
export type OwnRegister = SealRegister & SealQueries;

/** Makes the register. */
export function createRegister(deps: RegisterDependencies): OwnRegister {
  const room: Room = { ...deps, seals: deps.store.collection(sealCollection) };
  return {
    ...findSeals({ ...room, uses: deps.store.collection(useCollection) }),
    apply: (application, actor) => apply(room, application, actor),
    act: (action, change) => act(room, action, change),
    install: (change) => install(room, change),
    preview: async (spec) => svgOf(await deps.drawing(), spec),
    request: (id) => request(room, id),
  };
}

type Room = RegisterDependencies & {
  seals: SealCollection;
};

/** The request for a certificate over the seal's key, PEM. */
async function request(room: Room, id: string): ReturnType<SealRegister['request']> {
  const seal = (await room.seals.get(id))?.value;
  if (!seal) return undefined;
  const { ownerName, ownerCode, name, algorithm } = seal;
  const made = await buildCertificateRequest({
    subject: { ownerName, ownerCode, name: name.zh },
    algorithm,
    publicJwk: await room.keys.publicJwk(seal),
    sign: (bytes) => room.keys.sign(seal, bytes),
  });
  return toPem('CERTIFICATE REQUEST', made);
}

async function apply(
  room: Room,
  ...[application, actor]: Parameters<SealRegister['apply']>
): ReturnType<SealRegister['apply']> {
  if (!mayAct(actor, applicants, application.ownerCode)) return { outcome: 'not-allowed' };
  const owner = await room.authorities.find(application.ownerCode);
  if (owner?.status !== 'active') return { outcome: 'not-allowed' };
  const read = readApplication(application, owner.name.zh);
  if ('faults' in read) return { outcome: 'invalid', faults: read.faults };
  const picture = pictureOf(await room.drawing(), { ...read, ownerName: owner.name.zh });
  if ('faults' in picture) return { outcome: 'invalid', faults: picture.faults };
  const now = room.clock.now();
  const seal: SealRecord = {
    id: room.random.id(),
    ownerName: owner.name.zh,
    ...read,
    takenCode: read.codeNumber,
    status: 'applied',
    appliedAt: now,
    appliedBy: actor.id,
    certificates: [],
    certificateHashes: [],
    history: [{ status: 'applied', at: now, by: actor.id }],
    picture,
  };
  await room.keys.publicJwk(seal);
  try {
    await room.seals.insert(seal, { events: [eventOf(room, 'seals.seal.applied', seal, actor.id)] });
  } catch (error) {
    if (!isProblem(error) || error.code !== 'already-exists') throw error;
    const text = {
      zh: '该编码已登记在另一枚印章上',
      en: 'Another seal is registered under this code number',
    };
    return { outcome: 'invalid', faults: [{ field: 'codeNumber', text }] };
  }
  return { outcome: 'applied', seal: shown(seal) };
}

const eventOf = ({ audit }: Room, type: string, seal: SealRecord, actor: string) =>
  audit.event(type, { seal: seal.id, authority: seal.ownerCode, actor });

/** What stands against a change; undefined when nothing does. */
function refusal(
  seal: SealRecord,
  action: SealAction,
  { actor, reason = '' }: { actor: SealActor; reason?: string | undefined },
): SealRefusal | undefined {
  const rule = sealTransitions[action];
  if (!mayAct(actor, rule, seal.ownerCode)) return { outcome: 'not-allowed' };
  if (!(rule.from as readonly SealStatus[]).includes(seal.status))
    return { outcome: 'wrong-status', status: seal.status };
  if (rule.byAnother && actor.id === seal.appliedBy) return { outcome: 'same-person' };
  return rule.needsReason && reason.trim() === '' ? { outcome: 'reason-missing' } : undefined;
}

/** The record after a transition. */
function moved(
  seal: SealRecord,
  action: SealAction,
  { by, at, reason }: { by: string; at: number; reason?: string | undefined },
): SealRecord {
  const { to } = sealTransitions[action];
  const said = reason?.trim();
  const entry = { status: to, at, by, ...(said && { reason: said }) };
  const next: SealRecord = { ...seal, status: to, history: [...seal.history, entry] };
  if (action === 'approve') next.approvedBy = by;
  // Never used and never to be used: the code number may be filed again.
  if (action === 'revoke' && seal.certificates.length === 0) delete next.takenCode;
  return next;
}

async function act(
  room: Room,
  ...[action, { sealId, actor, reason }]: Parameters<SealRegister['act']>
): ReturnType<SealRegister['act']> {
  const stored = await room.seals.get(sealId);
  if (!stored) return { outcome: 'not-found' };
  const fault = refusal(stored.value, action, { actor, reason });
  if (fault) return fault;
  const next = moved(stored.value, action, { by: actor.id, at: room.clock.now(), reason });
  await write(room, stored, next, sealTransitions[action].event, actor.id);
  return { outcome: 'changed', seal: shown(next) };
}

function write(room: Room, stored: Stored<SealRecord>, next: SealRecord, event: string, by: string) {
  return room.seals.replace(next, stored.version, { events: [eventOf(room, event, next, by)] });
}

async function install(
  room: Room,
  { sealId, actor, pem }: Parameters<SealRegister['install']>[0],
): ReturnType<SealRegister['install']> {
  const stored = await room.seals.get(sealId);
  if (!stored) return { outcome: 'not-found' };
  const seal = stored.value;
  const isRenewal = seal.certificates.length > 0 && seal.status !== 'revoked';
  const fault = isRenewal
    ? mayAct(actor, sealTransitions.activate, seal.ownerCode)
      ? undefined
      : ({ outcome: 'not-allowed' } as const)
    : refusal(seal, 'activate', { actor });
  if (fault) return fault;
  const read = readChain(pem, {
    publicJwk: await room.keys.publicJwk(seal),
    anchors: await anchorsOf(room, seal),
    installed: seal.certificates.map(({ sha256 }) => sha256),
    now: room.clock.now(),
  });
  if ('fault' in read) return { outcome: 'certificate-refused', fault: read.fault };
  const certificates = [read, ...seal.certificates];
  const certificateHashes = certificates.map(({ sha256 }) => sha256);
  const at = room.clock.now();
  const next = isRenewal
    ? { ...seal, certificates, certificateHashes }
    : { ...moved(seal, 'activate', { by: actor.id, at }), certificates, certificateHashes };
  const event = isRenewal ? 'seals.seal.renewed' : sealTransitions.activate.event;
  await write(room, stored, next, event, actor.id);
  return { outcome: 'installed', seal: shown(next) };
}

async function anchorsOf({ authorities, anchors }: Room, seal: SealRecord): Promise<readonly Certificate[]> {
  const owner = await authorities.find(seal.ownerCode);
  if (!owner) throw new Problem('not-found');
  return anchors.forSeals(owner);
}
