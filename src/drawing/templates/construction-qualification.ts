import type { Template } from '../template.ts';
import type { Colour } from '../vector.ts';
import { border, column, heading, signedBlock, statusQr } from './parts.ts';

const blue: Colour = '#1c3f7c';

const row = column(36, [40, 178], { ruled: '#9fb4d6' });
const right = column(160, [26, 66], { ruled: '#9fb4d6' });

/** 建筑业企业资质证书, issued by housing and construction departments. */
export const constructionQualification: Template = {
  name: 'construction-qualification',
  title: { zh: '建筑业企业资质证书', en: 'Construction enterprise qualification' },
  ink: { text: '#141414', label: blue, size: 4.4 },
  pages: [
    {
      size: [297, 210],
      ground: [
        ...border([297, 210], {
          paper: '#f6f9ff',
          braid: ['#2b58a8', '#6f95d2', '#b0c6ea'],
          frame: '#21488f',
          band: 9,
        }),
        { ornament: 'rose', centre: [148.5, 112], radius: 68, petals: 30, turns: 12, colour: '#d6e2f6' },
        { ornament: 'rose', centre: [148.5, 112], radius: 34, petals: 16, turns: 8, colour: '#c3d4f0' },
        {
          ornament: 'waves',
          box: [18, 18, 261, 174],
          pitch: 46,
          height: 3,
          gap: 5.2,
          drift: 0.3,
          colour: '#e6edfa',
        },
        { ornament: 'corners', box: [17.6, 17.6, 261.8, 174.8], size: 14, colour: '#6f95d2' },
        { ornament: 'stars', centre: [148.5, 34], radius: 11, colour: '#d7151b', ring: '#c79a35' },
      ],
      parts: [
        heading('建筑业企业资质证书', [148.5, 62], { size: 14, spacing: 2.8, colour: '#c4161c' }),
        { part: 'text', text: '证书编号：{number}', at: [31, 34], size: 3.8, weight: 'bold', colour: blue },
        ...statusQr([240, 25], 27, blue),
        row(77, '企业名称', '{name}'),
        row(87, '详细地址', '{address}'),
        row(97, '统一社会信用代码', '{credit_code}', { valueWidth: 70 }),
        right(97, '法定代表人', '{legal_representative}'),
        row(107, '注册资本', '{registered_capital}', { valueWidth: 70 }),
        right(107, '经济性质', '{economic_nature}'),
        row(117, '有效期', '{valid_from|date}至{valid_until|date}'),
        {
          part: 'table',
          list: 'qualifications',
          at: [36, 123],
          rowHeight: 8.4,
          most: 5,
          size: 3.7,
          line: '#6f8dc0',
          columns: [
            { key: 'category', label: '资质类别', width: 62 },
            { key: 'grade', label: '资质等级', width: 32 },
            { key: 'granted_on', label: '批准日期', width: 36 },
          ],
        },
        ...signedBlock([222, 154], 4.5, '发证机关'),
        {
          part: 'text',
          text: '本证书信息可在全国建筑市场监管公共服务平台查询。',
          at: [36, 186.5],
          size: 2.7,
          colour: blue,
        },
        { part: 'seal', name: 'issuer', centre: [222, 156], diameter: 42 },
      ],
    },
  ],
};
