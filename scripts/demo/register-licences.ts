import { readFileSync } from 'node:fs';
import type { Service } from '../../src/app.ts';
import { dayAt, dayMs } from '../../src/core/index.ts';
import type { LicenceDraft } from '../../src/licences/index.ts';
import { civilAffairs, humanResources, market, police, typeCode } from './authorities.ts';
import { organisations, personas } from './personas.ts';

const personOf = (id: string) => {
  const persona = personas.find((one) => one.id === id);
  if (!persona) throw new Error(`there is no persona ${id}`);
  const { idType, identifiers, name } = persona;
  return { idType, idNumber: identifiers.id_number, name };
};

/** Nobody's face: portraits/draw.ts draws it. */
const portraitOf = (id: string): Buffer => readFileSync(new URL(`./portraits/${id}.jpg`, import.meta.url));

/** Where everybody of the demo lives and works. */
const address = (number: number): string => `示例省示例市样板区演示街道虚构路${number}号`;

/** What the people and companies of the demo hold already. Days count from today, so that the demo never grows old. */
function drafts(now: number): LicenceDraft[] {
  const day = (offset: number): string => dayAt(now + offset * dayMs);
  const [wang, li, zhou] = [personOf('resident-2'), personOf('resident-3'), personOf('representative')];
  const company = organisations.find(({ standing }) => standing === 'active');
  return [
    {
      ...{ typeCode: typeCode(201), issuingAuthorityCode: market, number: company?.creditCode },
      holders: [{ idType: '001', idNumber: company?.creditCode ?? '', name: company?.name ?? '' }],
      ...{ issuedOn: '2024-03-05', validFrom: '2024-03-05', validUntil: null },
      data: {
        copy: '副本',
        company_type: '有限责任公司（自然人独资）',
        legal_representative: zhou.name,
        business_scope: '示例食品销售；示例餐饮服务。',
        registered_capital: '壹佰万元整',
        established_on: '2024-03-05',
        address: address(1),
      },
    },
    {
      ...{ typeCode: typeCode(101), issuingAuthorityCode: police, number: '520100202600000002' },
      ...{ holders: [wang], issuedOn: day(-90), validFrom: day(-90), validUntil: day(270) },
      data: {
        ...{ sex: '女', ethnicity: '汉', born_on: '1888-04-04' },
        ...{ residence_address: address(2), household_address: '示例省试用县样例镇演示村' },
      },
      photo: portraitOf('resident-2'),
    },
    {
      ...{ typeCode: typeCode(102), issuingAuthorityCode: civilAffairs, number: 'J520100-2024-000002' },
      ...{ holders: [li, wang], issuedOn: '2024-05-20', validFrom: '2024-05-20', validUntil: null },
      data: {
        ...{ registered_on: '2024-05-20', registrar: '许示范' },
        holders: [
          { sex: '男', nationality: '中国', born_on: '1889-05-05' },
          { sex: '女', nationality: '中国', born_on: '1888-04-04' },
        ],
      },
    },
    {
      ...{ typeCode: typeCode(103), issuingAuthorityCode: police, number: li.idNumber },
      // Soon at its end, so that the wallet has something to put on top.
      ...{ holders: [li], issuedOn: '2020-06-01', validFrom: '2020-06-01', validUntil: day(20) },
      data: {
        ...{ sex: '男', nationality: '中国', born_on: '1889-05-05', address: address(3) },
        ...{ first_issued_on: '2014-06-01', vehicle_classes: 'C1', file_number: '520100000003' },
      },
      photo: portraitOf('resident-3'),
    },
    {
      ...{ typeCode: typeCode(104), issuingAuthorityCode: humanResources, number: 'G18890606' },
      ...{ holders: [zhou], issuedOn: day(-800), validFrom: day(-800), validUntil: day(2800) },
      data: { insured_area: '示例市样板区' },
      photo: portraitOf('representative'),
    },
  ];
}

/** Issues what the personas hold, once, as data: each is drawn and sealed when it is first used, like imported stock. */
export async function registerLicences({ licences }: Pick<Service, 'licences'>): Promise<void> {
  for (const draft of drafts(licences.now())) {
    const actor = { id: 'demo', authorityCodes: [draft.issuingAuthorityCode] };
    await licences.issue(draft, actor, { request: `demo ${draft.number}`, file: 'later' });
  }
}
