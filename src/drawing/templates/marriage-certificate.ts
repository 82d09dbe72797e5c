import type { Template } from '../template.ts';
import type { Colour } from '../vector.ts';
import { column, heading, signedBlock, statusQr } from './parts.ts';

const red: Colour = '#a8141b';

const right = column(142, [22, 66]);
/** Of one spouse, whose place is told by the list. */
const row = column(0, [22, 66]);

/** 结婚证, issued by marriage registries: the two facing pages of the red book. */
export const marriageCertificate: Template = {
  name: 'marriage-certificate',
  title: { zh: '结婚证', en: 'Marriage certificate' },
  ink: { text: '#1a1010', label: red, size: 4.2 },
  pages: [
    {
      size: [256, 180],
      ground: [
        { ornament: 'fill', box: [0, 0, 256, 180], colour: '#a5121a' },
        { ornament: 'frame', box: [2.4, 2.4, 251.2, 175.2], colour: '#e3b75b', width: 0.7, radius: 2 },
        { ornament: 'fill', box: [6, 6, 121, 168], colour: '#fff3f0', radius: 1.5 },
        { ornament: 'fill', box: [129, 6, 121, 168], colour: '#fff3f0', radius: 1.5 },
        { ornament: 'pattern', character: '囍', box: [8, 8, 117, 164], size: 9, gap: 18, colour: '#fde3de' },
        {
          ornament: 'pattern',
          character: '囍',
          box: [131, 8, 117, 164],
          size: 9,
          gap: 18,
          colour: '#fde3de',
        },
        { ornament: 'rose', centre: [66.5, 96], radius: 44, petals: 16, turns: 9, colour: '#f6c9c3' },
        { ornament: 'frame', box: [11, 11, 111, 158], colour: '#c9373c', width: 0.6 },
        { ornament: 'frame', box: [12.4, 12.4, 108.2, 155.2], colour: '#c9373c', width: 0.2 },
        { ornament: 'frame', box: [134, 11, 111, 158], colour: '#c9373c', width: 0.6 },
        { ornament: 'frame', box: [135.4, 12.4, 108.2, 155.2], colour: '#c9373c', width: 0.2 },
        { ornament: 'corners', box: [12.4, 12.4, 108.2, 155.2], size: 9, colour: '#d9666a' },
        { ornament: 'corners', box: [135.4, 12.4, 108.2, 155.2], size: 9, colour: '#d9666a' },
        { ornament: 'stars', centre: [66.5, 34], radius: 12, colour: '#d7151b', ring: '#c79a35' },
        { ornament: 'character', character: '囍', at: [66.5, 96], size: 34, colour: '#f9d2cc' },
        { ornament: 'line', from: [128, 6], to: [128, 174], colour: '#7c0c12', width: 0.6 },
      ],
      parts: [
        heading('结婚证', [66.5, 66], { size: 15, spacing: 7, colour: red }),
        {
          part: 'text',
          text: '结婚申请，符合《中华人民共和国民法典》',
          at: [66.5, 84],
          size: 4.5,
          align: 'middle',
        },
        { part: 'text', text: '规定，予以登记，发给此证。', at: [66.5, 93], size: 4.5, align: 'middle' },
        ...signedBlock([74, 128], 4.6, '登记机关'),
        {
          part: 'field',
          label: '婚姻登记员',
          value: '{registrar}',
          at: [22, 160],
          labelWidth: 24,
          valueWidth: 30,
          size: 3.9,
        },
        ...statusQr([95, 143], 19, red),
        { part: 'seal', name: 'issuer', centre: [74, 130], diameter: 40 },
        { part: 'picture', at: [187, 20], size: [50, 36] },
        right(28, '持证人', '{holders.name|lines}', { labelWidth: 15, valueWidth: 26, lines: 4, size: 4.2 }),
        right(66, '登记日期', '{registered_on|date}'),
        right(74.5, '结婚证字号', '{number}'),
        right(83, '备注', '{remarks}', { size: 4.2 }),
        {
          part: 'repeat',
          list: 'holders',
          at: [142, 97],
          step: [0, 37],
          most: 2,
          parts: [
            row(0, '姓名', '{name}', { weight: 'bold' }),
            row(8, '性别', '{sex}'),
            row(8, '国籍', '{nationality}', { at: [50, 8], labelWidth: 10, valueWidth: 30 }),
            row(16, '出生日期', '{born_on|date}'),
            row(24, '身份证件号', '{id_number}'),
          ],
        },
      ],
    },
  ],
};
