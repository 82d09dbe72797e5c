import { z } from 'zod';
import { asSeen, authoritiesOf, isPlainText, Problem, type StaffRole } from '../core/index.ts';
import {
  type FieldFault,
  faultText,
  type PageReply,
  page,
  parseForm,
  type Route,
  type ShowStaffPage,
  type StaffCaller,
  staffShow,
  type TextRequest,
  textInput,
} from '../http/index.ts';
import { shownNumber } from '../licences/index.ts';
import { createCards } from './cards.ts';
import { answerDays, mostCharacters } from './objections.ts';
import { type Found, hurried, licencePages, type Visit, type WalletContext } from './pages.ts';

const longText = (tooShort: string) =>
  z
    .string()
    .transform((text) => text.replaceAll('\r\n', '\n').trim())
    .pipe(
      z
        .string()
        .min(5, tooShort)
        .max(mostCharacters, faultText('最多 1000 个字', 'At most 1,000 characters'))
        // The other side decides by what it reads.
        .refine(
          (text) => isPlainText(text) && asSeen(text) !== '',
          faultText(
            '含有看不见的控制字符，请删除后重新输入',
            'There are invisible control characters in it; take them out',
          ),
        ),
    );
const objectionForm = z.object({
  text: longText(faultText('请写清楚哪里不对，至少 5 个字', 'Say what is wrong, in 5 characters at least')),
});
const answerForm = z.object({
  decision: z.enum(['corrected', 'rejected'], faultText('请选择处理结果', 'Choose what you decided')),
  text: longText(
    faultText(
      '请写明改了什么，或者为什么不改，至少 5 个字',
      'Say what was corrected or why nothing was, in 5 characters at least',
    ),
  ),
});

async function showForm(
  visit: Visit,
  found: Found,
  wrong = [] as Parameters<Visit['show']>[2],
): Promise<PageReply> {
  const { context, caller } = visit;
  const card = await createCards(context, caller.level)(found.licence);
  if (!card) throw new Problem('wallet-licence-not-found');
  const objections = await context.objections.ofLicence(card.id);
  // Nobody writes a second one for nothing while the first waits.
  if (objections.some(({ status }) => status === 'open'))
    return { redirect: `/wallet/${card.id}#objections` };
  return visit.show('objection', { card, answerDays }, wrong);
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

/** Objections as one clerk sees them. */
interface Work {
  context: WalletContext;
  request: TextRequest;
  /** Authorities that they issue for. */
  authorityCodes: readonly string[];
  show: ShowStaffPage;
}

async function list({ context, request, authorityCodes, show }: Work): Promise<PageReply> {
  const { objections, library, names, clock } = context;
  const { query } = request;
  const isOpen = query.state !== 'answered';
  const authority = authorityCodes.find((code) => code === query.authority) ?? authorityCodes[0] ?? '';
  const found = await objections.ofAuthority(authority, { isOpen, after: query.after });
  const items = await Promise.all(
    found.items.map(async (one) => ({
      ...one,
      type: (await library.types.find(one.typeCode))?.name ?? one.typeCode,
    })),
  );
  const authorities = await Promise.all(
    authorityCodes.map(async (code) => ({
      code,
      name: (await names.ofAuthority(code)) ?? code,
      isCurrent: code === authority,
    })),
  );
  const link = { state: isOpen ? 'open' : 'answered', authority };
  return show('objections', {
    ...{ items, isOpen, authority, authorities, said: query.said === 'answered', now: clock.now() },
    next: found.next && `${objectionsLink.href}?${new URLSearchParams({ ...link, after: found.next })}`,
  });
}

async function detail(work: Work, faults: readonly FieldFault[] = []): Promise<PageReply> {
  const { context, request, authorityCodes, show } = work;
  const { accountId: actor } = request.caller as StaffCaller;
  const objection = await context.objections.find(request.params.id ?? '', authorityCodes);
  const licence = objection && (await context.library.findById(objection.licenceId));
  if (!objection || !licence) throw new Problem('objection-not-found');
  // What a holder writes says as much as the licence does: whoever reads it is in the log like whoever opens the other.
  const seen = { licence: licence.id, type: licence.typeCode, actor };
  await context.audit.record('licences.licence.shown', seen);
  const card = await createCards(context, 3)(licence);
  const shown = { objection, card, number: shownNumber(licence), now: context.clock.now() };
  return show('objection-answer', { ...shown, values: request.body }, faults);
}

async function answer(work: Work): Promise<PageReply> {
  const { context, request, authorityCodes } = work;
  const form = parseForm(answerForm, request.body);
  if (!form.ok) return detail(work, form.faults);
  const id = request.params.id ?? '';
  const by = (request.caller as StaffCaller).accountId;
  const outcome = await context.objections.answer({ ...form.value, id, authorityCodes, by });
  if (outcome === 'not-found') throw new Problem('objection-not-found');
  return {
    redirect:
      outcome === 'answered' ? `${objectionsLink.href}?said=answered` : `${objectionsLink.href}/${id}`,
  };
}

/** The side of the authority that issued it. */
export function objectionStaffRoutes(context: WalletContext): readonly Route[] {
  const at = (
    method: 'GET' | 'POST',
    path: string,
    summary: string,
    handle: (work: Work) => Promise<PageReply>,
  ): Route =>
    page({
      ...{ method, path: `${objectionsLink.href}${path}`, access: { staff: ['issuing-clerk'] }, summary },
      ...textInput,
      problems: ['objection-not-found'],
      handle: (request) => {
        const { duties } = request.caller as StaffCaller;
        const authorityCodes = authoritiesOf(duties);
        return handle({
          context,
          request,
          authorityCodes,
          show: staffShow(request, 'wallet', objectionsLink),
        });
      },
    });
  return [
    at('GET', '', 'Objections that wait for my authority', (work) => list(work)),
    at('GET', '/{id}', 'One objection', (work) => detail(work)),
    at('POST', '/{id}', 'Answer an objection', answer),
  ];
}
