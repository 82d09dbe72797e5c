import type { Context } from 'koa';
import type { Client, errors, KoaContextWithOIDC } from 'oidc-provider';
import { type Bilingual, isProblem } from '../core/index.ts';
import { nameOf } from './client-metadata.ts';
import type { ClientLabel, SsoPages } from './port.ts';

/** What a person reads about the faults that they meet; the OAuth code and description stand below it for the site. */
const texts: Readonly<Record<string, Bilingual>> = {
  invalid_client: {
    zh: '您访问的网站没有在本平台登记，无法登录。请联系该网站。',
    en: 'The site you came from is not registered here, so you cannot log in to it. Please tell the site.',
  },
  invalid_redirect_uri: {
    zh: '您访问的网站给出的返回地址与登记的不一致，为保护您的账号，登录已停止。请联系该网站。',
    en: 'The site gave a return address that is not registered. To protect your account, the login was stopped. Please tell the site.',
  },
  invalid_request: {
    zh: '这次登录请求不完整或已失效。请回到您要使用的网站，重新点击登录。',
    en: 'This login request is incomplete or has expired. Go back to the site you came from and log in again.',
  },
};

const otherwise: Bilingual = {
  zh: '这次请求无法完成。请回到您要使用的网站重新操作。',
  en: 'This request cannot be completed. Go back to the site you came from and try again.',
};

/** The provider's pages, drawn by the portal's views. */
export function createProviderPages(pages: SsoPages) {
  return {
    async renderError(
      ctx: KoaContextWithOIDC,
      out: { error?: unknown; error_description?: unknown },
      error: errors.OIDCProviderError | Error,
    ): Promise<void> {
      const problem = isProblem(error) ? error : undefined;
      const code = String(out.error ?? 'server_error');
      const retryAfter = problem?.headers['Retry-After'];
      await pages.renderError(ctx as unknown as Context, {
        status: problem?.status ?? ctx.status,
        error: code,
        description: String(out.error_description ?? ''),
        text: problem?.definition.text ?? texts[code] ?? otherwise,
        ...(retryAfter !== undefined && { retryAfterSeconds: Number(retryAfter) }),
      });
    },
    async logoutSource(ctx: KoaContextWithOIDC): Promise<void> {
      const state = ctx.oidc.session?.state as
        | { secret?: string; postLogoutRedirectUri?: string }
        | undefined;
      const target = URL.parse(state?.postLogoutRedirectUri ?? '');
      await pages.renderLogout(ctx as unknown as Context, {
        action: ctx.oidc.urlFor('end_session_confirm'),
        xsrf: state?.secret ?? '',
        client: labelOf(ctx.oidc.client),
        sites: await sitesOf(ctx),
        formAction: target ? [target.origin] : [],
      });
    },
    /** The provider's response mode form_post. @see OAuth 2.0 Form Post Response Mode 2 */
    async formPost(ctx: KoaContextWithOIDC, action: string, fields: Record<string, string>): Promise<void> {
      const status = 'error' in fields ? 400 : 200;
      await pages.renderReturn(ctx as unknown as Context, {
        ...{ action, fields, status },
        client: labelOf(ctx.oidc.client),
      });
    },
    async postLogoutSuccessSource(ctx: KoaContextWithOIDC): Promise<void> {
      // The provider names a client here only when the person stayed and left that one site.
      await pages.renderLoggedOut(ctx as unknown as Context, { left: labelOf(ctx.oidc.client) });
    },
  };
}

const labelOf = (client: Client | undefined): ClientLabel | undefined =>
  client && { id: client.clientId, name: nameOf(client) };

/** The sites of the session, those that are gone from the register left out. */
async function sitesOf({ oidc }: KoaContextWithOIDC): Promise<ClientLabel[]> {
  const ids = Object.keys(oidc.session?.authorizations ?? {});
  const clients = await Promise.all(ids.map((id) => oidc.provider.Client.find(id)));
  return clients.flatMap((client) => labelOf(client) ?? []);
}
