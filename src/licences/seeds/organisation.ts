import { address, choice, day, fields, legalRepresentative, rows, type SeedType, text } from './words.ts';

/** 营业执照: its number is the credit code that it gives. @see Regulations on the Registration of Market Entities (市场主体登记管理条例) 22 (clause unchecked) */
export const businessLicence: SeedType = {
  suffix: '201',
  revision: 1,
  name: { zh: '营业执照', en: 'Business licence' },
  kind: 'licence',
  holderKind: 'organisation',
  holders: { min: 1, max: 1 },
  fields: fields({
    copy: choice('正副本', 'Copy', ['正本', '副本']),
    company_type: text('类型', 'Type', 60),
    legal_representative: legalRepresentative,
    business_scope: text('经营范围', 'Business scope', 1000),
    registered_capital: text('注册资本', 'Registered capital', 40),
    established_on: day('成立日期', 'Established on'),
    address: address('住所', 'Address'),
  }),
  template: 'business-licence',
  validity: { rule: 'free' },
  number: { rule: 'pattern', pattern: '[0-9A-HJ-NPQRTUWXY]{18}', example: '91520000MA0DEM005M' },
  securityLevel: 1,
  status: 'active',
};

/** 食品经营许可证: five years. @see Measures for Food Business Licensing and Filing (食品经营许可和备案管理办法) 2023 (clause unchecked) */
export const foodBusinessLicence: SeedType = {
  suffix: '202',
  revision: 1,
  name: { zh: '食品经营许可证', en: 'Food business licence' },
  kind: 'licence',
  holderKind: 'organisation',
  holders: { min: 1, max: 1 },
  fields: fields({
    legal_representative: { ...legalRepresentative, title: '法定代表人（负责人）' },
    address: address('住所', 'Address'),
    premises: address('经营场所', 'Premises'),
    business_form: text('主体业态', 'Form of business', 100),
    business_items: text('经营项目', 'Items', 500),
    supervising_authority: text('日常监督管理机构', 'Supervising authority', 60),
    supervisors: text('日常监督管理人员', 'Supervisors', 60),
    complaint_phone: { ...text('投诉举报电话', 'Complaints to', 20), pattern: '^[0-9-]{3,20}$' },
    signed_by: text('签发人', 'Signed by', 40),
  }),
  template: 'food-business-licence',
  validity: { rule: 'months', months: 60 },
  number: { rule: 'pattern', pattern: 'JY[0-9]{14}', example: 'JY25201000000001' },
  securityLevel: 1,
  status: 'active',
};

/** 建筑业企业资质证书: five years. */
export const constructionQualification: SeedType = {
  suffix: '203',
  revision: 1,
  name: { zh: '建筑业企业资质证书', en: 'Construction enterprise qualification' },
  kind: 'licence',
  holderKind: 'organisation',
  holders: { min: 1, max: 1 },
  fields: fields({
    address: address('详细地址', 'Address'),
    legal_representative: legalRepresentative,
    registered_capital: text('注册资本', 'Registered capital', 40),
    economic_nature: text('经济性质', 'Economic nature', 60),
    qualifications: rows('资质', 'Qualifications', {
      min: 1,
      max: 40,
      properties: {
        category: text('资质类别', 'Category', 60),
        grade: choice('资质等级', 'Grade', ['特级', '壹级', '贰级', '叁级', '不分等级']),
        granted_on: day('批准日期', 'Granted on'),
      },
    }),
  }),
  template: 'construction-qualification',
  validity: { rule: 'months', months: 60 },
  number: { rule: 'pattern', pattern: 'D[0-9]{9}', example: 'D252000001' },
  securityLevel: 1,
  status: 'active',
};

/** 公共场所卫生许可证: four years. @see Implementing Rules on Public Place Hygiene (公共场所卫生管理条例实施细则) 27 (clause unchecked) */
export const hygieneLicence: SeedType = {
  suffix: '204',
  revision: 1,
  name: { zh: '公共场所卫生许可证', en: 'Public-place hygiene licence' },
  kind: 'licence',
  holderKind: 'organisation',
  holders: { min: 1, max: 1 },
  fields: fields({
    legal_representative: legalRepresentative,
    address: address('地址', 'Address'),
    licensed_items: text('许可项目', 'Licensed for', 200),
  }),
  template: 'hygiene-licence',
  validity: { rule: 'months', months: 48 },
  number: {
    rule: 'pattern',
    pattern: '.{1,6}卫公证字［[0-9]{4}］第[0-9]{6}号',
    example: '黔示卫公证字［2024］第000001号',
  },
  securityLevel: 1,
  status: 'active',
};
