import { describe, expect, it } from '@jest/globals';
import type { Licence, LicenceState, LicenceType, LicenceVersion } from '../../src/licences/index.ts';
import type { Case, Subject } from '../../src/verification/case.ts';
import { checks, conclude, runChecks } from '../../src/verification/checks.ts';
import { reasons } from '../../src/verification/reasons.ts';
import { testAuthority, typeCodeOf } from '../support/licences.ts';
import { registeredSeal, reportOf } from './kit.ts';

const now = Date.parse('2026-11-22T06:00:00Z');
const sealedAt = Date.parse('2024-03-05T02:00:00Z');
const holder = { idType: '001', idNumber: '91520000MA0DEM005M', name: '示例省演示食品有限公司' } as const;
const version: LicenceVersion = {
  version: 1,
  identifier: '1.2.156.3005.2.11100000MB0143028R001.11520000000000019J.GZ20250001.001.D',
  typeVersion: 1,
  holders: [holder],
  issuedOn: '2024-03-05',
  validFrom: '2024-03-05',
  validUntil: '2029-03-04',
  data: {},
  recordedAt: sealedAt,
  recordedBy: 'x',
  statusToken: 't',
  hash: 'ab'.repeat(32),
  file: { sha256: 'f', sizeBytes: 1, sealId: 'seal-of-tests', certificateSha256: 'c'.repeat(64), sealedAt },
};
const licence = {
  id: 'licence-1',
  typeCode: typeCodeOf('business-licence'),
  issuerCode: testAuthority,
  jointIssuerCodes: [],
  number: 'A-001',
  versions: [version],
  transitions: [],
  createdAt: sealedAt,
} as Licence;
const state: LicenceState = { status: 'valid', version, since: sealedAt, isDisputed: false };
const type = {
  code: licence.typeCode,
  number: { rule: 'pattern', pattern: 'A-\\d{3}', example: '' },
} as LicenceType;
const issuer = {
  code: testAuthority,
  name: { zh: '局', en: 'Bureau' },
  issues: [licence.typeCode],
  status: 'active',
} as const;
const seal = { seal: registeredSeal() } as const;

const good: Subject = { licence, version, state, type, issuers: [issuer], seal };
const caseOf = (changes: Partial<Subject> = {}, more: Partial<Case> = {}): Case => ({
  by: 'number',
  time: 'now',
  at: now,
  asked: { number: 'A-001', holder },
  subject: { ...good, ...changes },
  ...more,
});
const sealOf = (changes: Partial<ReturnType<typeof registeredSeal>>) => ({
  seal: { ...seal, seal: { ...registeredSeal(), ...changes } },
});
const dates = (validFrom: string, validUntil: string) => {
  const dated = { ...version, validFrom, validUntil };
  return { version: dated, state: { ...state, version: dated } };
};
const foreign = (report: ReturnType<typeof reportOf>): Case => ({
  ...caseOf({}, { by: 'file', report, missing: 'file-unknown', asked: {} }),
  subject: undefined,
});
const bound = { checks: [{ id: 'signer-bound', state: 'passed' }] } as const;

describe('the table of checks', () => {
  it('finds nothing wrong with a good licence', () => {
    const found = runChecks(caseOf());
    expect(found.map(({ id }) => id)).toEqual([
      ...['exists', 'holder', 'identifier', 'number', 'issuer', 'status', 'validity', 'objection'],
      ...['seal-registered', 'seal-certificate'],
    ]);
    expect(found.every(({ result, code }) => result === 'passed' && code === null)).toBe(true);
    expect(conclude(found)).toBe('valid');
  });

  it('judges the bytes of a file, and no seal where there is none', () => {
    expect(runChecks(caseOf({}, { by: 'file' })).map(({ id }) => id)).toEqual(
      expect.arrayContaining(['seal-integrity', 'file-unchanged']),
    );
    const dataOnly = runChecks(caseOf({ version: { ...version, file: undefined } }));
    expect(dataOnly.some(({ id }) => id.startsWith('seal'))).toBe(false);
    expect(conclude(dataOnly)).toBe('valid');
  });

  const rows: [id: string, result: 'failed' | 'indeterminate', code: string, c: Case][] = [
    ['exists', 'failed', 'licence-not-found', { ...caseOf(), subject: undefined }],
    [
      'exists',
      'indeterminate',
      'code-not-usable',
      { ...caseOf({}, { missing: 'code-not-usable' }), subject: undefined },
    ],
    [
      'exists',
      'indeterminate',
      'no-consent-or-licence',
      { ...caseOf({}, { missing: 'no-consent-or-licence' }), subject: undefined },
    ],
    ['as-of', 'indeterminate', 'as-of-in-future', caseOf({}, { time: 'future' })],
    ['as-of', 'indeterminate', 'as-of-before-library', caseOf({}, { time: 'before-library' })],
    [
      'identifier',
      'failed',
      'identifier-check',
      caseOf({ version: { ...version, identifier: version.identifier.replace(/D$/, 'E') } }),
    ],
    ['number', 'failed', 'licence-not-found', caseOf({}, { asked: { number: 'A-002' } })],
    [
      'number',
      'failed',
      'number-pattern',
      caseOf({ licence: { ...licence, number: 'B-001' } }, { asked: {} }),
    ],
    ['number', 'indeterminate', 'type-unknown', caseOf({ type: undefined })],
    [
      'holder',
      'failed',
      'holder-differs',
      caseOf({}, { asked: { holder: { ...holder, idNumber: '91520000MA0DEM006X' } } }),
    ],
    [
      'holder',
      'failed',
      'holder-differs',
      caseOf({}, { asked: { holder: { ...holder, name: '别的公司' } } }),
    ],
    ['issuer', 'failed', 'issuer-unknown', caseOf({ issuers: [issuer, undefined] })],
    [
      'issuer',
      'indeterminate',
      'issuer-no-longer-entitled',
      caseOf({ issuers: [{ ...issuer, issues: [] }] }),
    ],
    ['status', 'failed', 'not-issued-then', caseOf({ state: undefined })],
    ...(['suspended', 'revoked', 'rescinded', 'cancelled', 'superseded', 'transferred'] as const).map(
      (status): [string, 'failed', string, Case] => [
        'status',
        'failed',
        status,
        caseOf({ state: { ...state, status } }),
      ],
    ),
    ['status', 'failed', 'ended', caseOf({ state: { ...state, status: 'other' } })],
    [
      'status',
      'failed',
      'version-replaced',
      caseOf({ state: { ...state, version: { ...version, version: 2 } } }),
    ],
    ['validity', 'failed', 'expired', caseOf(dates('2020-01-01', '2026-11-21'))],
    ['validity', 'failed', 'not-yet-valid', caseOf(dates('2026-11-23', '2029-01-01'))],
    [
      'objection',
      'indeterminate',
      'disputed',
      caseOf({ licence: { ...licence, disputed: { objectionId: 'o', since: 1 } } }),
    ],
    [
      'seal-registered',
      'failed',
      'seal-of-other-authority',
      caseOf(sealOf({ ownerCode: '12520000MB0000000P' })),
    ],
    ['seal-registered', 'failed', 'seal-not-for-type', caseOf(sealOf({ typeCodes: [] }))],
    [
      'seal-registered',
      'failed',
      'seal-not-active-then',
      caseOf(sealOf({ history: [{ status: 'suspended', at: 0, by: 'x' }] })),
    ],
    ['seal-certificate', 'failed', 'certificate-unknown', caseOf(sealOf({ certificates: [] }))],
    [
      'seal-certificate',
      'failed',
      'certificate-not-valid-then',
      caseOf(sealOf({ certificates: [{ sha256: 'c'.repeat(64), notBefore: sealedAt + 1, notAfter: 9e15 }] })),
    ],
    [
      'seal-certificate',
      'failed',
      'certificate-revoked-then',
      caseOf({ seal: { ...seal, certificateRevokedAt: sealedAt } }),
    ],
    [
      'file-unchanged',
      'failed',
      'file-changed',
      { ...foreign(reportOf({ ...bound, changesAfterSigning: 'forbidden' })), missing: 'file-unknown' },
    ],
    [
      'seal-certificate',
      'failed',
      'signer-untrusted',
      foreign(
        reportOf({
          ...bound,
          signer: { name: '', certificateSha256: '', trust: 'failed', notBefore: 0, notAfter: 1 },
        }),
      ),
    ],
    [
      'seal-registered',
      'failed',
      'seal-of-other-authority',
      foreign(reportOf({ checks: [{ id: 'signer-bound', state: 'failed', reason: 'other-seal' }] })),
    ],
  ];

  it.each(rows)('lets %s alone be %s for %s', (id, result, code, c) => {
    const odd = runChecks(c).filter((one) => one.result !== 'passed');
    const foreignFile = c.report !== undefined;
    expect(odd.filter((one) => !foreignFile || one.id !== 'exists')).toEqual([{ id, result, code }]);
    expect(conclude(odd)).toBe(result === 'failed' ? 'not_valid' : 'cannot_tell');
  });

  it('holds that a certificate which ended after sealing spoils nothing, and says that it ended', () => {
    const revoked = runChecks(caseOf({ seal: { ...seal, certificateRevokedAt: sealedAt + 1 } }));
    expect(revoked.at(-1)).toEqual({
      id: 'seal-certificate',
      result: 'passed',
      code: 'certificate-revoked-since',
    });
    const ended = [{ sha256: 'c'.repeat(64), notBefore: 0, notAfter: sealedAt + 1 }];
    const expired = runChecks(caseOf(sealOf({ certificates: ended })));
    expect(expired.at(-1)?.code).toBe('certificate-expired-since');
    expect(conclude(expired)).toBe('valid');
  });

  it('says nothing of status, dates and objections of a day that it cannot know', () => {
    for (const time of ['future', 'before-library'] as const) {
      const ids: string[] = runChecks(caseOf({}, { time })).map(({ id }) => id);
      expect(ids.filter((id) => ['status', 'validity', 'objection'].includes(id))).toEqual([]);
    }
  });

  it('holds no objection against what the licence was before it was raised', () => {
    const disputed = { licence: { ...licence, disputed: { objectionId: 'o', since: now } } };
    const codeAt = (at: number) =>
      runChecks(caseOf(disputed, { time: 'then', at })).find(({ id }) => id === 'objection')?.code;
    expect([codeAt(now - 1), codeAt(now)]).toEqual([null, 'disputed']);
    expect(conclude(runChecks(caseOf(disputed, { at: now - 1 })))).toBe('cannot_tell');
  });

  it('ends with a holder who is not the one named', () => {
    const other = { ...holder, idNumber: '91520000MA0DEM006X' };
    for (const by of ['number', 'code', 'holder'] as const) {
      const found = runChecks(
        caseOf({ state: { ...state, status: 'revoked' } }, { by, asked: { holder: other } }),
      );
      expect(found.map(({ id }) => id)).toEqual(['exists', 'holder']);
    }
  });

  it('concludes by the worst: failed, then indeterminate, then passed', () => {
    const results = (...list: ('passed' | 'failed' | 'indeterminate')[]) =>
      conclude(list.map((result) => ({ result })));
    expect(results('passed', 'indeterminate', 'failed')).toBe('not_valid');
    expect(results('passed', 'indeterminate')).toBe('cannot_tell');
    expect(results('passed')).toBe('valid');
  });

  it('has ids and clauses of its own, and every reason in both languages', () => {
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
    for (const { clause, passed } of checks) expect([clause, passed.zh, passed.en].every(Boolean)).toBe(true);
    for (const { zh, en } of Object.values(reasons))
      expect([/[\u4e00-\u9fff]/.test(zh), /^[\x20-\x7e]+$/.test(en)]).toEqual([true, true]);
  });
});
