import { z } from 'zod';
import { Problem, type StaffRole } from '../core/index.ts';
import {
  faultText,
  type Locale,
  type PageReply,
  page,
  parseForm,
  pickText,
  type Route,
  type StaffCaller,
} from '../http/index.ts';
import { createCards } from './cards.ts';
import { answerDays, mostCharacters } from './objections.ts';
import { actingFor, type Found, hurried, licencePages, type Visit, type WalletContext } from './pages.ts';

const longText = z
  .string()
  .transform((text) => text.replaceAll('\r\n', '\n').trim())
  .pipe(
    z
      .string()
      .min(5, faultText('请写清楚哪里不对，至少 5 个字', 'Say what is wrong, in 5 characters at least'))
      .max(mostCharacters, faultText('最多 1000 个字', 'At most 1,000 characters')),
  );
const objectionForm = z.object({ text: longText });
const answerForm = z.object({
  decision: z.enum(['corrected', 'rejected'], faultText('请选择处理结果', 'Choose what you decided')),
  text: longText,
});

async function showForm(
  visit: Visit,
  found: Found,
  wrong = [] as Parameters<Visit['show']>[2],
): Promise<PageReply> {
  const card = await createCards(visit.context, visit.caller.level)(found.licence);
  if (!card) throw new Problem('wallet-licence-not-found');
  return visit.show('objection', { ...actingFor(found), card, answerDays }, wrong);
}

async function raise(visit: Visit, found: Found): Promise<PageReply> {
  const form = parseForm(objectionForm, visit.request.body);
  if (!form.ok) return showForm(visit, found, form.faults);
  const { licence, ref } = found;
  // A second one while the first waits changes nothing: the page shows the first.
  await visit.context.objections.raise({ holder: ref, licence, text: form.value.text });
  return { redirect: `/wallet/${licence.id}?said=objection` };
}

/** The holder's side. */
export function objectionRoutes(context: WalletContext): readonly Route[] {
  const licenceAt = licencePages(context);
  return [
    licenceAt('GET', '/objection', 'Form to object to an error', (visit, found) => showForm(visit, found)),
    licenceAt('POST', '/objection', 'Object to an error in my licence', raise, hurried),
  ];
}

/** The link that issuing clerks find among their places of work. */
export const objectionsLink = {
  href: '/admin/objections',
  label: { zh: '证照异议', en: 'Objections' },
  text: { zh: '答复持证人对证照内容的异议', en: 'Answer what holders say is wrong with a licence' },
  roles: ['issuing-clerk'] as readonly StaffRole[],
};

const navTexts = [
  { href: '/admin', label: { zh: '工作台', en: 'My work' } },
  { href: objectionsLink.href, label: objectionsLink.label },
  { href: '/logout', label: { zh: '退出登录', en: 'Log out' } },
];

/** The side of the authority that issued it. */
export function objectionStaffRoutes(context: WalletContext): readonly Route[] {
  const { objections, library, names, clock } = context;
  const access = { staff: ['issuing-clerk'] } as const;
  const authoritiesOf = (caller: StaffCaller) => caller.duties.map(({ authorityCode }) => authorityCode);
  const frame = (locale: Locale) => ({
    nav: navTexts.map(({ href, label }) => ({
      ...{ href, label: pickText(label, locale), current: href === objectionsLink.href },
    })),
    now: clock.now(),
  });

  const list = async (caller: StaffCaller, query: Readonly<Record<string, string>>, locale: Locale) => {
    const isOpen = query.state !== 'answered';
    const [first = ''] = authoritiesOf(caller);
    const mine = authoritiesOf(caller);
    const authority = mine.includes(query.authority ?? '') ? (query.authority ?? first) : first;
    const found = await objections.ofAuthority(authority, { isOpen, after: query.after });
    const items = await Promise.all(
      found.items.map(async (one) => ({
        ...one,
        type: (await library.types.find(one.typeCode))?.name ?? one.typeCode,
      })),
    );
    const authorities = await Promise.all(
      mine.map(async (code) => ({
        code,
        name: (await names.ofAuthority(code)) ?? code,
        isCurrent: code === authority,
      })),
    );
    const link = { state: isOpen ? 'open' : 'answered', authority };
    return {
      view: 'wallet/objections',
      data: {
        ...frame(locale),
        ...{ items, isOpen, authority, authorities, said: query.said === 'answered' },
        next: found.next && `/admin/objections?${new URLSearchParams({ ...link, after: found.next })}`,
      },
    };
  };

  const detail = async (
    caller: StaffCaller,
    id: string,
    locale: Locale,
    more: { values?: Record<string, string>; faults?: readonly unknown[] } = {},
  ) => {
    const objection = await objections.find(id, authoritiesOf(caller));
    const licence = objection && (await library.findById(objection.licenceId));
    if (!objection || !licence) throw new Problem('objection-not-found');
    const card = await createCards(context, 3)(licence);
    return {
      view: 'wallet/objection-answer',
      data: { ...frame(locale), objection, card, number: licence.number, values: {}, faults: [], ...more },
      ...(more.faults?.length && { status: 422 }),
    };
  };

  const at = (
    method: 'GET' | 'POST',
    path: string,
    summary: string,
    handle: Parameters<typeof page>[0]['handle'],
  ) =>
    page({
      ...{ method, path: `/admin/objections${path}`, access, summary, handle },
      ...(path !== '' && { params: z.strictObject({ id: z.string().max(64) }) }),
      query: z.record(z.string(), z.string().max(2000)),
      problems: ['objection-not-found'],
    } as Parameters<typeof page>[0]);

  return [
    at('GET', '', 'Objections that wait for my authority', ({ caller, query, locale }) =>
      list(caller as StaffCaller, query as Record<string, string>, locale),
    ),
    at('GET', '/{id}', 'One objection', ({ caller, params, locale }) =>
      detail(caller as StaffCaller, (params as { id: string }).id, locale),
    ),
    at('POST', '/{id}', 'Answer an objection', async ({ caller, params, body, locale }) => {
      const { id } = params as { id: string };
      const staff = caller as StaffCaller;
      const form = parseForm(answerForm, body);
      if (!form.ok) return detail(staff, id, locale, { values: body, faults: form.faults });
      const by = staff.accountId;
      const outcome = await objections.answer({
        ...form.value,
        id,
        authorityCodes: authoritiesOf(staff),
        by,
      });
      if (outcome === 'not-found') throw new Problem('objection-not-found');
      return {
        redirect: outcome === 'answered' ? '/admin/objections?said=answered' : `/admin/objections/${id}`,
      };
    }),
  ];
}
