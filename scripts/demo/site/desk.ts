import type Router from '@koa/router';
import type { Context } from 'koa';
import { createDeskPages } from './desk-pages.ts';
import type { Entrance } from './entrance.ts';
import type { SiteSettings } from './settings.ts';
import { type Language, texts } from './texts.ts';

/** A site as its parts know it. */
export interface Site {
  settings: SiteSettings;
  router: Router;
  people: Entrance;
  staff: Entrance;
  languageOf(ctx: Context): Language;
}

/** Somebody of the staff who may work at this desk. */
export interface Clerk {
  name: string;
}

/** Mounts `/desk/login`, and answers who works there: a passkey in this session, and a duty at the right authority. */
export function createDesk({ settings, router, staff, languageOf }: Site) {
  const { duty } = settings.desk;
  const pages = { zh: createDeskPages(settings, 'zh'), en: createDeskPages(settings, 'en') };

  router.get('/desk/login', (ctx) =>
    staff.send(ctx, { level: 3, locale: texts[languageOf(ctx)].code }, () => '/desk'),
  );

  return {
    /** The clerk, or undefined: then the page that says what is missing stands already. */
    clerkOf(ctx: Context): Clerk | undefined {
      const visit = staff.visitOf(ctx);
      const { duties = [], name } = (visit?.userinfo ?? {}) as {
        duties?: { role: string; authority_code: string }[];
        name?: string;
      };
      const isTheirs = duties.some(
        ({ role, authority_code: code }) => role === duty.role && code === duty.authorityCode,
      );
      const isSure = visit?.claims.acr === 'urn:tongxing:loa:3';
      if (isTheirs && isSure) return { name: String(name ?? '') };
      ctx.status = visit ? 403 : 200;
      ctx.body = pages[languageOf(ctx)].entrance(visit !== undefined);
      return undefined;
    },
  };
}
