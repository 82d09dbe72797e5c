import type { Template } from '../template.ts';
import type { Colour } from '../vector.ts';
import { border, column, heading, signedBlock, statusQr } from './parts.ts';

const crimson: Colour = '#9c1f24';

const row = column(38, [44, 84], { size: 5 });

/** 公共场所卫生许可证, issued by health departments. */
export const hygieneLicence: Template = {
  name: 'hygiene-licence',
  title: { zh: '公共场所卫生许可证', en: 'Public-place hygiene licence' },
  ink: { text: '#141414', label: crimson, size: 5 },
  pages: [
    {
      size: [210, 297],
      ground: [
        ...border([210, 297], {
          paper: '#fffaf2',
          braid: ['#b3262b', '#d98a4a', '#eac48d'],
          frame: '#a52126',
          band: 10,
        }),
        {
          ornament: 'waves',
          box: [19, 19, 172, 259],
          pitch: 30,
          height: 2.8,
          gap: 4.6,
          drift: 0.5,
          colour: '#f9ead6',
        },
        { ornament: 'rose', centre: [105, 160], radius: 66, petals: 20, turns: 12, colour: '#f3d9c0' },
        { ornament: 'rose', centre: [105, 160], radius: 30, petals: 10, turns: 7, colour: '#efcfb3' },
        { ornament: 'corners', box: [18.6, 18.6, 172.8, 259.8], size: 14, colour: '#c2763a' },
        { ornament: 'stars', centre: [105, 42], radius: 13, colour: '#d7151b', ring: '#cf9a35' },
      ],
      parts: [
        heading('公共场所', [105, 75], { size: 9, spacing: 4, colour: crimson }),
        heading('卫生许可证', [105, 97], { size: 18, spacing: 5, colour: crimson }),
        { part: 'text', text: '{number}', at: [105, 110], size: 4.8, weight: 'bold', align: 'middle' },
        row(130, '单位名称', '{name}', { lines: 2 }),
        row(147, '法定代表人（负责人）', '{legal_representative}'),
        row(160, '统一社会信用代码', '{credit_code}'),
        row(173, '地址', '{address}', { lines: 2 }),
        row(190, '许可项目', '{licensed_items}', { lines: 3 }),
        row(213, '有效期限', '{valid_from|date}至{valid_until|date}'),
        ...statusQr([40, 232], 30, crimson),
        ...signedBlock([134, 245], 5, '发证机关'),
        { part: 'seal', name: 'issuer', centre: [134, 247], diameter: 42 },
      ],
    },
  ],
};
