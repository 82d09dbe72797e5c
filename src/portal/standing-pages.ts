import type { Route } from '../http/index.ts';
import { page, personMenu } from '../http/index.ts';
import type { PortalContext } from './deps.ts';
import { staffHome } from './staff-entrance.ts';

const access = { anyone: 'public information' };

const notice = (path: string, view: string, summary: string): Route =>
  page({ method: 'GET', path, access, summary, handle: async () => ({ view: `portal/${view}` }) });

/** The notes that every page links to. */
export const footerLinks = [
  { href: '/privacy', label: { zh: '隐私说明', en: 'Privacy' } },
  { href: '/accessibility', label: { zh: '无障碍说明', en: 'Accessibility' } },
] as const;

/** Home, and the notes that every page links to. */
export function standingRoutes(context: PortalContext): readonly Route[] {
  return [
    page({
      method: 'GET',
      path: '/',
      access,
      summary: 'What this is, and the way in',
      async handle(request) {
        const caller = await context.portalSessions.find(request.koa);
        if (caller?.isStaff) return { redirect: staffHome };
        const person = caller && (await context.identity.care.overview(caller.accountId));
        if (!caller || !person) return { view: 'portal/home' };
        return {
          view: 'portal/home',
          data: {
            name: person.maskedName,
            level: caller.level,
            acting: caller.actingFor,
            nav: personMenu(request),
          },
        };
      },
    }),
    notice('/privacy', 'privacy', 'What is kept, why, and for how long'),
    notice('/accessibility', 'accessibility', 'How these pages can be used by everybody'),
  ];
}
