import type { Authority } from '../../src/identity/index.ts';

/** Defines the types of licences of the demo; its officials verify them. */
export const dataAuthority = '11520000000000019J';
export const police = '11520100000000019P';
export const civilAffairs = '11520100000000027J';
export const market = '11520100000000035D';
export const humanResources = '1152010000000006XT';
const construction = '11520100000000078T';
const health = '11520100000000086M';
/** Issues nothing, and verifies at its counters. */
export const healthInsurance = '11520100000000094G';

/** Code of a type of the demo, by its last three digits. */
export const typeCode = (suffix: number): string => `${dataAuthority}${suffix}`;
const types = (...suffixes: readonly number[]): string[] => suffixes.map(typeCode);

const bureau = (code: string, zh: string, en: string, issues: readonly string[]): Authority => ({
  ...{ code, name: { zh: `示例市${zh}`, en: `Sample City ${en}` }, areaCode: '520100' },
  ...{ mayDefine: false, issues, status: 'active' },
});

/** The authorities of the demo world: codes with valid check characters that nobody was ever given. */
export const authorities: readonly Authority[] = [
  {
    code: dataAuthority,
    name: { zh: '示例省数据管理局', en: 'Sample Province Data Administration' },
    areaCode: '520000',
    mayDefine: true,
    issues: [],
    status: 'active',
  },
  bureau(police, '公安局', 'Public Security Bureau', types(101, 103)),
  bureau(civilAffairs, '民政局', 'Civil Affairs Bureau', types(102)),
  bureau(market, '市场监督管理局', 'Market Supervision Bureau', types(201, 202)),
  bureau(humanResources, '人力资源和社会保障局', 'Human Resources and Social Security Bureau', types(104)),
  bureau(construction, '住房和城乡建设局', 'Housing and Construction Bureau', types(203)),
  bureau(health, '卫生健康委员会', 'Health Commission', types(204)),
  bureau(healthInsurance, '医疗保障局', 'Healthcare Security Administration', []),
];

/** Where the clerk of the demo sits: at a counter that takes papers for two bureaus. */
export const clerkAuthorities = [market, police] as const;
