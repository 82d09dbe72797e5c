import type { KoaContextWithOIDC } from 'oidc-provider';
import { setPolicy } from '../http/index.ts';

/**
 * Twice the provider answers with a bare page that submits itself, although there is nothing to ask: when somebody logs out who
 * is not logged in, and when somebody logs in as another person than the one of this browser's session. Without a script
 * that page is a dead end. Here the browser is sent on at once; everything that the page would have checked was checked.
 */
export async function sparePage(ctx: KoaContextWithOIDC): Promise<void> {
  const { oidc } = ctx;
  if (!oidc?.session || ctx.status !== 200) return;
  if (oidc.route === 'end_session' && !oidc.session.accountId) sendOn(ctx, afterLogout(ctx));
  if (isSwap(ctx)) {
    // The sites of the session are told as after any logout; the new login finds no session and begins one.
    await oidc.session.destroy();
    sendOn(ctx, oidc.urlFor('resume', { uid: oidc.entities.Interaction?.uid }));
  }
}

/** A login that did not go on, because the session is another person's. The provider sets the result only when it goes on. */
function isSwap({ oidc }: KoaContextWithOIDC): boolean {
  if (oidc.route !== 'resume' || oidc.result !== undefined) return false;
  const login = oidc.entities.Interaction?.result?.login as { accountId: string } | undefined;
  const of = oidc.session?.accountId;
  return login !== undefined && of !== undefined && of !== login.accountId;
}

/** The address that the provider compared with the registration, or our own page. */
function afterLogout({ oidc }: KoaContextWithOIDC): string {
  const { post_logout_redirect_uri: registered, state } = oidc.params ?? {};
  if (typeof registered !== 'string') return oidc.urlFor('end_session_success');
  const address = new URL(registered);
  if (typeof state === 'string') address.searchParams.set('state', state);
  return address.href;
}

function sendOn(ctx: KoaContextWithOIDC, address: string): void {
  setPolicy(ctx, {});
  ctx.status = 303;
  ctx.redirect(address);
}
