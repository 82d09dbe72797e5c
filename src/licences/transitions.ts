import type { Bilingual } from '../core/index.ts';
import type { LicenceStatus } from './port.ts';
import type { recordedStatuses } from './record.ts';

/** A state that an issuer says. */
export type RecordedStatus = (typeof recordedStatuses)[number];

/** One row of the table of transitions. */
export interface TransitionRule {
  from: readonly RecordedStatus[];
  to: RecordedStatus;
  /** What the step is called; the same state may be reached by several. */
  name: Bilingual;
  /** A reason has to be given, for the holder and for the file. */
  needsReason: boolean;
  /** The licence has ended then: its file stays for the record, and no version is changed or sealed any more. */
  ends: boolean;
}

const end = { needsReason: true, ends: true } as const;
const inForce = ['valid', 'suspended'] as const;

/**
 * Every step between states that an issuer says. What is computed is not among them: `not-yet-valid` and `expired` from dates,
 * `superseded` from a renewal. An expired licence is `valid` or `suspended` here, so it can still be revoked. Whatever the
 * state, every look-up still finds the licence: nothing is deleted.
 */
const transitionRules: readonly TransitionRule[] = [
  {
    from: ['valid'],
    to: 'suspended',
    name: { zh: '暂扣', en: 'Suspend' },
    needsReason: true,
    ends: false,
  },
  {
    from: ['suspended'],
    to: 'valid',
    name: { zh: '解除暂扣', en: 'Lift the suspension' },
    needsReason: false,
    ends: false,
  },
  { from: inForce, to: 'revoked', name: { zh: '吊销', en: 'Revoke' }, ...end },
  { from: inForce, to: 'rescinded', name: { zh: '撤销', en: 'Rescind' }, ...end },
  { from: inForce, to: 'cancelled', name: { zh: '注销', en: 'Cancel' }, ...end },
  { from: inForce, to: 'transferred', name: { zh: '转出', en: 'Transfer out' }, ...end },
  {
    from: ['transferred'],
    to: 'valid',
    name: { zh: '取消转出', en: 'Undo the transfer' },
    needsReason: true,
    ends: false,
  },
  { from: inForce, to: 'other', name: { zh: '其他失效情形', en: 'End for another reason' }, ...end },
];

/** The row for a step; undefined when the table has none. */
export const findTransition = (from: RecordedStatus, to: RecordedStatus): TransitionRule | undefined =>
  transitionRules.find((rule) => rule.to === to && rule.from.includes(from));

/** Steps that start from a state. */
export const transitionsFrom = (from: RecordedStatus): TransitionRule[] =>
  transitionRules.filter((rule) => rule.from.includes(from));

const ended = new Set<LicenceStatus>(transitionRules.filter(({ ends }) => ends).map(({ to }) => to));

/** True when the issuer has ended it. */
export const isEnded = (status: LicenceStatus): boolean => ended.has(status);

/** What each state is called, and its national code where it has one. @see MOHURD interface codes 01 to 99, which provinces share */
export const statusTexts: Readonly<Record<LicenceStatus, Bilingual & { code?: string }>> = {
  'not-yet-valid': { zh: '未到生效日期', en: 'Not yet valid' },
  valid: { zh: '有效', en: 'Valid', code: '01' },
  suspended: { zh: '暂扣', en: 'Suspended', code: '02' },
  rescinded: { zh: '已撤销', en: 'Rescinded', code: '03' },
  cancelled: { zh: '已注销', en: 'Cancelled', code: '04' },
  expired: { zh: '已过期', en: 'Expired', code: '05' },
  superseded: { zh: '已换发新证', en: 'Renewed under a new number', code: '05' },
  transferred: { zh: '已转出', en: 'Transferred', code: '06' },
  revoked: { zh: '已吊销', en: 'Revoked', code: '07' },
  other: { zh: '已失效', en: 'Ended', code: '99' },
};
