import { z } from 'zod';
import { authoritiesOf, type Bilingual, isPlainLine, Problem } from '../core/index.ts';
import {
  type FieldFault,
  faultText,
  type PageReply,
  page,
  parseForm,
  pickText,
  type Route,
  type ShowStaffPage,
  type StaffCaller,
  staffShow,
  type TextRequest,
  textInput,
} from '../http/index.ts';
import { matterFault } from '../wallet/index.ts';
import { parseAsOf } from './as-of.ts';
import type { Counter, CounterDependencies, CounterResult, Visit } from './counter.ts';
import { counterClient } from './question.ts';
import { fileLimitBytes } from './routes.ts';

const path = '/verify';
const roles = ['approver'] as const;

/** Place of the counter on the home page of staff. */
export const counterLink = {
  href: path,
  label: { zh: '核验证照', en: 'Verify a licence' },
  text: {
    zh: '凭持证人出示的码、证照编号或文件核验，回执代替复印件。',
    en: 'By the holder’s code, a number or a file; the receipt takes the place of a photocopy.',
  },
  roles,
};

/** A page request of an approver. */
interface Work {
  counter: Counter;
  deps: CounterDependencies;
  request: TextRequest;
  staffId: string;
  /** Authorities that they approve for. */
  authorityCodes: readonly string[];
  show: ShowStaffPage;
}

const line = (max: number, empty: string) =>
  z
    .string()
    .trim()
    .min(1, empty)
    .max(max, faultText(`不要超过 ${max} 个字`, `At most ${max} characters`))
    .refine(isPlainLine, faultText('请写成一行文字', 'Write it in one line'));

const matterForm = z.object({
  item: z.string().regex(/^\w{18}\|[\w.:-]{1,100}$/, faultText('请选择事项', 'Choose a service item')),
  case_number: line(100, faultText('请填写办件编号', 'Enter the case number')),
  purpose: line(200, faultText('请填写用途', 'Enter the purpose')),
});

async function choicesOf({ counter, authorityCodes, request, deps }: Work) {
  const lists = authorityCodes.map(async (code) => {
    const items = await counter.itemsFor(code);
    const authority = await deps.issuers.find(code);
    const name = authority ? pickText(authority.name, request.locale) : code;
    return items.map((item) => ({
      value: `${code}|${item.code}`,
      label: pickText(item.name, request.locale),
      authority: authorityCodes.length > 1 ? name : undefined,
    }));
  });
  return (await Promise.all(lists)).flat();
}

async function showStart(work: Work, faults: readonly FieldFault[] = []): Promise<PageReply> {
  // A site may send its officials here with the case filled in.
  const { body, query } = work.request;
  return work.show('start', { choices: await choicesOf(work), values: { ...query, ...body } }, faults);
}

async function begin(work: Work): Promise<PageReply> {
  const { request, counter, deps, staffId, authorityCodes } = work;
  const form = parseForm(matterForm, request.body);
  if (!form.ok) return showStart(work, form.faults);
  const { item, case_number: caseNumber, purpose } = form.value;
  const now = deps.clock.now();
  const fault = matterFault('purpose', purpose, now) ?? matterFault('case_number', caseNumber, now);
  if (fault) return showStart(work, [fault]);
  const [authorityCode = '', serviceItemCode = ''] = item.split('|');
  const items = authorityCodes.includes(authorityCode) ? await counter.itemsFor(authorityCode) : [];
  if (!items.some(({ code }) => code === serviceItemCode)) throw new Problem('service-item-not-granted');
  const visit = await counter.begin({ staffId, authorityCode }, { purpose, serviceItemCode, caseNumber });
  return { redirect: `${path}/${visit.id}` };
}

/** @throws {Problem} counter-visit-ended */
async function visitOf({ counter, request, staffId, authorityCodes }: Work): Promise<Visit> {
  const visit = await counter.find(request.params.id ?? '', staffId);
  // Who has left an authority since then goes on with nothing in its name.
  if (!visit || !authorityCodes.includes(visit.authorityCode)) throw new Problem('counter-visit-ended');
  return visit;
}

async function typesOf({ deps, request }: Work, { matter }: Visit) {
  const item = await deps.serviceItems.find(matter.serviceItemCode);
  const codes = item?.types.map(({ type }) => type) ?? [];
  return Promise.all(
    codes.map(async (code) => {
      const type = await deps.library.types.find(code);
      return { code, name: type ? pickText(type.name, request.locale) : code };
    }),
  );
}

async function showVisit(work: Work, faults: readonly FieldFault[] = []): Promise<PageReply> {
  const visit = await visitOf(work);
  const state = await work.counter.desk(visit);
  const item = await work.deps.serviceItems.find(visit.matter.serviceItemCode);
  return work.show(
    'desk',
    {
      visit: { id: visit.id, ...visit.matter, item: item?.name ?? visit.matter.serviceItemCode },
      desk: { ...state, secondsLeft: secondsLeft(state, work.deps.clock.now()) },
      types: await typesOf(work, visit),
      values: work.request.body,
      scripts: ['desk-code.js'],
      refreshSeconds: state.outcome === 'waiting' ? refreshSeconds : undefined,
    },
    faults,
  );
}

/** Without script the page draws itself again now and then: seldom enough to type or scan in between. */
const refreshSeconds = 20;

const secondsLeft = (state: Awaited<ReturnType<Counter['desk']>>, now: number): number =>
  state.outcome === 'waiting' ? Math.max(0, Math.ceil((state.rotatesAt - now) / 1000)) : 0;

const seen = (result: CounterResult): PageReply => ({ redirect: `${path}/results/${result.id}` });

async function check(work: Work): Promise<PageReply> {
  const visit = await visitOf(work);
  const { body, file } = work.request;
  const text = (body.entry ?? '').trim();
  const dated = (body.as_of ?? '').trim();
  const asOf = dated === '' ? undefined : parseAsOf(dated, work.deps.clock.now());
  const faults: FieldFault[] = [];
  if (!file && (text === '' || text.length > 200)) faults.push({ field: 'entry', text: entryFault });
  if (dated !== '' && !asOf) faults.push({ field: 'as_of', text: dateFault });
  if (/^1\.2\.156\.\d{4}\./.test(text)) faults.push({ field: 'entry', text: identifierFault });
  if (faults.length > 0) return showVisit(work, faults);
  const typeCode = body.type === '' ? undefined : body.type;
  return seen(await work.counter.check(visit, { text, file, typeCode, asOf }));
}

const entryFault: Bilingual = {
  zh: '请扫码、输入证照编号，或选择一个文件',
  en: 'Scan a code, enter a number, or choose a file',
};
const dateFault: Bilingual = { zh: '请写成 2024-03-05 这样的日期', en: 'Write a date such as 2024-03-05' };
const identifierFault: Bilingual = {
  zh: '这是证照标识。请输入证照编号，或扫描证照上的二维码',
  en: 'This is the licence identifier. Enter the licence number, or scan the code on the licence',
};

async function take(work: Work): Promise<PageReply> {
  const visit = await visitOf(work);
  const result = await work.counter.take(visit);
  return result ? seen(result) : { redirect: `${path}/${visit.id}` };
}

async function resultOf({ counter, request, staffId, authorityCodes }: Work): Promise<CounterResult> {
  const result = await counter.result(request.params.id ?? '', staffId);
  if (!result || !authorityCodes.includes(result.authorityCode)) throw new Problem('counter-visit-ended');
  return result;
}

async function showResult(work: Work): Promise<PageReply> {
  const result = await resultOf(work);
  // The next licence of the case is entered here as well, while the case is on the desk.
  const visit = await work.counter.find(result.visitId, work.staffId);
  const item = await work.deps.serviceItems.find(result.matter.serviceItemCode);
  const authority = await work.deps.issuers.find(result.authorityCode);
  const { receipt: _, staffId: __, ...shown } = result;
  return work.show('result', {
    result: shown,
    item: item?.name ?? result.matter.serviceItemCode,
    authority: authority?.name ?? result.authorityCode,
    visit: visit && { id: visit.id },
    types: visit ? await typesOf(work, visit) : [],
    scripts: ['print.js'],
  });
}

async function giveReceipt(work: Work): Promise<PageReply> {
  const { receipt, receiptId } = await resultOf(work);
  return { file: Buffer.from(receipt), type: 'application/jose', name: `receipt-${receiptId}.jws` };
}

/** The same that clients get at the address of the proof, for the receipts of counters, which no client holds. */
async function giveProof(work: Work): Promise<PageReply> {
  const { receiptId, authorityCode } = await resultOf(work);
  const proof = await work.deps.receipts.proof(receiptId, counterClient(authorityCode));
  if (!proof) throw new Problem('not-found');
  return {
    file: Buffer.from(JSON.stringify(proof)),
    type: 'application/json',
    name: `proof-${receiptId}.json`,
  };
}

/** The pages of the counter: a matter, then as many licences as it needs. */
export function counterRoutes(deps: CounterDependencies & { counter: Counter }): readonly Route[] {
  const at = (
    method: 'GET' | 'POST',
    place: string,
    summary: string,
    handle: (work: Work) => Promise<PageReply>,
    more: Pick<Route, 'upload'> = {},
  ): Route =>
    page({
      ...{ method, path: `${path}${place}`, access: { staff: roles }, summary, ...more },
      ...textInput,
      problems: [
        'service-item-not-granted',
        'counter-visit-ended',
        'code-limited',
        'rate-limited',
        'not-found',
      ],
      handle: (request) => handle(workOf(deps, request)),
    });
  return [
    at('GET', '', 'The matter that a counter works on', showStart),
    at('POST', '', 'Begins work on a matter', begin),
    at('GET', '/{id}', 'The desk code, and one field for codes, numbers and files', showVisit),
    at('POST', '/{id}/check', 'Verifies what was scanned, typed or chosen', check, {
      upload: { limitBytes: fileLimitBytes },
    }),
    at('POST', '/{id}/take', 'Verifies what the holder confirmed at the desk', take),
    at('POST', '/{id}/reopen', 'Shows a desk code again', async (work) => {
      const visit = await work.counter.reopen(await visitOf(work));
      return { redirect: `${path}/${visit.id}` };
    }),
    at('GET', '/results/{id}', 'A result, to read and to print', showResult),
    at('GET', '/results/{id}/receipt', 'The signed receipt, for the case file', giveReceipt),
    at('GET', '/results/{id}/proof', 'The proof that the receipt is in the log', giveProof),
  ];
}

function workOf(
  { counter, ...deps }: CounterDependencies & { counter: Counter },
  request: TextRequest,
): Work {
  const caller = request.caller as StaffCaller;
  return {
    ...{ counter, deps, request, staffId: caller.accountId },
    authorityCodes: authoritiesOf(caller.duties),
    show: staffShow(request, 'verification', counterLink),
  };
}
