import type { Authority } from '../../src/identity/index.ts';

/** The authority that tests act for when they name no other. Nobody real has this code. */
export const definingAuthority: Authority = {
  code: '11520000000000019J',
  name: { zh: '示例省数据主管部门', en: 'Demo Data Authority' },
  areaCode: '520000',
  mayDefine: true,
  issues: [],
  status: 'active',
};
