import type { Template } from '../template.ts';
import type { Colour } from '../vector.ts';
import { border, column, heading, signedBlock, statusQr } from './parts.ts';

const brown: Colour = '#7a4a12';
const black: Colour = '#161616';

const left = column(34, [30, 96]);
const right = column(172, [24, 68]);

/** 营业执照, issued by market regulators. */
export const businessLicence: Template = {
  name: 'business-licence',
  title: { zh: '营业执照', en: 'Business licence' },
  ink: { text: black, label: brown, size: 4.5 },
  pages: [
    {
      size: [297, 210],
      ground: [
        ...border([297, 210], {
          paper: '#fffaf0',
          braid: ['#c8912f', '#dcb463', '#e9cf93'],
          frame: '#b67a1c',
          band: 10,
        }),
        {
          ornament: 'waves',
          box: [19, 19, 259, 172],
          pitch: 36,
          height: 3,
          gap: 4.6,
          drift: 0.5,
          colour: '#f6e8c9',
        },
        { ornament: 'rose', centre: [148.5, 122], radius: 62, petals: 18, turns: 10, colour: '#f0d9a6' },
        { ornament: 'corners', box: [18.6, 18.6, 259.8, 172.8], size: 13, colour: '#c8912f' },
        { ornament: 'stars', centre: [148.5, 37], radius: 13.5, colour: '#d7151b', ring: '#d49a2a' },
      ],
      parts: [
        heading('营业执照', [148.5, 71], { size: 19, spacing: 9, colour: black }),
        {
          part: 'text',
          text: '（{copy}）',
          at: [148.5, 81.5],
          size: 5,
          align: 'middle',
          spacing: 1,
          colour: black,
        },
        { part: 'text', text: '统一社会信用代码', at: [31, 37], size: 3.9, weight: 'bold', colour: brown },
        { part: 'text', text: '{credit_code}', at: [31, 44.5], size: 5.2, weight: 'bold' },
        ...statusQr([240, 28], 28, brown),
        left(95, '名称', '{name}', { lines: 2 }),
        left(107.5, '类型', '{company_type}', { lines: 2 }),
        left(120, '法定代表人', '{legal_representative}'),
        left(132.5, '经营范围', '{business_scope}', { lines: 8 }),
        right(95, '注册资本', '{registered_capital}'),
        right(107.5, '成立日期', '{established_on|date}'),
        right(120, '营业期限', '{valid_from|date}至{valid_until|date}', { lines: 2 }),
        right(132.5, '住所', '{address}', { lines: 3 }),
        ...signedBlock([218, 163], 4.6, '登记机关'),
        {
          part: 'text',
          text: '国家企业信用信息公示系统网址：http://www.gsxt.gov.cn',
          at: [24, 187.6],
          size: 2.6,
          colour: brown,
        },
        {
          part: 'text',
          text: '市场主体应当于每年1月1日至6月30日通过公示系统报送公示年度报告。',
          at: [273, 187.6],
          size: 2.6,
          align: 'end',
          colour: brown,
        },
        { part: 'seal', name: 'issuer', centre: [218, 165], diameter: 42 },
      ],
    },
  ],
};
