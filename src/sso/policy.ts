import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import type { AssuranceLevel } from '../core/index.ts';
import { levelOf, requestedLevel } from './acr.ts';
import { actingOf } from './acting.ts';
import type { AccountsPort } from './port.ts';
import { portalClientId } from './portal-client.ts';

const { Check, Prompt, base } = interactionPolicy;

/**
 * The questions that a request may still have to put to the person, in order: register, log in, act for whom, consent. The
 * provider's own checks, with two changes: a session whose account is gone counts as none, and acr is an order, not an equality.
 */
export function createPolicy(accounts: AccountsPort): interactionPolicy.DefaultPolicy {
  const policy = base();
  policy.add(new Prompt({ name: 'create', requestable: true }), 0);
  const checks = policy.get('login')?.checks;
  if (!checks) throw new Error('the provider has no login prompt any more');
  for (const reason of ['no_session', 'essential_acr', 'essential_acrs']) checks.remove(reason);
  checks.add(
    new Check('no_session', 'End-User authentication is required', 'login_required', ({ oidc }) =>
      oidc.session?.accountId === undefined || oidc.account === undefined
        ? Check.REQUEST_PROMPT
        : Check.NO_NEED_TO_PROMPT,
    ),
  );
  checks.add(
    new Check('acr_too_low', 'a higher level of assurance is required', 'login_required', isLevelTooLow),
  );
  checks.add(
    new Check(
      'staff_not_here',
      'accounts of staff do not enter this site',
      'login_required',
      isStaffElsewhere,
    ),
  );
  // Pages say for whom the person acts; the provider keeps no more of a session with a question than it needs itself.
  const details = (ctx: KoaContextWithOIDC) => ({ organisationId: actingOf(ctx)?.organisationId });
  policy.add(new Prompt({ name: 'acting' }, details, ...actingChecks(accounts)), 2);
  for (const name of ['login', 'consent']) Object.assign(policy.get(name) ?? {}, { details });
  return policy;
}

/** When to ask for whom the person acts: a login page left it open, or a site wants to know and nothing was ever chosen. */
function actingChecks(accounts: AccountsPort): interactionPolicy.Check[] {
  const description = 'for whom the person acts has to be chosen';
  return [
    new Check('acting_asked', description, ({ oidc: { result } }) =>
      result?.actingReason !== undefined && result.acting === undefined
        ? Check.REQUEST_PROMPT
        : Check.NO_NEED_TO_PROMPT,
    ),
    new Check('acting_unknown', description, async (ctx) => {
      const { oidc } = ctx;
      const wants =
        oidc.requestParamOIDCScopes.has('organisation') || oidc.requestParamClaims.has('acting_for');
      if (!wants || oidc.prompts.has('none') || actingOf(ctx) !== undefined || !oidc.account)
        return Check.NO_NEED_TO_PROMPT;
      return (await accounts.hasOrganisations(oidc.account.accountId))
        ? Check.REQUEST_PROMPT
        : Check.NO_NEED_TO_PROMPT;
    }),
  ];
}

/** Whether a member of staff stands before a site that is for people: an account of staff is nobody's own. */
function isStaffElsewhere({ oidc: { account, client } }: KoaContextWithOIDC): boolean {
  const { duties } = (account ?? {}) as { duties?: unknown };
  const isOpen =
    client?.clientId === portalClientId || (client as { staff_login?: unknown })?.staff_login === true;
  return duties === undefined || isOpen ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
}

/** Asks for a step-up while that can help; ends the request when it cannot and the site cannot do with less. */
function isLevelTooLow(ctx: KoaContextWithOIDC): boolean {
  const { oidc } = ctx;
  const { level, essential } = requestedLevel(oidc.params ?? {});
  if (essential && level === undefined) throw unreachable();
  // Nobody is logged in: that is the other check's question, this one follows after the login.
  if (level === undefined || oidc.account === undefined || levelOf(ctx) >= level) {
    return Check.NO_NEED_TO_PROMPT;
  }
  if (essential) {
    const { reachableLevel } = oidc.account as { reachableLevel?: AssuranceLevel };
    if ((reachableLevel ?? 0) < level) throw unreachable();
    return Check.REQUEST_PROMPT;
  }
  const settled = oidc.result?.acceptLower !== undefined || oidc.prompts.has('none');
  return settled ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
}

/** @see OpenID Connect Core Unmet Authentication Requirements 1.0 */
function unreachable(): errors.OIDCProviderError {
  return new errors.UnmetAuthenticationRequirements('the requested acr cannot be reached by this account');
}
