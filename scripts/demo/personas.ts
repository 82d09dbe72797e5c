/**
 * The people of the demo world. All are impossible: born before 1900, with valid check digits, phones of a block that no
 * operator gives out, and names that say what they are (示例 example, 演示 demonstration, 样例 sample, 示范 model, 试用 trial).
 */
import type { StaffDuty } from '../../src/core/index.ts';
import { clerkAuthorities, dataAuthority, healthInsurance } from './authorities.ts';

/** What the registers hold about somebody, where it is not simply what the person says. */
export interface RegisterFacts {
  /** Name in the police register; the persona's own when absent. */
  policeName?: string;
  deceased?: true;
  /** The police work on the record and do not answer about it, so that the proof stays pending. */
  underRevision?: true;
  /** False: the operators do not know the phone under this ID number. */
  isSubscriber: boolean;
  /** Number of the social security card; none when absent. */
  cardNumber?: string;
}

/** Somebody of the demo world. */
export interface Persona {
  /** Stable word for scripts: `resident-2`. */
  id: string;
  /** The name the person gives. */
  name: string;
  identifiers: {
    /** 18 characters. */
    id_number: string;
    /** 11 digits, as people type it. */
    phone: string;
    /** Organisation that the person stands for or works at. */
    credit_code?: string;
  };
  /** 111 citizen ID number; residence permits share it. */
  idType: '111';
  /** For those who log in by password. Staff never do: they enrol a passkey. */
  password?: string;
  /** Highest level the person can reach in the demo as it starts. */
  acr: `urn:tongxing:loa:${0 | 1 | 2 | 3}`;
  /** What can be shown with the person. */
  may: string;
  /**
   * How the person comes into the demo: not at all (to try registration with), while the police register did not answer,
   * while the operators did not answer, in full, at the counter of an office, or later as staff.
   */
  registered: 'no' | 'without-police' | 'without-telecom' | 'in-full' | 'at-counter' | 'staff';
  facts: RegisterFacts;
  /** Of staff. */
  duties?: readonly StaffDuty[];
}

/** An organisation in the business register. */
export interface DemoOrganisation {
  creditCode: string;
  name: string;
  standing: 'active' | 'struck_off';
  /** Persona id of the legal representative. */
  representative: string;
}

const foodCompany = '91520000MA0DEM005M';
const closedCompany = '91520000MA00YN0132';

/** The organisations of the demo world. */
export const organisations: readonly DemoOrganisation[] = [
  {
    creditCode: foodCompany,
    name: '示例省演示食品有限公司',
    standing: 'active',
    representative: 'representative',
  },
  {
    creditCode: closedCompany,
    name: '示例省样例商贸有限公司',
    standing: 'struck_off',
    representative: 'representative',
  },
];

const registerable = { idType: '111', acr: 'urn:tongxing:loa:2', registered: 'no' } as const;
const staff = { idType: '111', acr: 'urn:tongxing:loa:3', registered: 'staff' } as const;
const holding = (role: StaffDuty['role']) => ({ duties: [{ role, authorityCode: dataAuthority }] });
const keeping = clerkAuthorities.map((authorityCode) => ({ role: 'seal-keeper', authorityCode }) as const);

/** Everybody, in the order in which they are printed. */
export const personas: readonly Persona[] = [
  {
    id: 'newcomer',
    name: '陈试用',
    identifiers: { id_number: '520103188701010011', phone: '13800001801' },
    ...registerable,
    may: '尚未注册：用于体验注册，可达 L2 · not registered: try registration, reaches L2',
    facts: { isSubscriber: true, cardNumber: 'G18870101' },
  },
  {
    id: 'newcomer-permit',
    name: '何试用',
    identifiers: { id_number: '810000188708080017', phone: '13800001802' },
    ...registerable,
    may: '尚未注册：以港澳台居民居住证注册 · not registered: register with a residence permit',
    facts: { isSubscriber: true },
  },
  {
    id: 'newcomer-card',
    name: '吕试用',
    identifiers: { id_number: '520103189803180155', phone: '13800001803' },
    ...registerable,
    may: '尚未注册：手机号非本人名下，用社保卡核验 · not registered: phone not in own name, proves by social security card',
    facts: { isSubscriber: false, cardNumber: 'G18980318' },
  },
  {
    id: 'resident-0',
    name: '赵示例',
    identifiers: { id_number: '520103188702020027', phone: '13800001810' },
    idType: '111',
    password: 'lantern-bridge-1887',
    acr: 'urn:tongxing:loa:0',
    may: '户籍信息维护中，公安库暂不应答，核验待补 · the police register does not answer about this record: proof pending',
    registered: 'without-police',
    facts: { underRevision: true, isSubscriber: true },
  },
  {
    id: 'resident-1',
    name: '钱示例',
    identifiers: { id_number: '52010318880303003X', phone: '13800001811' },
    idType: '111',
    password: 'orchard-window-1888',
    acr: 'urn:tongxing:loa:1',
    may: '仅公安核验：可登录医保，可在账户页升级到 L2 · police only: logs in, can raise the level on the account page',
    registered: 'without-telecom',
    facts: { isSubscriber: true, cardNumber: 'G18880303' },
  },
  {
    id: 'resident-2',
    name: '王示例',
    identifiers: { id_number: '520103188804040045', phone: '13800001812' },
    idType: '111',
    password: 'mountain-river-1888',
    acr: 'urn:tongxing:loa:2',
    may: '密码或短信登录，两个网站通行，升级到 L2 · password or SMS, both sites, steps up to L2',
    registered: 'in-full',
    facts: { isSubscriber: true, cardNumber: 'G18880404' },
  },
  {
    id: 'resident-3',
    name: '李示例',
    identifiers: { id_number: '520103188905050058', phone: '13800001813' },
    idType: '111',
    password: 'harbour-garden-1889',
    acr: 'urn:tongxing:loa:3',
    may: '窗口核验过：密码登录 L2，添加通行密钥后达 L3 · checked at a counter: L2 by password, L3 after adding a passkey',
    registered: 'at-counter',
    facts: { isSubscriber: true, cardNumber: 'G18890505' },
  },
  {
    id: 'representative',
    name: '周演示',
    identifiers: { id_number: '520103188906060063', phone: '13800001821', credit_code: foodCompany },
    idType: '111',
    password: 'market-bridge-1889',
    acr: 'urn:tongxing:loa:2',
    may: '示例省演示食品有限公司法定代表人：登录页选「单位」，或在账号里切换身份 · legal representative: logs in on the organisation tab, or switches in the account',
    registered: 'in-full',
    facts: { isSubscriber: true, cardNumber: 'G18890606' },
  },
  {
    id: 'agent',
    name: '吴演示',
    identifiers: { id_number: '520203189007070073', phone: '13800001822', credit_code: foodCompany },
    idType: '111',
    password: 'courier-lamp-1890',
    acr: 'urn:tongxing:loa:2',
    may: '同一公司的经办人 · agent of the same company',
    registered: 'in-full',
    facts: { isSubscriber: true, cardNumber: 'G18900707' },
  },
  {
    id: 'contradicted',
    name: '孙样例',
    identifiers: { id_number: '520302189108080085', phone: '13800001831' },
    idType: '111',
    acr: 'urn:tongxing:loa:0',
    may: '公安库登记的姓名不同，无法注册 · the police register has another name: registration is refused',
    registered: 'no',
    facts: { policeName: '孙范例', isSubscriber: true },
  },
  {
    id: 'deceased',
    name: '郑样例',
    identifiers: { id_number: '520402189209090093', phone: '13800001832' },
    idType: '111',
    acr: 'urn:tongxing:loa:0',
    may: '公安库登记为已故，无法注册 · registered as deceased: registration is refused',
    registered: 'no',
    facts: { deceased: true, isSubscriber: true },
  },
  {
    id: 'clerk',
    name: '冯示范',
    identifiers: {
      id_number: '520502189310100108',
      phone: '13800001841',
      credit_code: clerkAuthorities[0],
    },
    ...staff,
    duties: clerkAuthorities.map((authorityCode) => ({ role: 'issuing-clerk', authorityCode })),
    may: '市场监管、公安综合窗口制证员：签发证照 · issuing clerk of a counter for two bureaus',
    facts: { isSubscriber: true },
  },
  {
    id: 'approver',
    name: '蒋示范',
    identifiers: { id_number: '520602189411110116', phone: '13800001842', credit_code: dataAuthority },
    ...staff,
    duties: [dataAuthority, healthInsurance].map((authorityCode) => ({ role: 'approver', authorityCode })),
    may: '窗口核验员：政务、医保窗口核验证照 · approver who verifies licences at counters, those of health insurance too',
    facts: { isSubscriber: true },
  },
  {
    id: 'seal-keeper',
    name: '沈示范',
    identifiers: {
      id_number: '522301189512120128',
      phone: '13800001843',
      credit_code: clerkAuthorities[0],
    },
    ...staff,
    duties: keeping,
    may: '印章管理员：申请、停用印章，查用印记录 · seal keeper: applies for seals, suspends them, sees every use',
    facts: { isSubscriber: true },
  },
  {
    id: 'second-seal-keeper',
    name: '秦示范',
    identifiers: {
      id_number: '520103189905200188',
      phone: '13800001844',
      credit_code: clerkAuthorities[0],
    },
    ...staff,
    duties: keeping,
    may: '另一位印章管理员：审批他人申请的印章 · second seal keeper: approves what the first applied for',
    facts: { isSubscriber: true },
  },
  {
    id: 'system-administrator',
    name: '韩示范',
    identifiers: { id_number: '522601189601160136', phone: '13800001851' },
    ...staff,
    ...holding('system-administrator'),
    may: '系统管理员：登记机构 · system administrator: registers authorities',
    facts: { isSubscriber: true },
  },
  {
    id: 'security-administrator',
    name: '杨示范',
    identifiers: { id_number: '522701189702170144', phone: '13800001852' },
    ...staff,
    ...holding('security-administrator'),
    may: '安全管理员：邀请、停用工作人员 · security administrator: invites staff, disables accounts',
    facts: { isSubscriber: true },
  },
  {
    id: 'audit-administrator',
    name: '朱示范',
    identifiers: { id_number: '520103189904190168', phone: '13800001853' },
    ...staff,
    ...holding('audit-administrator'),
    may: '审计管理员：查日志、验完整性 · audit administrator: searches the log, proves it whole',
    facts: { isSubscriber: true },
  },
];
