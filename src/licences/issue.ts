import type { Audit } from '../audit/index.ts';
import {
  type Clock,
  type InputFault,
  Problem,
  type Random,
  refuseFaults,
  startOfDay,
} from '../core/index.ts';
import type { SealService } from '../seals/index.ts';
import type { Blobs } from '../storage/index.ts';
import { checkDraft } from './check-draft.ts';
import type { LicenceDraft, VersionDraft } from './draft.ts';
import { faultAt } from './faults.ts';
import type { FieldSchema } from './field-schema.ts';
import type { FieldChecks } from './fields.ts';
import type { FileMaker, Unfiled } from './make-file.ts';
import type { Naming } from './naming.ts';
import { type Photo, type PhotoPlace, readPhoto } from './photo.ts';
import type { Holder, Licence, LicenceType } from './port.ts';
import { type LicenceRecord, toLicence, type VersionRecord, versionHash } from './record.ts';
import type { Records } from './records.ts';
import type { Renewals } from './renewals.ts';
import type { Actor, Rights } from './rights.ts';
import { stateOf } from './state.ts';
import { isEnded } from './transitions.ts';
import type { Types } from './types.ts';

/** What the use cases of writing share. */
export interface WriteDeps {
  records: Records;
  types: Types;
  rights: Rights;
  naming: Naming;
  renewals: Renewals;
  files: FileMaker;
  blobs: Pick<Blobs, 'put'>;
  /** Where a type's template has the holder's photo. */
  photoPlaceOf(type: LicenceType): PhotoPlace | undefined;
  fieldChecks: FieldChecks;
  seals: Pick<SealService, 'findSealFor'>;
  audit: Pick<Audit, 'event'>;
  clock: Clock;
  random: Random;
}

/** How a licence is issued. */
export interface IssueOptions {
  /** Recognises a repeat of this very request: the repeat gets the licence that the first one made. */
  request?: string | undefined;
  /** `later`: kept as data only, drawn and sealed on first use. */
  file?: 'now' | 'later';
}

type Unversioned = Omit<LicenceRecord, 'holderKeys' | 'versions' | 'transitions'>;

/** What a draft says of its version, as that keeps it; holders and photo were read by checks. */
export const saidIn = (draft: VersionDraft) => {
  const { data, issuedOn, validFrom, validUntil, areaCode, caseNumber, serviceItemCode } = draft;
  return {
    ...{ issuedOn, validFrom, validUntil, data: { ...data } },
    ...(areaCode !== undefined && { areaCode }),
    ...(caseNumber !== undefined && { caseNumber }),
    ...(serviceItemCode !== undefined && { serviceItemCode }),
  };
};

/** A version with its identifier, hash and token; without a file. */
export function makeVersion(
  licence: Pick<Licence, 'typeCode' | 'issuerCode' | 'jointIssuerCodes' | 'number'>,
  said: Omit<VersionRecord, 'identifier' | 'hash' | 'statusToken' | 'file'> & { serial: string },
  { naming, random }: Pick<WriteDeps, 'naming' | 'random'>,
): VersionRecord {
  const { serial, ...rest } = said;
  const { typeCode, issuerCode } = licence;
  const identifier = naming.identifier({ typeCode, issuerCode, serial, version: rest.version });
  const hash = versionHash(licence, { ...rest, identifier });
  return { ...rest, identifier, statusToken: random.id(), hash };
}

/** Makes the use case of issuing. One document write commits the licence, its file, the use of the seal and the events. */
export function createIssue(deps: WriteDeps) {
  const { records, types, rights, naming, renewals, files, blobs, fieldChecks, seals, audit, clock, random } =
    deps;

  /** The predecessor's faults: absent, another authority's, or ended by its issuer. */
  async function predecessorFaults(draft: LicenceDraft, actor: Actor): Promise<InputFault[]> {
    if (draft.renews === undefined) return [];
    const found = await records.get(draft.renews);
    if (!found || found.typeCode !== draft.typeCode || !rights.mayWorkOn(actor, found))
      return [
        faultAt(
          '/renews',
          'not-found',
          '没有找到要换发的同类证照。',
          'There is no licence of this type to renew under this id.',
        ),
      ];
    const now = clock.now();
    const state = stateOf(toLicence(found), [], now, now);
    if (!(state && isEnded(state.status))) return [];
    return [faultAt('/renews', 'ended', '要换发的证照已失效。', 'The licence to renew has ended.')];
  }

  /** Most renewals that come second are told so before anything is drawn; the claim tells those that come at once. */
  async function refuseRenewed({ renews }: LicenceDraft, id: string): Promise<void> {
    if (renews === undefined) return;
    const { items } = await records.find({ index: 'predecessor', equals: [renews], limit: 2 });
    // The same request, sent twice, may just have written this very licence.
    if (items.some((successor) => successor.id !== id)) throw new Problem('already-renewed');
  }

  async function jointFaults({ jointAuthorityCodes = [], ...draft }: LicenceDraft): Promise<InputFault[]> {
    const faults: InputFault[] = [];
    for (const [index, code] of jointAuthorityCodes.entries()) {
      const isItself = code === draft.issuingAuthorityCode || jointAuthorityCodes.indexOf(code) !== index;
      const known = await rights.issuer({ id: 'joint', authorityCodes: [code] }, code, draft.typeCode);
      if (known && !isItself) continue;
      faults.push(
        faultAt(
          `/joint_authority_codes/${index}`,
          'not-issuing',
          '联合颁发机关未登记颁发该类证照，或重复填写。',
          'This authority does not issue the type, or is named twice.',
        ),
      );
    }
    return faults;
  }

  async function check(draft: LicenceDraft, actor: Actor) {
    const authority = await rights.issuer(actor, draft.issuingAuthorityCode, draft.typeCode);
    const type = authority && (await types.find(draft.typeCode));
    if (!authority || type?.status !== 'active') throw new Problem('not-entitled');
    const checkFields = fieldChecks.checkOf(type.fields as FieldSchema);
    const { holders, faults } = checkDraft(draft, { type, now: clock.now(), checkFields });
    const { photo, faults: inPhoto } = readPhoto(draft.photo ?? undefined, deps.photoPlaceOf(type));
    const others = [...(await jointFaults(draft)), ...(await predecessorFaults(draft, actor))];
    return { type, holders, photo, faults: [...faults, ...inPhoto, ...others] };
  }

  /** The number and the key it gives; `present` is what the same request wrote before. */
  async function nameFor(draft: LicenceDraft, type: LicenceType, request: string | undefined) {
    for (let attempt = 0; ; attempt += 1) {
      const number =
        type.number.rule === 'issued'
          ? naming.number(type.number.prefix, request, attempt)
          : (draft.number ?? '');
      const id = naming.licenceId(draft.typeCode, draft.issuingAuthorityCode, number);
      const present = await records.get(id);
      if (!present || isRepeat(present, request)) return { id, number, present, isTaken: false };
      if (type.number.rule !== 'issued' || attempt >= 5)
        return { id, number, present: undefined, isTaken: true };
    }
  }

  function build(
    draft: LicenceDraft,
    holders: Holder[],
    context: {
      id: string;
      number: string;
      type: LicenceType;
      by: string;
      request: string | undefined;
      photo?: Photo | undefined;
    },
  ): { licence: Unversioned; version: VersionRecord } {
    const { id, number, type, by, request, photo } = context;
    const now = clock.now();
    const licence: Unversioned = {
      id,
      number,
      typeCode: draft.typeCode,
      issuerCode: draft.issuingAuthorityCode,
      jointIssuerCodes: [...(draft.jointAuthorityCodes ?? [])],
      createdAt: now,
      ...(draft.renews !== undefined && { predecessorId: draft.renews }),
    };
    const said = {
      ...saidIn(draft),
      ...{ version: 1, typeVersion: type.version, serial: naming.serial(), holders },
      ...{ recordedAt: now, recordedBy: by },
      ...(photo && { photo: photo.sha256 }),
      ...(request !== undefined && { request }),
    };
    return { licence, version: makeVersion(licence, said, { naming, random }) };
  }

  const firstTransition = ({ issuedOn, recordedAt, recordedBy }: VersionRecord) =>
    ({ to: 'valid', effectiveAt: startOfDay(issuedOn), recordedAt, by: recordedBy }) as const;

  return {
    /** All faults of a draft, without issuing it. @throws {Problem} not-entitled */
    faultsOf: async (draft: LicenceDraft, actor: Actor): Promise<readonly InputFault[]> =>
      (await check(draft, actor)).faults,

    /**
     * @throws {Problem} not-entitled | invalid-input | licence-number-taken | already-renewed | seal-not-available | those of
     * drawing, sealing and storing. No licence is stored in any of them.
     */
    async issue(
      draft: LicenceDraft,
      actor: Actor,
      { request, file = 'now' }: IssueOptions = {},
    ): Promise<Licence> {
      const { type, holders, photo, faults } = await check(draft, actor);
      const { id, number, present, isTaken } = await nameFor(draft, type, request);
      // Also when its draft has faults by now: it was issued, and renewed what it renews.
      if (present) return toLicence(present);
      refuseFaults(faults);
      if (isTaken) throw new Problem('licence-number-taken');
      await refuseRenewed(draft, id);
      const context = { id, number, type, by: actor.id, request, photo };
      const { licence, version } = build(draft, holders, context);
      const isSealed = file === 'now';
      if (isSealed && !(await seals.findSealFor(licence.issuerCode, licence.typeCode)))
        throw new Problem('seal-not-available');
      const made = isSealed ? await files.make(licence, version as Unfiled, photo) : undefined;
      if (!made && photo) await blobs.put(photo.bytes);
      const issued = audit.event('licences.licence.issued', {
        ...{ licence: id, type: licence.typeCode, actor: actor.id, isSealed },
        ...(draft.renews !== undefined && { renews: draft.renews }),
      });
      if (draft.renews !== undefined) await renewals.claim(draft.renews, id);
      const { record, isNew } = await records.insert(
        {
          ...licence,
          versions: [{ ...version, ...(made && { file: made.file }) }],
          transitions: [firstTransition(version)],
        },
        made ? [issued, made.event] : [issued],
      );
      if (!isNew && !isRepeat(record, request)) throw new Problem('licence-number-taken');
      return toLicence(record);
    },

    /**
     * The document of a data-only licence whose draft was checked elsewhere (an import): nothing is stored by this.
     * Equal drafts make equal keys.
     */
    build: (draft: LicenceDraft, type: LicenceType, by: string): Omit<LicenceRecord, 'holderKeys'> => {
      const number = draft.number ?? naming.number('', undefined, 0);
      const id = naming.licenceId(draft.typeCode, draft.issuingAuthorityCode, number);
      const holders = draft.holders.flatMap(({ idType, ...rest }) =>
        idType === '' ? [] : [{ idType, ...rest }],
      );
      const { licence, version } = build(draft, holders, { id, number, type, by, request: undefined });
      return { ...licence, versions: [version], transitions: [firstTransition(version)] };
    },
  };
}

const isRepeat = (record: LicenceRecord, request: string | undefined): boolean =>
  request !== undefined && record.versions[0]?.request === request;

export type Issuing = ReturnType<typeof createIssue>;
