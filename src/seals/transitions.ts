import type { StaffRole } from '../core/index.ts';
import type { SealEvent } from './events.ts';
import type { Seal, SealAction, SealActor, SealStatus } from './register-port.ts';

interface Transition {
  from: readonly SealStatus[];
  to: SealStatus;
  /** Seal keepers act for their own authority, security administrators for every one. */
  roles: readonly StaffRole[];
  /** Whether the console may do it too. */
  byOperator: boolean;
  /** Not by the person who applied: it takes two to make a seal. */
  byAnother: boolean;
  needsReason: boolean;
  event: SealEvent;
}

/** Who keeps the seals. */
export const keepers = ['seal-keeper', 'security-administrator'] as const;

/** The life of a seal as data: everything else about it follows from these rows. */
export const sealTransitions = {
  approve: {
    from: ['applied'],
    to: 'approved',
    roles: keepers,
    byOperator: false,
    byAnother: true,
    needsReason: false,
    event: 'seals.seal.approved',
  },
  activate: {
    from: ['approved'],
    to: 'active',
    roles: ['seal-keeper'],
    byOperator: true,
    byAnother: false,
    needsReason: false,
    event: 'seals.seal.activated',
  },
  suspend: {
    from: ['active'],
    to: 'suspended',
    roles: keepers,
    byOperator: true,
    byAnother: false,
    needsReason: true,
    event: 'seals.seal.suspended',
  },
  resume: {
    from: ['suspended'],
    to: 'active',
    roles: keepers,
    byOperator: false,
    byAnother: false,
    needsReason: true,
    event: 'seals.seal.resumed',
  },
  revoke: {
    from: ['applied', 'approved', 'active', 'suspended'],
    to: 'revoked',
    roles: keepers,
    byOperator: true,
    byAnother: false,
    needsReason: true,
    event: 'seals.seal.revoked',
  },
} as const satisfies Record<SealAction, Transition>;

/** Whether somebody may do something to seals of an owner at all. */
export function mayAct(actor: SealActor, rule: Pick<Transition, 'roles' | 'byOperator'>, ownerCode: string) {
  if (!('duties' in actor)) return rule.byOperator;
  return actor.duties.some(
    ({ role, authorityCode }) =>
      rule.roles.includes(role) && (role === 'security-administrator' || authorityCode === ownerCode),
  );
}

/** Who may apply for a seal. */
export const applicants: Pick<Transition, 'roles' | 'byOperator'> = {
  roles: ['seal-keeper'],
  byOperator: false,
};

/** What can be done to a seal in a status. */
export const actionsFrom = (status: SealStatus): SealAction[] =>
  (Object.keys(sealTransitions) as SealAction[]).filter((action) =>
    (sealTransitions[action].from as readonly SealStatus[]).includes(status),
  );

/** The status that a seal had at an instant of our own clock; undefined before it was applied for. */
export function sealStatusAt({ history }: Pick<Seal, 'history'>, at: number): SealStatus | undefined {
  return history.findLast((entry) => entry.at <= at)?.status;
}
