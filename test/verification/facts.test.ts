import { describe, expect, it } from '@jest/globals';
import type { Subject } from '../../src/verification/case.ts';
import { learnFacts, previewFact } from '../../src/verification/facts.ts';
import type { FactRule } from '../../src/verification/service-item.ts';

const version = {
  holders: [{ idType: '001', idNumber: '91520000MA0DEM005M', name: '示例省演示食品有限公司' }],
  ...{ validUntil: null, data: {} },
};
const subject = {
  ...{ licence: { typeCode: 'x', number: 'n' }, version, state: { status: 'suspended', version } },
  type: { name: { zh: '营业执照', en: 'Business licence' }, fields: {} },
  issuers: [{ name: { zh: '示例局', en: 'Demo bureau' } }],
} as unknown as Subject;

const learn = (rule: FactRule, conclusion: 'valid' | 'cannot_tell' = 'valid') =>
  learnFacts([rule], subject, { at: 0, conclusion })[0];

describe('a fact that a counter shows', () => {
  it.each([
    ['status', '暂扣', 'Suspended'],
    ['valid_until', '长期', 'No end'],
    ['holder_id_type', '统一社会信用代码', 'Unified social credit code'],
    ['type_name', '营业执照', 'Business licence'],
    ['issuer_name', '示例局', 'Demo bureau'],
  ] as const)('is in words in both languages where its value is for programs: %s', (field, zh, en) => {
    expect(learn({ field })?.words).toEqual({ zh, en });
  });

  it('is no answer where nothing can be told, and not something that the licence leaves out', () => {
    const rule = { predicate: 'valid_on_day', name: 'valid_on_day' } as const;
    expect(learn(rule, 'cannot_tell')).toMatchObject({ value: null, words: { zh: '无法判断' } });
    expect(learn(rule)?.words).toBeUndefined();
    expect(learn({ field: 'data.address' })).toMatchObject({ value: null });
    expect(learn({ field: 'data.address' })?.words).toBeUndefined();
  });
});

describe('a fact before its holder agrees', () => {
  const person = {
    ...subject,
    licence: { typeCode: 'x', number: 'SB-2026-00012345' },
    version: {
      holders: [{ idType: '111', idNumber: '520102188001010014', name: '赵示生' }],
      ...{ validUntil: null },
      data: { note: '与 520102188001010022 同住', relatives: [{ name: '赵二' }] },
    },
  } as unknown as Subject;
  const preview = (rule: FactRule) => previewFact(rule, person, Date.parse('2026-11-22T06:00:00Z'));

  it('is their own value, masked where it says who they are', () => {
    expect(preview({ field: 'holder_name' })?.value).toBe('赵**');
    expect(preview({ field: 'holder_number' })?.value).toBe('52******14');
    expect(preview({ field: 'number' })?.value).not.toContain('2026');
    expect(preview({ field: 'data.note' })?.value).toBe('与 52******22 同住');
    expect(preview({ field: 'data.relatives' })?.value).toEqual([{ name: '赵二' }]);
    expect(preview({ field: 'status' })?.words).toEqual({ zh: '暂扣', en: 'Suspended' });
  });

  it('is the answer to a question, except to one that only the checks can answer', () => {
    expect(preview({ predicate: 'older_than', years: 18 })?.value).toBe(true);
    expect(preview({ predicate: 'valid_on_day', name: 'valid_on_day' })).toBeUndefined();
  });
});
