import { dayAt, parseLicenceIdentifier } from '../core/index.ts';
import type { LicenceStatus } from '../licences/index.ts';
import type { Case, Subject } from './case.ts';
import {
  type Check,
  type CheckResult,
  type Conclusion,
  type Finding,
  failed,
  ofSubject,
  unclear,
} from './check.ts';
import type { ReasonCode } from './reasons.ts';
import { fileCheck, sealChecks } from './seal-checks.ts';

/** Ended, or not usable at present. `expired` and `not-yet-valid` are for the dates to say. */
const endedBy: Partial<Record<LicenceStatus, ReasonCode>> = {
  suspended: 'suspended',
  revoked: 'revoked',
  rescinded: 'rescinded',
  cancelled: 'cancelled',
  superseded: 'superseded',
  transferred: 'transferred',
  other: 'ended',
};

/** Absences that prove nothing: what is missing is the right to ask or the means to know. */
const openAbsences: readonly ReasonCode[] = ['code-not-usable', 'no-consent-or-licence', 'file-unknown'];

const isKnowable = (_: Subject, { time }: Case): boolean => time === 'now' || time === 'then';

function findNumber({ licence, type }: Subject, { asked }: Case): Finding {
  if (asked.number !== undefined && asked.number !== licence.number) return failed('licence-not-found');
  if (!type) return unclear('type-unknown');
  if (type.number.rule === 'issued') return 'passed';
  return new RegExp(`^(?:${type.number.pattern})$`, 'u').test(licence.number)
    ? 'passed'
    : failed('number-pattern');
}

function findHolder({ version }: Subject, { asked }: Case): Finding {
  const { holder } = asked;
  const isHolder = version.holders.some(
    ({ idType, idNumber, name }) =>
      idType === holder?.idType &&
      idNumber === holder.idNumber &&
      (holder.name === undefined || holder.name === name),
  );
  return isHolder ? 'passed' : failed('holder-differs');
}

function findIssuer({ licence, issuers }: Subject): Finding {
  if (issuers.some((issuer) => !issuer)) return failed('issuer-unknown');
  // The library asks for the entitlement when it issues; a register that has changed since does not undo it.
  return issuers.every((issuer) => issuer?.issues.includes(licence.typeCode))
    ? 'passed'
    : unclear('issuer-no-longer-entitled');
}

function findStatus({ state, version }: Subject): Finding {
  if (!state) return failed('not-issued-then');
  const ended = endedBy[state.status];
  if (ended) return failed(ended);
  return state.version.version === version.version ? 'passed' : failed('version-replaced');
}

function findValidity({ version }: Subject, { at }: Case): Finding {
  const day = dayAt(at);
  if (day < version.validFrom) return failed('not-yet-valid');
  return version.validUntil !== null && day > version.validUntil ? failed('expired') : 'passed';
}

/** One that was answered since, or raised later, says nothing against what the licence was then. */
function findObjection({ licence: { disputed } }: Subject, { at, time }: Case): Finding {
  // One that is open counts now, whatever the clock of the process that took it said.
  const isOpen = disputed !== undefined && (time === 'now' || disputed.since <= at);
  return isOpen ? unclear('disputed') : 'passed';
}

/**
 * Every check, in the order in which answers and receipts name them. A file that was changed is not in the library either: its
 * own check comes first, since it says why.
 */
export const checks = [
  fileCheck,
  {
    id: 'exists',
    clause: 'GB/T 36906-2018, data verification (clause unchecked)',
    passed: { zh: '证照存在于本库', en: 'The licence is in this library' },
    applies: () => true,
    run: ({ subject, missing = 'licence-not-found' }) => {
      if (subject) return 'passed';
      return openAbsences.includes(missing) ? unclear(missing) : failed(missing);
    },
  },
  {
    id: 'as-of',
    clause: 'GB/T 36901-2018 (clause unchecked)',
    passed: { zh: '本库有所问日期的记录', en: 'This library has records of the day asked about' },
    applies: ({ time }) => time !== 'now',
    run: ({ time }) =>
      time === 'then' ? 'passed' : unclear(time === 'future' ? 'as-of-in-future' : 'as-of-before-library'),
  },
  {
    id: 'holder',
    clause: 'GB/T 36906-2018, data verification (clause unchecked)',
    passed: { zh: '持证人信息一致', en: 'The holder is the one named' },
    ...ofSubject(findHolder, (_, { asked }) => asked.holder !== undefined),
  },
  {
    id: 'identifier',
    clause: 'GB/T 36904-2018; GB/T 17710-2008, MOD 37,36',
    passed: { zh: '证照标识校验位正确', en: 'The check character of the identifier is right' },
    ...ofSubject(({ version }) => {
      const parsed = parseLicenceIdentifier(version.identifier);
      return parsed.ok && parsed.warning === undefined ? 'passed' : failed('identifier-check');
    }),
  },
  {
    id: 'number',
    clause: 'GB/T 36903-2018 (clause unchecked)',
    passed: { zh: '证照编号正确', en: 'The number is right' },
    ...ofSubject(findNumber),
  },
  {
    id: 'issuer',
    clause: 'GB/T 36902-2018 (clause unchecked)',
    passed: { zh: '颁发机构有权颁发该类证照', en: 'The authority is entitled to issue this type' },
    ...ofSubject(findIssuer),
  },
  {
    id: 'status',
    clause: 'GB/T 36903-2018, status (clause unchecked)',
    passed: { zh: '证照状态：有效', en: 'Status: valid' },
    ...ofSubject(findStatus, isKnowable),
  },
  {
    id: 'validity',
    clause: 'GB/T 36903-2018, period of validity (clause unchecked)',
    passed: { zh: '在有效期内', en: 'Within its period of validity' },
    ...ofSubject(findValidity, (subject, c) => isKnowable(subject, c) && subject.state !== undefined),
  },
  {
    id: 'objection',
    clause: 'Personal Information Protection Law, article 46',
    passed: { zh: '没有未答复的异议', en: 'No objection is open' },
    ...ofSubject(findObjection, isKnowable),
  },
  ...sealChecks,
] as const satisfies readonly Check[];

/** Id of a check. */
export type CheckId = (typeof checks)[number]['id'];

/** Any failed check decides; else any that could not be made; only then the licence is valid. */
export function conclude(results: readonly { result: CheckResult }[]): Conclusion {
  if (results.some(({ result }) => result === 'failed')) return 'not_valid';
  return results.some(({ result }) => result === 'indeterminate') ? 'cannot_tell' : 'valid';
}

/** Whether the licence is one of somebody else than was named: nothing is told of it then but that. */
export const isOthers = (results: readonly { id: CheckId; result: CheckResult }[]): boolean =>
  results.some(({ id, result }) => id === 'holder' && result !== 'passed');

/** Makes every check that applies; none after the holder's when the licence is somebody else's. */
export function runChecks(c: Case) {
  const results: { id: CheckId; result: CheckResult; code: ReasonCode | null }[] = [];
  for (const check of checks as readonly (Check & { id: CheckId })[]) {
    if (isOthers(results)) break;
    if (!check.applies(c)) continue;
    const finding = check.run(c);
    results.push({ id: check.id, ...(finding === 'passed' ? { result: 'passed', code: null } : finding) });
  }
  return results;
}
