import type { Template } from '../template.ts';
import type { Colour } from '../vector.ts';
import { border, column, heading, signedBlock, statusQr } from './parts.ts';

const green: Colour = '#1d6b3c';

const left = column(34, [34, 84]);
const right = column(168, [32, 62]);

/** 食品经营许可证, issued by market regulators. */
export const foodBusinessLicence: Template = {
  name: 'food-business-licence',
  title: { zh: '食品经营许可证', en: 'Food business licence' },
  ink: { text: '#141414', label: green, size: 4.3 },
  pages: [
    {
      size: [297, 210],
      ground: [
        ...border([297, 210], {
          paper: '#f7fcf5',
          braid: ['#2f8f57', '#6cb98a', '#a9d8b8'],
          frame: '#1f7a47',
          band: 10,
        }),
        {
          ornament: 'waves',
          box: [19, 19, 259, 172],
          pitch: 30,
          height: 2.6,
          gap: 4.4,
          drift: 0.7,
          colour: '#e0f0e0',
        },
        { ornament: 'rose', centre: [148.5, 116], radius: 60, petals: 24, turns: 11, colour: '#cbe6d0' },
        { ornament: 'rose', centre: [148.5, 116], radius: 26, petals: 12, turns: 6, colour: '#b7dcc0' },
        { ornament: 'corners', box: [18.6, 18.6, 259.8, 172.8], size: 12, colour: '#2f8f57' },
        { ornament: 'line', from: [88, 60.5], to: [209, 60.5], colour: '#2f8f57', width: 0.5 },
        { ornament: 'line', from: [88, 61.8], to: [209, 61.8], colour: '#2f8f57', width: 0.2 },
      ],
      parts: [
        heading('食品经营许可证', [148.5, 53], { size: 15.5, spacing: 2.6, colour: '#0f4f2b' }),
        {
          part: 'text',
          text: '许可证编号：{number}',
          at: [148.5, 70],
          size: 4.3,
          weight: 'bold',
          align: 'middle',
        },
        ...statusQr([238, 27], 27, green),
        left(84, '经营者名称', '{name}', { lines: 2 }),
        left(97, '社会信用代码', '{credit_code}'),
        left(110, '法定代表人', '{legal_representative}'),
        left(123, '住所', '{address}', { lines: 2 }),
        left(136, '经营场所', '{premises}', { lines: 2 }),
        left(149, '主体业态', '{business_form}', { lines: 2 }),
        left(162, '经营项目', '{business_items}', { lines: 4 }),
        right(84, '日常监督管理机构', '{supervising_authority}', { lines: 2 }),
        right(97, '日常监督管理人员', '{supervisors}'),
        right(110, '投诉举报电话', '{complaint_phone}'),
        right(123, '签发人', '{signed_by}'),
        right(136, '有效期至', '{valid_until|date}'),
        ...signedBlock([214, 160], 4.6, '发证机关'),
        {
          part: 'text',
          text: '食品经营者应当在经营场所的显著位置悬挂或者摆放食品经营许可证。',
          at: [148.5, 188],
          size: 2.6,
          align: 'middle',
          colour: green,
        },
        { part: 'seal', name: 'issuer', centre: [214, 162], diameter: 42 },
      ],
    },
  ],
};
