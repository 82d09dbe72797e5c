import { z } from 'zod';
import {
  type Bilingual,
  faultAt,
  type IdentifierType,
  identifierReasonTexts,
  identifierTypes,
  isIdentifierType,
  Problem,
  parseIdentifier,
} from '../core/index.ts';
import { type Locale, pickText, type UploadedFile } from '../http/index.ts';
import { matterFault } from '../wallet/index.ts';
import { parseAsOf } from './as-of.ts';
import type { Answer } from './port.ts';
import type { AskedHolder, AsOf, Named, Question } from './question.ts';
import { textOf } from './texts.ts';

const idType = z
  .string()
  .refine(isIdentifierType, 'unknown type of identifier')
  .meta({ description: `One of ${Object.keys(identifierTypes).join(', ')}.`, examples: ['001'] });
const idNumber = z.string().min(1).max(64);
const typeCode = z
  .string()
  .regex(/^[0-9A-Z]{21}$/)
  .meta({ description: 'Code of the type of licence.', examples: ['11100000000013338W011'] });
const issuerCode = z.string().regex(/^[0-9A-Z]{6,24}$/);

/** Members of every question. */
const matter = {
  purpose: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .meta({ description: 'What it is for, in words. The holder reads it. No personal data.' }),
  service_item_code: z.string().trim().min(1).max(100).meta({ description: 'Code of the service item.' }),
  case_number: z.string().trim().min(1).max(100).meta({ description: 'Number of the case (办件编号).' }),
  as_of: z
    .string()
    .max(40)
    .optional()
    .meta({ description: 'A day or an instant in the past; without it, now.', examples: ['2024-03-05'] }),
};

const holder = z
  .strictObject({ id_type: idType, id_number: idNumber, name: z.string().trim().min(1).max(200).optional() })
  .optional()
  .meta({ description: 'Whose licence it should be: compared, and nothing is told of another one’s.' });

/** Body of POST /api/v1/verifications. */
export const questionSchema = z
  .discriminatedUnion('by', [
    z.strictObject({
      by: z.literal('number'),
      type_code: typeCode,
      number: z.string().trim().min(1).max(128),
      issuing_authority_code: issuerCode.optional(),
      holder,
      ...matter,
    }),
    z.strictObject({
      by: z.literal('code'),
      code: z.string().min(1).max(100).meta({ description: 'What the QR code of the holder says.' }),
      holder,
      ...matter,
    }),
    z.strictObject({
      by: z.literal('holder'),
      id_type: idType,
      id_number: idNumber,
      type_code: typeCode,
      share_id: z.string().max(64).optional().meta({
        description:
          'The consent, as the token answer of the login named it (RFC 9396). It holds for its purpose, service item and case only.',
      }),
      ...matter,
    }),
  ])
  .meta({ id: 'VerificationQuestion' });

/** Fields beside the file of POST /api/v1/verifications/file. */
export const fileQuestionSchema = z
  .strictObject({
    type_code: typeCode.optional(),
    issuing_authority_code: issuerCode.optional(),
    id_type: idType.optional(),
    id_number: idNumber.optional(),
    name: z.string().trim().min(1).max(200).optional(),
    ...matter,
  })
  .meta({ id: 'VerificationFileQuestion' });

const result = z.enum(['passed', 'failed', 'indeterminate']);

/** The answer on the wire. */
export const answerSchema = z
  .strictObject({
    conclusion: z.enum(['valid', 'not_valid', 'cannot_tell']).meta({
      description: 'Any failed check: not_valid; else any indeterminate one: cannot_tell; else valid.',
    }),
    checks: z.array(
      z.strictObject({ id: z.string(), result, code: z.string().nullable(), text: z.string() }),
    ),
    licence: z
      .strictObject({
        id: z.string(),
        type_code: z.string(),
        version: z.int(),
        version_hash: z.string().meta({ description: 'SHA-256 over what the version says, hex.' }),
        facts: z
          .record(z.string(), z.unknown())
          .meta({ description: 'What the service item may learn; null where the licence does not say it.' }),
      })
      .nullable(),
    freshness: z.strictObject({
      as_of: z.string().meta({ description: 'The instant that was asked about; of a day its end in China.' }),
      source: z.literal('library'),
      learned_at: z
        .string()
        .optional()
        .meta({ description: 'With as_of: when this library learned of what was true then.' }),
    }),
    receipt: z.string().meta({ description: 'Signed receipt (compact JWS) for the case file.' }),
  })
  .meta({ id: 'VerificationAnswer' });

type WireQuestion = z.infer<typeof questionSchema>;
type WireAnswer = z.infer<typeof answerSchema>;

function refuse(pointer: string, code: string, text: Bilingual): never {
  throw new Problem('invalid-input', { extensions: { errors: [faultAt(pointer, code, text)] } });
}

/** An identifier in the form in which it is compared. @throws {Problem} invalid-input */
function readIdentifier(type: string, text: string, now: number, at = ''): AskedHolder {
  const idType = type as IdentifierType;
  const parsed = parseIdentifier(idType, text, { now });
  if (!parsed.ok) refuse(`${at}/id_number`, parsed.reason, identifierReasonTexts[parsed.reason]);
  return { idType, idNumber: parsed.value.number };
}

interface WireMatter {
  purpose: string;
  service_item_code: string;
  case_number: string;
  as_of?: string | undefined;
}

/** Purpose, service item, case and time. @throws {Problem} invalid-input */
function readMatter(body: WireMatter, now: number): { matter: Question['matter']; asOf?: AsOf } {
  for (const name of ['purpose', 'case_number'] as const) {
    const wrong = matterFault(name, body[name], now);
    if (wrong) refuse(`/${name}`, wrong.code, wrong.text);
  }
  const asOf = body.as_of === undefined ? undefined : parseAsOf(body.as_of, now);
  if (body.as_of !== undefined && !asOf)
    refuse('/as_of', 'date', {
      zh: '请写成 2024-03-05 或 RFC 3339 时间。',
      en: 'Write a day such as 2024-03-05, or an instant of RFC 3339.',
    });
  const { purpose, service_item_code: serviceItemCode, case_number: caseNumber } = body;
  return { matter: { purpose, serviceItemCode, caseNumber }, ...(asOf && { asOf }) };
}

function namedOf(body: WireQuestion, now: number): Named {
  if (body.by === 'code') return { by: 'code', code: body.code };
  if (body.by === 'holder')
    return {
      by: 'holder',
      ...readIdentifier(body.id_type, body.id_number, now),
      ...{ typeCode: body.type_code, consentId: body.share_id },
    };
  const { type_code: typeCode, number, issuing_authority_code: issuerCode } = body;
  return { by: 'number', typeCode, number, issuerCode };
}

/** A question in the domain's words. @throws {Problem} invalid-input with a pointer */
export function readQuestion(body: WireQuestion, now: number): Omit<Question, 'verifier'> {
  const named = namedOf(body, now);
  const asked = 'holder' in body ? body.holder : undefined;
  return {
    ...readMatter(body, now),
    named,
    ...(asked && {
      holder: { ...readIdentifier(asked.id_type, asked.id_number, now, '/holder'), name: asked.name },
    }),
  };
}

/** A question about a file. @throws {Problem} invalid-input with a pointer */
export function readFileQuestion(
  body: z.infer<typeof fileQuestionSchema>,
  file: UploadedFile | undefined,
  now: number,
): Omit<Question, 'verifier'> {
  if (!file) refuse('/file', 'required', { zh: '请附上文件。', en: 'Send the file as `file`.' });
  const { type_code: typeCode, issuing_authority_code: issuerCode, id_type: type, id_number: number } = body;
  // A name alone would be compared with nothing, and the answer would look as if it had been.
  const isNamed = body.name !== undefined && type === undefined;
  if (isNamed || (type === undefined) !== (number === undefined))
    refuse(type === undefined ? '/id_type' : '/id_number', 'required', {
      zh: '证件类型和号码请一并提供。',
      en: 'Send id_type and id_number together.',
    });
  return {
    ...readMatter(body, now),
    named: { by: 'file', file, typeCode, issuerCode },
    ...(type !== undefined &&
      number !== undefined && { holder: { ...readIdentifier(type, number, now), name: body.name } }),
  };
}

const instant = (at: number): string => new Date(at).toISOString();

/** An answer in the words of the wire. */
export function writeAnswer(answer: Answer, locale: Locale): WireAnswer {
  const { conclusion, checks, licence, freshness, receipt } = answer;
  return {
    conclusion,
    checks: checks.map((check) => ({
      id: check.id,
      result: check.result,
      code: check.code,
      text: pickText(textOf(check), locale),
    })),
    licence: licence && {
      id: licence.id,
      type_code: licence.typeCode,
      version: licence.version,
      version_hash: licence.versionHash,
      facts: Object.fromEntries(licence.facts.map(({ name, value }) => [name, value])),
    },
    freshness: {
      as_of: instant(freshness.asOf),
      source: freshness.source,
      ...(freshness.learnedAt !== undefined && { learned_at: instant(freshness.learnedAt) }),
    },
    receipt: receipt.jws,
  };
}
