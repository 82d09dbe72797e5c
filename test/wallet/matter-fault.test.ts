import { describe, expect, it } from '@jest/globals';
import { matterFault } from '../../src/wallet/index.ts';

const now = Date.parse('2026-11-22T00:00:00Z');
const codeOf = (field: 'purpose' | 'case_number', text: string) => matterFault(field, text, now)?.code;

const idNumbers = [
  '520103188804040045',
  '5201 0318 8804 0400 45',
  '520103-18880404-0045',
  '520103—18880404—0045',
  '５２０１０３　１８８８０４０４　００４５',
  '520103.1888.0404.0045',
  '2026-520103-18880404-0045',
  '52010318880303003X',
  '520103 18880303 003x',
  '520103 18880303 003 X',
];
const phones = [
  '13800001812',
  '+8613800001812',
  '8613800001812',
  '0086 138 0000 1812',
  '+86 138-0000-1812',
  '(+86) 13800001812',
  '138 0000 1812',
  '１３８－００００－１８１２',
];

describe('a purpose or a case number', () => {
  it('holds no ID number, however it is grouped', () => {
    for (const number of idNumbers)
      for (const field of ['purpose', 'case_number'] as const)
        for (const text of [number, `办理 ${number}`, `YB${number}号`])
          expect([field, text, codeOf(field, text)]).toEqual([field, text, 'personal-data']);
  });

  it('holds no phone number: a purpose nowhere, a case number not as all of it', () => {
    for (const number of phones) {
      for (const text of [number, `联系 ${number}。`])
        expect([text, codeOf('purpose', text)]).toEqual([text, 'personal-data']);
      expect([number, codeOf('case_number', number)]).toEqual([number, 'personal-data']);
    }
    for (const field of ['purpose', 'case_number'] as const)
      expect(codeOf(field, 'wang@example.org')).toBe('personal-data');
    expect(codeOf('purpose', '电话13800001812x')).toBe('personal-data');
    expect(codeOf('purpose', '证 520103880404004')).toBe('personal-data');
  });

  it('may well be many digits that are nobody’s', () => {
    const caseNumbers = [
      ...['RP-2026-0001', '20260001234', '2026-0001-2345678', 'GY-2026-001877', '202600000000000017'],
      ...['15-2026-00012', 'YB-13800001812', '2026 13800001812', '202613800001812', '520103880404004'],
      ...['12345678901', '0001/2026/15/00012', 'A1', '１２', '2026-11-22-15-30-00-123'],
    ];
    for (const text of caseNumbers) expect([text, codeOf('case_number', text)]).toEqual([text, undefined]);
    const purposes = [
      '2026年11月22日 15 2026 00012 办理',
      '异地就医备案',
      '第 2026-0001-2345678 号',
      '20260001234',
    ];
    for (const text of purposes) expect([text, codeOf('purpose', text)]).toEqual([text, undefined]);
  });
});
