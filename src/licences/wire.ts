import { z } from 'zod';
import { type IdentifierType, identifierTypes } from '../core/index.ts';
import type { LicenceDraft, VersionDraft } from './draft.ts';
import { fieldSchema } from './field-schema.ts';
import { fromBase64 } from './photo.ts';
import type { Licence, LicenceState, LicenceType } from './port.ts';
import { recordedStatuses } from './record.ts';
import { statusTexts } from './transitions.ts';
import { type TypeContent, typeCodeSchema, typeContentSchema } from './type-record.ts';

const day = z
  .string()
  .max(20)
  .meta({ description: 'A day, YYYY-MM-DD.', examples: ['2024-03-05'] });
const instant = z.iso.datetime().meta({ description: 'An instant, RFC 3339 UTC.' });
const code = z.string().max(40);

const holder = z
  .strictObject({
    id_type: z.enum(Object.keys(identifierTypes) as [IdentifierType, ...IdentifierType[]]),
    id_number: z.string().max(64),
    name: z.string().max(200),
  })
  .meta({
    id: 'Holder',
    description: 'Who a licence belongs to; 111 is a citizen ID number, 001 a unified social credit code.',
    examples: [{ id_type: '111', id_number: '520102188001010014', name: '赵示例' }],
  });

const versionMembers = {
  holders: z.array(holder).max(50),
  issued_on: day,
  valid_from: day,
  valid_until: day.nullable().meta({ description: 'Last day of validity; null: without end.' }),
  area_code: z.string().max(20).optional(),
  data: z
    .record(z.string(), z.unknown())
    .meta({ description: 'Fields of the type, as its JSON Schema allows.' }),
  case_number: z.string().max(100).optional(),
  service_item_code: z.string().max(100).optional(),
};

const photo = z.string().meta({
  description:
    'The photo of the holder for types that show one: a JPEG in colour or grey of at most 500 kB as Base64, each side of 150 to 2400 pixels, in about the shape of its place. Metadata in it is not kept.',
  contentEncoding: 'base64',
  contentMediaType: 'image/jpeg',
});

/** What an issuer sends. */
export const licenceBody = z
  .strictObject({
    type_code: code.meta({ examples: ['11520000000000019J103'] }),
    issuing_authority_code: code.meta({ examples: ['11520000000000019J'] }),
    joint_authority_codes: z.array(code).max(10).optional().meta({
      description: 'Further authorities of a joint issue. The seal is that of the issuing authority.',
    }),
    number: z
      .string()
      .max(200)
      .optional()
      .meta({ description: 'Absent where the library makes the numbers of the type.' }),
    renews: z
      .string()
      .length(22)
      .optional()
      .meta({ description: 'Id of the licence that this one renews under a new number.' }),
    ...versionMembers,
    photo: photo.optional(),
  })
  .meta({ id: 'NewLicence' });

/** A change of what a licence says: everything anew but the photo, since the version before stays as it was. */
export const versionBody = z
  .strictObject({
    ...versionMembers,
    photo: photo
      .nullish()
      .meta({ description: 'As of a new licence; absent: that of the version before, null: none any more.' }),
  })
  .meta({ id: 'NewLicenceVersion' });

/** A step between states. */
export const transitionBody = z
  .strictObject({
    to: z.enum(recordedStatuses),
    reason: z.string().max(500).optional(),
    effective_at: instant
      .optional()
      .meta({ description: 'From when it counts; now when absent, never later.' }),
  })
  .meta({ id: 'LicenceTransition', examples: [{ to: 'suspended', reason: '持证人申请暂停营业' }] });

const status = z
  .enum(Object.keys(statusTexts) as [keyof typeof statusTexts, ...(keyof typeof statusTexts)[]])
  .meta({
    id: 'LicenceStatus',
    description: 'not-yet-valid, expired and superseded are computed when read.',
  });

const file = z
  .strictObject({ sha256: z.string(), size_bytes: z.int(), href: z.string() })
  .nullable()
  .meta({ description: 'null: data only; the file is made when it is first asked for.' });

const summaryMembers = {
  id: z.string(),
  identifier: z.string().meta({ description: 'GB/T 36904 identifier of this version.' }),
  number: z.string(),
  version: z.int(),
  status,
  file,
};

/** What issuing answers. */
export const issuedReply = z.strictObject(summaryMembers).meta({ id: 'IssuedLicence' });

/** A licence as its issuer reads it. */
export const licenceReply = z
  .strictObject({
    ...summaryMembers,
    type_code: z.string(),
    issuing_authority_code: z.string(),
    joint_authority_codes: z.array(z.string()),
    renews: z.string().optional(),
    ...versionMembers,
    photo_sha256: z.string().optional().meta({
      description: 'SHA-256 of the photo as it is kept, without metadata; `hash` covers it.',
    }),
    hash: z
      .string()
      .meta({ description: 'SHA-256 of what this version says (RFC 8785), which receipts name.' }),
    is_disputed: z.boolean(),
    versions: z.array(
      z.strictObject({
        version: z.int(),
        identifier: z.string(),
        issued_on: day,
        recorded_at: instant,
        hash: z.string(),
        file,
      }),
    ),
    transitions: z.array(
      z.strictObject({
        to: z.enum(recordedStatuses),
        effective_at: instant,
        recorded_at: instant,
        reason: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'Licence' });

/** As the room reads it. */
export function toVersionDraft({ photo: sent, ...body }: z.infer<typeof versionBody>): VersionDraft {
  return {
    holders: body.holders.map(({ id_type, id_number, name }) => ({
      idType: id_type,
      idNumber: id_number,
      name,
    })),
    issuedOn: body.issued_on,
    validFrom: body.valid_from,
    validUntil: body.valid_until,
    areaCode: body.area_code,
    data: body.data,
    caseNumber: body.case_number,
    serviceItemCode: body.service_item_code,
    photo: typeof sent === 'string' ? fromBase64(sent) : sent,
  };
}

/** As the room reads it. */
export function toLicenceDraft(body: z.infer<typeof licenceBody>): LicenceDraft {
  return {
    ...toVersionDraft(body),
    typeCode: body.type_code,
    issuingAuthorityCode: body.issuing_authority_code,
    jointAuthorityCodes: body.joint_authority_codes,
    number: body.number?.trim(),
    renews: body.renews,
  };
}

const at = (milliseconds: number): string => new Date(milliseconds).toISOString();

function fileReply(licence: Licence, version: Licence['versions'][number]): z.infer<typeof file> {
  if (!version.file) return null;
  const { sha256, sizeBytes } = version.file;
  const which = version.version === licence.versions.length ? '' : `?version=${version.version}`;
  return { sha256, size_bytes: sizeBytes, href: `/api/v1/licences/${licence.id}/file${which}` };
}

/** As issuing answers. */
export function toIssuedReply(
  licence: Licence,
  { status, version }: LicenceState,
): z.infer<typeof issuedReply> {
  const { id, number } = licence;
  const { identifier } = version;
  return { id, identifier, number, version: version.version, status, file: fileReply(licence, version) };
}

/** As its issuer reads it. */
export function toLicenceReply(licence: Licence, state: LicenceState): z.infer<typeof licenceReply> {
  const { version, isDisputed } = state;
  return {
    ...toIssuedReply(licence, state),
    type_code: licence.typeCode,
    issuing_authority_code: licence.issuerCode,
    joint_authority_codes: [...licence.jointIssuerCodes],
    renews: licence.predecessorId,
    holders: version.holders.map(({ idType, idNumber, name }) => ({
      id_type: idType,
      id_number: idNumber,
      name,
    })),
    issued_on: version.issuedOn,
    valid_from: version.validFrom,
    valid_until: version.validUntil,
    area_code: version.areaCode,
    data: { ...version.data },
    case_number: version.caseNumber,
    service_item_code: version.serviceItemCode,
    photo_sha256: version.photo,
    hash: version.hash,
    is_disputed: isDisputed,
    versions: licence.versions.map((one) => ({
      version: one.version,
      identifier: one.identifier,
      issued_on: one.issuedOn,
      recorded_at: at(one.recordedAt),
      hash: one.hash,
      file: fileReply(licence, one),
    })),
    transitions: licence.transitions.map((one) => ({
      to: one.to as (typeof recordedStatuses)[number],
      effective_at: at(one.effectiveAt),
      recorded_at: at(one.recordedAt),
      reason: one.reason,
    })),
  };
}

const { shape } = typeContentSchema;

const typeMembers = {
  name: shape.name,
  kind: shape.kind,
  holder_kind: shape.holderKind,
  holders: shape.holders,
  fields: fieldSchema,
  template: shape.template,
  validity: shape.validity,
  number: shape.number,
  security_level: shape.securityLevel,
  status: shape.status,
};

/** A new type. */
export const newTypeBody = z
  .strictObject({ code: typeCodeSchema, ...typeMembers })
  .meta({ id: 'NewLicenceType' });

/** A new version of a type; `version` is the one that was read. */
export const changedTypeBody = z
  .strictObject({ version: z.int().min(1), ...typeMembers })
  .meta({ id: 'ChangedLicenceType' });

/** A type of licence. */
export const typeReply = z
  .strictObject({ code: z.string(), version: z.int(), ...typeMembers })
  .meta({ id: 'LicenceType' });

/** As the room keeps it. */
export function toTypeContent(body: Omit<z.infer<typeof changedTypeBody>, 'version'>): TypeContent {
  const { name, kind, holders, fields, template, validity, number, status: now } = body;
  const named = { holderKind: body.holder_kind, securityLevel: body.security_level, status: now };
  return { name, kind, holders, fields, template, validity, number, ...named };
}

/** As it is shown. */
export function toTypeReply(type: LicenceType): z.infer<typeof typeReply> {
  const { holderKind, securityLevel, fields, ...rest } = type;
  return {
    ...rest,
    holder_kind: holderKind,
    security_level: securityLevel,
    fields: fields as z.infer<typeof fieldSchema>,
  };
}
