import type { SsoPages } from '../sso/index.ts';
import type { PortalContext } from './deps.ts';

/** The pages that sso needs drawn: a failed request, the question before logging out, and that it is done. */
export function createSsoPages({ http }: Pick<PortalContext, 'http'>): SsoPages {
  return {
    renderError(ctx, { status, error, text, retryAfterSeconds }) {
      http.renderPage(ctx, {
        view: 'portal/protocol-error',
        status,
        data: { error, text },
        ...(retryAfterSeconds && { headers: { 'Retry-After': String(retryAfterSeconds) } }),
      });
    },
    renderLogout(ctx, { action, xsrf, clientName, formAction }) {
      http.renderPage(ctx, { view: 'portal/logout', data: { action, xsrf, clientName }, formAction });
    },
    renderLoggedOut(ctx, { clientName }) {
      http.renderPage(ctx, { view: 'portal/logged-out', data: { clientName } });
    },
  };
}
