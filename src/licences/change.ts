import { isPlainText, Problem, refuseFaults, startOfDay } from '../core/index.ts';
import { checkVersion } from './check-draft.ts';
import type { VersionDraft } from './draft.ts';
import { faultAt, notPlain } from './faults.ts';
import type { FieldSchema } from './field-schema.ts';
import { makeVersion, saidIn, type WriteDeps } from './issue.ts';
import type { Unfiled } from './make-file.ts';
import { serialOf } from './naming.ts';
import { readPhoto } from './photo.ts';
import type { Licence } from './port.ts';
import { type LicenceRecord, toLicence } from './record.ts';
import type { Actor } from './rights.ts';
import { findTransition, isEnded, type RecordedStatus } from './transitions.ts';

/** A step from one state to another. */
export interface Move {
  to: RecordedStatus;
  reason?: string | undefined;
  /** From when it counts, milliseconds; now when absent, never later. */
  effectiveAt?: number | undefined;
}

const statusOf = (record: LicenceRecord): RecordedStatus => record.transitions.at(-1)?.to ?? 'valid';

/** Makes the use cases of changing: a new version inside the document, and a step between states. */
export function createChanges(deps: WriteDeps) {
  const { records, types, rights, naming, files, photoPlaceOf, fieldChecks, audit, clock, random } = deps;

  /** Same answer for what does not exist and what belongs to others. */
  async function mine(id: string, actor: Actor): Promise<LicenceRecord> {
    const record = await records.get(id);
    if (!record || !rights.mayWorkOn(actor, record)) throw new Problem('licence-not-found');
    return record;
  }

  async function refuseEnded(record: LicenceRecord): Promise<void> {
    const successors = await records.find({ index: 'predecessor', equals: [record.id], limit: 1 });
    if (isEnded(statusOf(record)) || successors.items.length > 0) throw new Problem('licence-ended');
  }

  async function nextVersion(record: LicenceRecord, draft: VersionDraft, by: string, request?: string) {
    const type = await types.find(record.typeCode);
    if (!type) throw new Problem('licence-type-not-found');
    const now = clock.now();
    const checkFields = fieldChecks.checkOf(type.fields as FieldSchema);
    const { holders, faults } = checkVersion(draft, { type, now, checkFields });
    const last = record.versions.at(-1);
    const place = photoPlaceOf(type);
    const { photo, faults: inPhoto } = readPhoto(draft.photo ?? undefined, place);
    const kept = draft.photo === undefined && place ? last?.photo : undefined;
    const photoHash = photo?.sha256 ?? kept;
    faults.push(...inPhoto);
    if (last && draft.issuedOn < last.issuedOn)
      faults.push(
        faultAt(
          '/issued_on',
          'before-former',
          '换发日期早于上一版本的颁发日期。',
          'The day of issue lies before that of the version before.',
        ),
      );
    refuseFaults(faults);
    const said = {
      ...saidIn(draft),
      ...{ version: record.versions.length + 1, typeVersion: type.version, holders },
      ...{ recordedAt: now, recordedBy: by },
      ...(photoHash !== undefined && { photo: photoHash }),
      ...(request !== undefined && { request }),
      serial: serialOf(last?.identifier ?? ''),
    };
    return { version: makeVersion(record, said, { naming, random }), photo };
  }

  return {
    mine,

    /**
     * Adds a version; the former ones and their files stay.
     * @throws {Problem} licence-not-found | not-entitled | licence-ended | licence-busy | invalid-input | those of drawing and
     * sealing
     */
    async addVersion(id: string, draft: VersionDraft, actor: Actor, request?: string): Promise<Licence> {
      const record = await mine(id, actor);
      if (request !== undefined && record.versions.some((one) => one.request === request))
        return toLicence(record);
      // A version may name another holder: who may not issue any more must not go on by way of old licences.
      if (!(await rights.issuer(actor, record.issuerCode, record.typeCode)))
        throw new Problem('not-entitled');
      await refuseEnded(record);
      const { version, photo } = await nextVersion(record, draft, actor.id, request);
      const made = await files.make(record, version as Unfiled, photo);
      const changed = audit.event('licences.licence.changed', {
        ...{ licence: id, type: record.typeCode, actor: actor.id, version: version.version },
      });
      return records.change(id, (present) => {
        // The file names this version and says what was true before it: a change in between needs a new decision.
        if (present.versions.length !== record.versions.length) throw new Problem('licence-busy');
        if (isEnded(statusOf(present))) throw new Problem('licence-ended');
        const next = { ...present, versions: [...present.versions, { ...version, file: made.file }] };
        return {
          write: { record: next, events: [changed, made.event] },
          result: toLicence({ ...next, holderKeys: [] }),
        };
      });
    },

    /**
     * Takes a step of the table of transitions.
     * @throws {Problem} licence-not-found | transition-not-allowed | invalid-input
     */
    async move(id: string, move: Move, actor: Actor, request?: string): Promise<Licence> {
      await mine(id, actor);
      return records.change(id, (record, now) => {
        if (request !== undefined && record.transitions.some((one) => one.request === request))
          return { result: toLicence(record) };
        const from = statusOf(record);
        const rule = findTransition(from, move.to);
        if (!rule) throw new Problem('transition-not-allowed', { extensions: { from } });
        const effectiveAt = move.effectiveAt ?? now;
        const reason = move.reason?.trim() || undefined;
        refuseFaults(moveFaults(record, { effectiveAt, reason, needsReason: rule.needsReason, now }));
        const transition = {
          ...{ to: move.to, effectiveAt, recordedAt: now, by: actor.id },
          ...(reason !== undefined && { reason }),
          ...(request !== undefined && { request }),
        };
        const next = { ...record, transitions: [...record.transitions, transition] };
        const event = audit.event('licences.licence.moved', {
          ...{ licence: id, type: record.typeCode, actor: actor.id, from, to: move.to },
        });
        return { write: { record: next, events: [event] }, result: toLicence({ ...next, holderKeys: [] }) };
      });
    },
  };
}

function moveFaults(
  record: LicenceRecord,
  step: { effectiveAt: number; reason: string | undefined; needsReason: boolean; now: number },
) {
  const faults = [];
  if (step.needsReason && step.reason === undefined)
    faults.push(
      faultAt('/reason', 'missing', '请填写理由，持证人会看到。', 'Give a reason; the holder will read it.'),
    );
  if (step.reason !== undefined && !isPlainText(step.reason)) faults.push(notPlain('/reason'));
  if (step.effectiveAt > step.now)
    faults.push(
      faultAt('/effective_at', 'in-future', '生效时间不能晚于现在。', 'It cannot take effect in the future.'),
    );
  const [first] = record.versions;
  if (first && step.effectiveAt < startOfDay(first.issuedOn))
    faults.push(
      faultAt(
        '/effective_at',
        'before-issue',
        '生效时间早于颁发日期。',
        'It cannot take effect before the licence was issued.',
      ),
    );
  return faults;
}

export type Changes = ReturnType<typeof createChanges>;
