import {
  address,
  bornOn,
  choice,
  day,
  fields,
  nationality,
  rows,
  type SeedType,
  sex,
  text,
} from './words.ts';

/** 居住证: one year, endorsed anew each year. @see Provisional Regulations on Residence Permits (居住证暂行条例) 10 (clause unchecked) */
export const residencePermit: SeedType = {
  suffix: '101',
  revision: 1,
  name: { zh: '居住证', en: 'Residence permit' },
  kind: 'licence',
  holderKind: 'resident',
  holders: { min: 1, max: 1 },
  fields: fields({
    sex,
    ethnicity: text('民族', 'Ethnicity', 20),
    born_on: bornOn,
    residence_address: address('现居住地住址', 'Address of residence'),
    household_address: address('常住户口所在地住址', 'Address of household registration'),
  }),
  template: 'residence-permit',
  validity: { rule: 'months', months: 12 },
  number: { rule: 'pattern', pattern: '[0-9]{18}', example: '520100202400000001' },
  securityLevel: 2,
  status: 'active',
};

/** 结婚证: two holders, without an end. */
export const marriageCertificate: SeedType = {
  suffix: '102',
  revision: 1,
  name: { zh: '结婚证', en: 'Marriage certificate' },
  kind: 'licence',
  holderKind: 'resident',
  holders: { min: 2, max: 2 },
  fields: fields(
    {
      registered_on: day('登记日期', 'Date of registration'),
      registrar: text('婚姻登记员', 'Registrar', 40),
      remarks: text('备注', 'Remarks', 100),
      holders: rows('双方情况', 'The two persons', {
        min: 2,
        max: 2,
        properties: { sex, nationality, born_on: bornOn },
      }),
    },
    ['remarks'],
  ),
  template: 'marriage-certificate',
  validity: { rule: 'none' },
  number: { rule: 'pattern', pattern: 'J[0-9]{6}-[0-9]{4}-[0-9]{6}', example: 'J520100-2024-000001' },
  securityLevel: 2,
  status: 'active',
};

const vehicleClasses = 'A1 A2 A3 B1 B2 C1 C1D C2 C3 C4 C5 C6 D E F M N P A1A2 A1D A2D B1D B2D'.split(' ');

/** 机动车驾驶证: six years, ten years, then without an end. */
export const drivingLicence: SeedType = {
  suffix: '103',
  revision: 1,
  name: { zh: '机动车驾驶证', en: 'Driving licence' },
  kind: 'licence',
  holderKind: 'resident',
  holders: { min: 1, max: 1 },
  fields: fields(
    {
      sex,
      nationality,
      address: address('住址', 'Address'),
      born_on: bornOn,
      first_issued_on: day('初次领证日期', 'Date of first issue'),
      vehicle_classes: choice('准驾车型', 'Class', vehicleClasses),
      file_number: { ...text('档案编号', 'File number', 12), pattern: '^[0-9]{12}$' },
      records: text('记录', 'Records', 200),
    },
    ['records'],
  ),
  template: 'driving-licence',
  validity: { rule: 'free' },
  number: { rule: 'pattern', pattern: '[0-9]{17}[0-9X]', example: '520382189506151231' },
  securityLevel: 2,
  status: 'active',
};

/** 社会保障卡: ten years. */
export const socialSecurityCard: SeedType = {
  suffix: '104',
  revision: 1,
  name: { zh: '社会保障卡', en: 'Social security card' },
  kind: 'licence',
  holderKind: 'resident',
  holders: { min: 1, max: 1 },
  fields: fields({ insured_area: text('参保地', 'Insured in', 60) }),
  template: 'social-security-card',
  validity: { rule: 'months', months: 120 },
  number: { rule: 'pattern', pattern: '[A-Z][0-9]{8}', example: 'G00000001' },
  securityLevel: 2,
  status: 'active',
};
