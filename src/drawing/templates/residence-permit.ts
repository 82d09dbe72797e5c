import type { Template } from '../template.ts';
import type { Colour } from '../vector.ts';
import { column, heading, statusQr } from './parts.ts';

const teal: Colour = '#15566b';

const row = column(14, [14, 78]);
/** On the back, where the labels are longer. */
const back = column(14, [22, 74]);

/** 居住证, issued by county public security: a card of two sides, drawn at twice its size. */
export const residencePermit: Template = {
  name: 'residence-permit',
  title: { zh: '居住证', en: 'Residence permit' },
  ink: { text: '#101820', label: teal, size: 4.6 },
  pages: [
    {
      size: [171.2, 108],
      ground: [
        { ornament: 'blend', box: [0, 0, 171.2, 108], from: '#d8eef2', to: '#f3f7e6', across: true },
        { ornament: 'hills', box: [0, 74, 171.2, 34], colours: ['#d3e8e4', '#c3dfd9', '#b3d6cd'] },
        {
          ornament: 'waves',
          box: [0, 0, 171.2, 108],
          pitch: 24,
          height: 2,
          gap: 2.7,
          drift: 0.45,
          colour: '#bcdde0',
          width: 0.12,
        },
        { ornament: 'rose', centre: [86, 54], radius: 36, petals: 22, turns: 9, colour: '#a8d0d6' },
        { ornament: 'frame', box: [3, 3, 165.2, 102], colour: '#3a8c9c', width: 0.4, radius: 5 },
      ],
      parts: [
        row(18, '姓名', '{name}', { weight: 'bold', lines: 1, size: 5.2 }),
        row(29, '性别', '{sex}', { valueWidth: 14 }),
        row(29, '民族', '{ethnicity}', { at: [50, 29], valueWidth: 40 }),
        row(40, '出生', '{born_on|date}'),
        row(51, '住址', '{residence_address}', { lines: 3 }),
        row(75, '公民身份号码', '{id_number}', { labelWidth: 32, weight: 'bold', size: 5, valueWidth: 80 }),
        row(87, '常住户口所在地', '{household_address}', {
          labelWidth: 32,
          valueWidth: 112,
          size: 3.8,
          lines: 2,
        }),
        { part: 'picture', at: [122, 13], size: [36, 47] },
      ],
    },
    {
      size: [171.2, 108],
      ground: [
        { ornament: 'blend', box: [0, 0, 171.2, 108], from: '#d8eef2', to: '#f3f7e6', across: true },
        { ornament: 'hills', box: [0, 66, 171.2, 42], colours: ['#cfe6e2', '#bddcd6', '#abd1c9', '#9bc7be'] },
        {
          ornament: 'waves',
          box: [0, 0, 171.2, 66],
          pitch: 24,
          height: 2,
          gap: 2.7,
          drift: 0.45,
          colour: '#bcdde0',
          width: 0.12,
        },
        { ornament: 'stars', centre: [24, 25], radius: 12.5, colour: '#d7151b', ring: '#c79a35' },
        { ornament: 'frame', box: [3, 3, 165.2, 102], colour: '#3a8c9c', width: 0.4, radius: 5 },
      ],
      parts: [
        heading('中华人民共和国', [93, 21], { size: 8, spacing: 2.2, colour: '#123c4a' }),
        heading('居住证', [93, 41], { size: 15, spacing: 9, colour: '#123c4a' }),
        back(60, '签发机关', '{issuing_authority}', { valueWidth: 84 }),
        back(71, '签发日期', '{issued_on|date}'),
        back(82, '有效期限', '{valid_from|dots}—{valid_until|dots}'),
        back(93, '证件编号', '{number}'),
        ...statusQr([144, 8], 19, teal),
        { part: 'seal', name: 'issuer', centre: [139, 74], diameter: 40 },
      ],
    },
  ],
};
