import type { Context } from 'koa';
import type { Bilingual } from '../core/index.ts';
import type { ClientLabel } from './clients-port.ts';

/** The pages that the provider needs; drawn elsewhere. Each call answers the request completely (status, headers, body). */
export interface SsoPages {
  /** An authorization or logout request that cannot be answered to the site, or an endpoint opened in a browser. */
  renderError(
    ctx: Context,
    fault: {
      status: number;
      error: string;
      description: string;
      text: Bilingual;
      retryAfterSeconds?: number;
    },
  ): void | Promise<void>;
  /**
   * Asks whether to log out: a POST form to `action` with hidden `xsrf`; button `logout-yes` sends logout=yes, button
   * `logout-no` sends nothing more and leaves only the site that asked. `formAction`: origins for the page's policy.
   */
  renderLogout(
    ctx: Context,
    question: {
      action: string;
      xsrf: string;
      /** The site that asked for it. */
      client?: ClientLabel | undefined;
      /** Every site that the session entered: all of them are left by `logout-yes`. */
      sites: readonly ClientLabel[];
      formAction: readonly string[];
    },
  ): void | Promise<void>;
  /**
   * Sends what the protocol answers back to the site (response_mode=form_post): a POST form to `action` with hidden `fields`, and
   * a button for those without scripts. The policy of the page is set afterwards.
   */
  renderReturn(
    ctx: Context,
    answer: {
      action: string;
      fields: Readonly<Record<string, string>>;
      client?: ClientLabel | undefined;
      status: number;
    },
  ): void | Promise<void>;
  /** `left`: the one site that was left by `logout-no`; the session goes on. Undefined: the session is over everywhere. */
  renderLoggedOut(ctx: Context, done: { left?: ClientLabel | undefined }): void | Promise<void>;
}
