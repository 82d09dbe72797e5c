import type { Ornament } from '../ornaments.ts';
import type { FieldPart, Template } from '../template.ts';
import type { Colour } from '../vector.ts';
import { heading, statusQr } from './parts.ts';

const label: Colour = '#234b3a';

const row = (
  at: readonly [number, number],
  zh: string,
  english: string,
  value: string,
  options: Partial<FieldPart> = {},
): FieldPart => ({
  part: 'field',
  label: zh,
  english,
  value,
  at,
  labelWidth: 13,
  valueWidth: 60,
  ...options,
});

const paper: readonly Ornament[] = [
  { ornament: 'blend', box: [0, 0, 176, 120], from: '#f1f9ee', to: '#e2f1ea' },
  {
    ornament: 'waves',
    box: [0, 0, 176, 120],
    pitch: 26,
    height: 2.8,
    gap: 3.2,
    drift: 0.6,
    colour: '#cfe7d6',
    width: 0.12,
  },
];

/** 机动车驾驶证, issued by traffic police: main page and counterpart at twice their size. */
export const drivingLicence: Template = {
  name: 'driving-licence',
  title: { zh: '机动车驾驶证', en: 'Driving licence' },
  ink: { text: '#0f0f14', label, size: 4.2 },
  pages: [
    {
      size: [176, 120],
      ground: [
        ...paper,
        { ornament: 'rose', centre: [84, 68], radius: 40, petals: 26, turns: 10, colour: '#b9dcc4' },
        { ornament: 'frame', box: [3, 3, 170, 114], colour: '#4f8f6d', width: 0.5, radius: 4 },
        { ornament: 'line', from: [8, 24.5], to: [168, 24.5], colour: '#4f8f6d', width: 0.3 },
      ],
      parts: [
        heading('中华人民共和国机动车驾驶证', [88, 14.5], { size: 7.4, spacing: 1.1, colour: '#101010' }),
        {
          part: 'text',
          text: "Driving License of the People's Republic of China",
          at: [88, 21],
          size: 3.5,
          align: 'middle',
          colour: label,
        },
        row([10, 33], '证号', 'Licence No.', '{id_number}', {
          weight: 'bold',
          size: 4.8,
          labelWidth: 13,
          valueWidth: 90,
        }),
        row([10, 43.5], '姓名', 'Name', '{name}', { weight: 'bold', valueWidth: 70 }),
        row([104, 43.5], '性别', 'Sex', '{sex}', { valueWidth: 10 }),
        row([134, 43.5], '国籍', 'Nationality', '{nationality}', { valueWidth: 22 }),
        row([10, 54], '住址', 'Address', '{address}', { lines: 2, valueWidth: 136 }),
        row([58, 73], '出生日期', 'Date of Birth', '{born_on}', { labelWidth: 26, valueWidth: 34 }),
        row([58, 83], '初次领证日期', 'Date of First Issue', '{first_issued_on}', {
          labelWidth: 26,
          valueWidth: 34,
        }),
        row([58, 93], '准驾车型', 'Class', '{vehicle_classes}', {
          labelWidth: 26,
          valueWidth: 34,
          weight: 'bold',
        }),
        row([58, 104], '有效期限', 'Valid Period', '{valid_from}至{valid_until}', {
          labelWidth: 18,
          valueWidth: 48,
          size: 3.9,
        }),
        { part: 'picture', at: [134, 66], size: [33, 43] },
        { part: 'text', text: '{issuing_authority}', at: [31, 109.5], size: 3, align: 'middle', width: 44 },
        { part: 'seal', name: 'issuer', centre: [31, 85], diameter: 40 },
      ],
    },
    {
      size: [176, 120],
      ground: [
        ...paper,
        { ornament: 'frame', box: [3, 3, 170, 114], colour: '#4f8f6d', width: 0.5, radius: 4 },
        { ornament: 'line', from: [8, 18.5], to: [168, 18.5], colour: '#4f8f6d', width: 0.3 },
        { ornament: 'frame', box: [8, 48, 160, 44], colour: '#4f8f6d', width: 0.3 },
      ],
      parts: [
        heading('中华人民共和国机动车驾驶证副页', [88, 13.5], { size: 6.2, spacing: 0.9, colour: '#101010' }),
        row([10, 27], '证号', '', '{id_number}', { weight: 'bold', valueWidth: 60 }),
        row([90, 27], '姓名', '', '{name}', { weight: 'bold', valueWidth: 40 }),
        row([10, 39], '档案编号', '', '{file_number}', { labelWidth: 18, valueWidth: 60 }),
        row([12, 56], '记录', '', '{records}', { lines: 5, valueWidth: 134 }),
        ...statusQr([146, 21], 22, label),
        {
          part: 'text',
          text: '准驾车型代号　A1大型客车　A2重型牵引挂车　A3城市公交车　B1中型客车　B2大型货车　C1小型汽车',
          at: [88, 101],
          size: 2.9,
          align: 'middle',
          colour: label,
        },
        {
          part: 'text',
          text: 'C2小型自动挡汽车　C3低速载货汽车　C4三轮汽车　C5残疾人专用汽车　C6轻型牵引挂车　D普通三轮摩托车　E普通二轮摩托车',
          at: [88, 106.5],
          size: 2.7,
          align: 'middle',
          colour: label,
        },
        {
          part: 'text',
          text: '请于每个记分周期结束后三十日内了解记分情况；有效期满前九十日内申请换证。',
          at: [88, 112],
          size: 2.7,
          align: 'middle',
          colour: label,
        },
      ],
    },
  ],
};
