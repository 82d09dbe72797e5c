import type { Template } from '../template.ts';
import type { Colour } from '../vector.ts';
import { column, heading, statusQr } from './parts.ts';

const navy: Colour = '#123a7a';

const row = column(62, [26, 74]);

/** 社会保障卡, issued by human resources and social security departments, at twice its size. */
export const socialSecurityCard: Template = {
  name: 'social-security-card',
  title: { zh: '社会保障卡', en: 'Social security card' },
  ink: { text: '#0b1830', label: navy, size: 4.6 },
  pages: [
    {
      size: [171.2, 108],
      ground: [
        { ornament: 'blend', box: [0, 0, 171.2, 108], from: '#cfe4fb', to: '#f4f9ff' },
        { ornament: 'fill', box: [0, 0, 171.2, 25], colour: '#1e57a8' },
        {
          ornament: 'waves',
          box: [0, 0, 171.2, 25],
          pitch: 40,
          height: 3,
          gap: 1.8,
          drift: 0.35,
          colour: '#3b74c4',
          width: 0.16,
        },
        {
          ornament: 'waves',
          box: [0, 25.4, 171.2, 82.6],
          pitch: 56,
          height: 4.4,
          gap: 2.2,
          drift: 0.2,
          colour: '#b5d3f3',
          width: 0.14,
        },
        { ornament: 'rose', centre: [128, 68], radius: 34, petals: 20, turns: 9, colour: '#9cc3ee' },
        { ornament: 'hills', box: [0, 92, 171.2, 16], colours: ['#bcd8f5', '#a5c9ef'] },
        { ornament: 'line', from: [0, 25.2], to: [171.2, 25.2], colour: '#d9ad4a', width: 0.8 },
        { ornament: 'stars', centre: [16.5, 12.6], radius: 9, colour: '#f7d873', ring: '#f7d873' },
        { ornament: 'frame', box: [1.2, 1.2, 168.8, 105.6], colour: '#1e57a8', width: 0.6, radius: 5 },
      ],
      parts: [
        heading('中华人民共和国社会保障卡', [92, 17], { size: 9.4, spacing: 1.1, colour: '#ffffff' }),
        { part: 'picture', at: [13, 34], size: [36, 47] },
        row(42, '姓名', '{name}', { weight: 'bold', size: 5.2 }),
        row(53, '社会保障号码', '{social_security_number}', { weight: 'bold' }),
        row(63, '社会保障卡号', '{number}'),
        row(73, '发卡日期', '{issued_on|date}'),
        row(83, '有效期限', '{valid_until|date}'),
        row(97, '发卡机构', '{issuing_authority}', {
          at: [13, 97],
          labelWidth: 20,
          valueWidth: 88,
          size: 4.2,
        }),
      ],
    },
    {
      size: [171.2, 108],
      ground: [
        { ornament: 'blend', box: [0, 0, 171.2, 108], from: '#f4f9ff', to: '#d5e7fb' },
        {
          ornament: 'waves',
          box: [0, 0, 171.2, 108],
          pitch: 56,
          height: 4.4,
          gap: 2.4,
          drift: 0.2,
          colour: '#c4dcf5',
          width: 0.14,
        },
        { ornament: 'fill', box: [0, 8, 171.2, 12], colour: '#1e57a8' },
        { ornament: 'frame', box: [1.2, 1.2, 168.8, 105.6], colour: '#1e57a8', width: 0.6, radius: 5 },
      ],
      parts: [
        { part: 'text', text: '使 用 说 明', at: [12, 30], size: 4.6, weight: 'bold', colour: navy },
        {
          part: 'text',
          text: '1. 本卡用于办理人力资源和社会保障、就医结算等事务。',
          at: [12, 40],
          size: 3.7,
        },
        { part: 'text', text: '2. 本卡仅限本人使用，不得出租、出借、转让。', at: [12, 48], size: 3.7 },
        { part: 'text', text: '3. 卡面信息有变更的，应当及时到发卡机构办理。', at: [12, 56], size: 3.7 },
        {
          part: 'text',
          text: '4. 如有遗失，应当立即挂失，挂失前的损失由本人承担。',
          at: [12, 64],
          size: 3.7,
        },
        { part: 'text', text: '服务热线　12333', at: [12, 78], size: 5.4, weight: 'bold', colour: navy },
        { part: 'text', text: '参保地　{insured_area}', at: [12, 90], size: 4.2 },
        ...statusQr([70, 72], 24, navy),
        {
          part: 'text',
          text: '{issuing_authority}',
          at: [137, 99.5],
          size: 3.6,
          align: 'middle',
          weight: 'bold',
          width: 60,
        },
        { part: 'seal', name: 'issuer', centre: [137, 74], diameter: 40 },
      ],
    },
  ],
};
