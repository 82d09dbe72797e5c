import type { Context } from 'koa';
import type { Bilingual } from '../core/index.ts';
import type { SsoPages } from '../sso/index.ts';
import { portalClientId } from '../sso/index.ts';
import type { PortalContext } from './deps.ts';

/** Remembers, from the question to the answer, which sites a logout ends: afterwards nobody knows any more. */
const leavingCookie = 'leaving';
const leavingSeconds = 600;
const mostSites = 20;

/** The pages that sso needs drawn: a failed request, the question before logging out, and what came of it. */
export function createSsoPages({ http, sso }: Pick<PortalContext, 'http' | 'sso'>): SsoPages {
  const { cookies } = http;
  const leftSites = async (ctx: Context): Promise<Bilingual[]> => {
    const ids = new URLSearchParams(cookies.get(ctx, leavingCookie)).getAll('id').slice(0, mostSites);
    const names = await Promise.all(ids.map((id) => sso.clients.findName(id)));
    return names.filter((name) => name !== undefined);
  };
  return {
    renderError(ctx, { status, error, text, retryAfterSeconds }) {
      http.renderPage(ctx, {
        view: 'portal/protocol-error',
        status,
        data: { error, text, isDown: status >= 500 },
        ...(retryAfterSeconds && { headers: { 'Retry-After': String(retryAfterSeconds) } }),
      });
    },
    renderLogout(ctx, { action, xsrf, client, sites, formAction }) {
      const others = sites.filter(({ id }) => id !== portalClientId);
      const ids = new URLSearchParams(others.slice(0, mostSites).map(({ id }) => ['id', id]));
      cookies.set(ctx, leavingCookie, ids.toString(), leavingSeconds);
      const site = client?.id === portalClientId ? undefined : client?.name;
      const data = { action, xsrf, site, sites: others.map(({ name }) => name) };
      http.renderPage(ctx, { view: 'portal/logout', data, formAction });
    },
    renderReturn(ctx, { action, fields, client, status }) {
      const data = {
        action,
        fields: Object.entries(fields),
        site: client?.name,
        scripts: ['submit-form.js'],
      };
      http.renderPage(ctx, { view: 'portal/return', status, data });
    },
    async renderLoggedOut(ctx, { left }) {
      const isKept = left?.id === portalClientId;
      const sites = left ? [] : await leftSites(ctx);
      cookies.clear(ctx, leavingCookie);
      http.renderPage(ctx, { view: 'portal/logged-out', data: { isKept, site: left?.name, sites } });
    },
  };
}
