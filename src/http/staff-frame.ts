import { z } from 'zod';
import type { Bilingual } from '../core/index.ts';
import { pickText } from './locale.ts';
import type { FieldFault, PageReply, RequestOf } from './route.ts';

type Texts = Readonly<Record<string, string>>;

/** A page request whose parameters are texts that the page itself makes sense of. */
export type TextRequest = RequestOf<Texts, Texts, Record<string, string>>;

/** What such a page declares. */
export const textInput = {
  params: z.record(z.string(), z.string().max(64)),
  query: z.record(z.string(), z.string().max(2000)),
};

/** Seconds after a login within which staff may change what others rest on without showing their passkey again. */
export const recentSeconds = 600;

/** Where members of staff work, as their menu names it. */
export interface PlaceOfWork {
  href: string;
  label: Bilingual;
}

const home: PlaceOfWork = { href: '/admin', label: { zh: '工作台', en: 'My work' } };
const wayOut: PlaceOfWork = { href: '/logout', label: { zh: '退出登录', en: 'Log out' } };

/** The menu of pages of staff: their home, the place of work they are in, the way out. */
export function staffMenu(request: Pick<TextRequest, 'locale' | 'koa'>, place?: PlaceOfWork) {
  return [home, ...(place ? [place] : []), wayOut].map(({ href, label }) => ({
    ...{ href, label: pickText(label, request.locale), current: href === request.koa.path },
  }));
}

/** Draws a page of staff. Faults are those of its form, which is then answered with 422. */
export type ShowStaffPage = (
  view: string,
  data?: Record<string, unknown>,
  faults?: readonly FieldFault[],
) => PageReply;

/** Draws the pages of one place of work, whose views lie in `folder`. */
export function staffShow(request: TextRequest, folder: string, place: PlaceOfWork): ShowStaffPage {
  const nav = staffMenu(request, place);
  return (view, data, faults = []) => ({
    view: `${folder}/${view}`,
    data: { nav, wide: true, values: {}, faults, done: request.query.done, ...data },
    ...(faults.length > 0 && { status: 422 }),
  });
}
