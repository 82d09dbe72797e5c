import type { KoaContextWithOIDC } from 'oidc-provider';
import { lookupKey } from './hash.ts';
import type { Acting, SessionRecord, SiteAuthorization } from './store.ts';

/** A choice of whom to act for, as the pages of a login or the portal make it. */
export type ActingChoice = Pick<Acting, 'organisationId' | 'since'>;

/** The sessions behind tokens: the provider has read them already when somebody asks whom they act for. */
const behindTokens = new WeakMap<object, Acting | undefined>();

/** Remembers whom the session behind this request's token acts for. */
export function noteActing(ctx: object, acting: Acting | undefined): void {
  behindTokens.set(ctx, acting);
}

/** Whether sites that know the one must not take the session for the other. */
export const isOtherActor = (a: ActingChoice | undefined, b: ActingChoice | undefined): boolean =>
  a?.organisationId !== b?.organisationId;

/** What holds after a choice. Of two that meet, because two requests ran at once, the later one counts. */
export function afterChoice(
  before: Acting | undefined,
  choice: ActingChoice | undefined,
): Acting | undefined {
  if (!choice || (before && before.since >= choice.since)) return before;
  const epoch = isOtherActor(before, choice) ? choice.since : before?.epoch;
  return { ...choice, ...(epoch !== undefined && { epoch }) };
}

/**
 * Whom the person of this request acts for: as just chosen on the pages of this login, or as the session has it. Undefined
 * when nobody was ever chosen; without an organisation when the person chose themselves.
 */
export function actingOf(ctx: KoaContextWithOIDC): Acting | undefined {
  const { session, result } = ctx.oidc as {
    session?: { acting?: Acting | undefined } | undefined;
    result?: { acting?: ActingChoice | undefined } | undefined;
  };
  return afterChoice(session ? session.acting : behindTokens.get(ctx), result?.acting);
}

/**
 * The name of a session at a site. It follows from both, so that two requests at once agree on it, and is another one after
 * each change of whom the session acts for, so that a late notice about the time before does not end the present one.
 */
export function sidOf(uid: string, clientId: string, epoch: number | undefined): string {
  return lookupKey('sid', [uid, clientId, ...(epoch === undefined ? [] : [epoch])].join(' '));
}

/** The session after a choice. When it acts for somebody else from now on, every site is left, and tokens find no grant. */
export function withChoice(record: SessionRecord, choice: ActingChoice): SessionRecord {
  const acting = afterChoice(record.acting, choice);
  return {
    ...record,
    acting,
    authorizations: isOtherActor(record.acting, acting) ? {} : record.authorizations,
  };
}

/** Sites that were entered in `before` and are not under the same name in `after`. */
export function sitesLeft(before: SessionRecord, after: SessionRecord): Record<string, SiteAuthorization> {
  return Object.fromEntries(
    Object.entries(before.authorizations).filter(
      ([clientId, { sid }]) => sid !== undefined && after.authorizations[clientId]?.sid !== sid,
    ),
  );
}
