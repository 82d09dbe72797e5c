import { z } from 'zod';
import { type FieldFault, faultText, parseForm } from '../http/index.ts';
import type { SealApplication } from './register-port.ts';
import type { SealRecord } from './store.ts';

type Read = Pick<
  SealRecord,
  'ownerCode' | 'name' | 'kind' | 'diameterMm' | 'codeNumber' | 'typeCodes' | 'algorithm'
>;

const drawable = (text: string) => [...text].length;

const schema = z.object({
  ownerCode: z.string(),
  nameZh: z
    .string()
    .trim()
    .min(1)
    .refine((text) => drawable(text) <= 12, faultText('最多 12 个字', 'At most 12 characters')),
  nameEn: z.string().trim().min(1).max(100),
  kind: z.enum(['official', 'licence']),
  diameterMm: z.coerce.number().pipe(z.union([z.literal(38), z.literal(40), z.literal(42), z.literal(45)])),
  codeNumber: z
    .string()
    .trim()
    .regex(/^\d{13}$/, faultText('应为 13 位数字', 'It has 13 digits')),
  typeCodes: z
    .string()
    .trim()
    .regex(
      /^[0-9A-Z]{18}\d{3}(\s+[0-9A-Z]{18}\d{3})*$/,
      faultText(
        '每行一个证照类型代码：18 位统一社会信用代码加 3 位数字',
        'One type code a line: a credit code of 18 characters and 3 digits',
      ),
    ),
  algorithm: z.enum(['ES256', 'RS256']).default('ES256'),
});

/** Checks what was applied for; every fault at once. */
export function readApplication(
  application: SealApplication,
  ownerName: string,
): Read | { faults: readonly FieldFault[] } {
  const { name, typeCodes, diameterMm, algorithm, ...rest } = application;
  const parsed = parseForm(schema, {
    ...rest,
    nameZh: name.zh,
    nameEn: name.en,
    diameterMm: String(diameterMm),
    typeCodes: typeCodes.join('\n'),
    ...(algorithm && { algorithm }),
  });
  const length = drawable(ownerName);
  if (length < 4 || length > 30) {
    const text = {
      zh: '机构名称应为 4 至 30 个字，才能排在印章上',
      en: 'The name of the authority needs 4 to 30 characters to stand on a seal',
    };
    return { faults: [{ field: 'ownerCode', text }] };
  }
  if (!parsed.ok) return { faults: parsed.faults };
  const { nameZh, nameEn, typeCodes: codes, ...value } = parsed.value;
  return {
    ...value,
    name: { zh: nameZh, en: nameEn },
    typeCodes: [...new Set(codes.split(/\s+/))],
  };
}
