import { createApi } from './api.ts';
import { type CaseFile, createCases, type Verification } from './cases.ts';
import type { ApplicationSettings, SiteSettings } from './settings.ts';
import { dayAt, dayMs } from './time.ts';

/** Forms of food business, as the licence names them. */
export const businessForms = ['食品销售经营者', '餐饮服务经营者', '集中用餐单位食堂'] as const;

/** What a company says when it applies. */
export interface Answers {
  premises: string;
  form: (typeof businessForms)[number];
  items: string;
}

/** The case file of one application for a food business licence. */
export interface Application extends CaseFile {
  /** The company that somebody acted for. */
  applicant: { name: string; idNumber: string };
  answers: Answers;
  /** The consent under which the business licence is verified. */
  shareId?: string;
  /** In the order in which they were made; the last one counts. */
  verifications: readonly Verification[];
  /** Written before the licence is issued, so that a repeat asks for the very same licence. */
  decision?: { by: string; on: string };
  licence?: { id: string; number: string; identifier: string };
  /** Given back by a clerk: the company reads why, and applies anew. */
  returned?: { by: string; at: number; words: string };
}

/** Where an application stands. `scope`: the business licence is good, but not for food. */
export type Stage = 'consent' | 'unclear' | 'refused' | 'scope' | 'review' | 'issued' | 'returned';

/** Where an application stands. */
export function stageOf({ licence, returned, shareId, verifications }: Application): Stage {
  if (licence) return 'issued';
  if (returned) return 'returned';
  if (shareId === undefined) return 'consent';
  const last = verifications.at(-1);
  if (last?.conclusion === 'not_valid') return 'refused';
  if (last?.conclusion !== 'valid') return 'unclear';
  return last.facts.sells_food === true ? 'review' : 'scope';
}

/** Whether a clerk may still give it back: once it is approved, the licence may exist although no answer came. */
export const mayReturn = ({ decision, returned }: Application): boolean => !decision && !returned;

const consentDays = 30;
const consentReads = 5;

/** Five years less a day, which is as long as the type allows. */
function lastDay(firstDay: string): string {
  const [year, month, day] = firstDay.split('-').map(Number) as [number, number, number];
  return new Date(Date.UTC(year + 5, month - 1, day) - dayMs).toISOString().slice(0, 10);
}

/** Applications of companies: opened, verified under their consent, approved by a clerk. */
export function createApplications(settings: SiteSettings, application: ApplicationSettings) {
  const { issuer, desk } = settings;
  const cases = createCases<Application>(settings.cases);
  const library = createApi(issuer, settings.client, 'verifications:create');
  const bureau = createApi(issuer, application.bureau, 'licences:issue');
  const matter = (number: string) => ({
    purpose: '办理食品经营许可，核对营业执照',
    service_item_code: desk.serviceItem.code,
    case_number: number,
  });

  return {
    ...cases,

    open: (applicant: Application['applicant'], answers: Answers): Application =>
      cases.put({
        number: cases.newNumber('FOOD', Date.now()),
        ...{ openedAt: Date.now(), applicant, answers, verifications: [] },
      }),

    /** Gives it back with the clerk's words, unless another clerk was faster. */
    giveBack: ({ number }: Application, { by, words }: { by: string; words: string }): Application =>
      cases.change(number, (file) =>
        mayReturn(file) ? { ...file, returned: { by, at: Date.now(), words } } : file,
      ),

    /** What the hall asks for with the login. @see RFC 9396 2 */
    requestOf: ({ number }: Application) => ({
      type: 'licence_verification',
      licence_types: [application.proofType],
      ...matter(number),
      valid_until: new Date(Date.now() + consentDays * dayMs).toISOString(),
      reads: consentReads,
    }),

    consented: ({ number }: Application, shareId: string): Application =>
      cases.change(number, (file) => ({ ...file, shareId })),

    /** Asks the library under the company's consent. Undefined when no answer came: then the file stays as it was. */
    async verify(file: Application, language: string): Promise<Application | undefined> {
      const { status, body } = await library.post(
        '/api/v1/verifications',
        {
          ...{ by: 'holder', id_type: '001', id_number: file.applicant.idNumber },
          ...{ type_code: application.proofType, share_id: file.shareId, ...matter(file.number) },
        },
        { language },
      );
      if (status !== 200) return undefined;
      const answer = body as unknown as WireAnswer;
      const verification: Verification = {
        ...{ at: Date.now(), conclusion: answer.conclusion, receipt: answer.receipt },
        reasons: answer.checks.filter(({ result }) => result !== 'passed').map(({ text }) => text),
        facts: answer.licence?.facts ?? {},
      };
      return cases.change(file.number, (now) => ({
        ...now,
        verifications: [...now.verifications, verification],
      }));
    },

    /**
     * Issues the licence, once however often it is asked for. `refusal`: the words of the library; nothing was issued, and
     * the same may be tried again.
     */
    async issue(
      file: Application,
      { clerk, language }: { clerk: string; language: string },
    ): Promise<{ file: Application; refusal?: string }> {
      const decided = cases.change(file.number, (now) => ({
        ...now,
        // Of two clerks the first has decided.
        decision: now.decision ?? { by: clerk, on: dayAt(Date.now()) },
      }));
      const { status, body } = await bureau.post(
        '/api/v1/licences',
        draftOf(decided, application, desk.serviceItem.code),
        { language, key: file.number },
      );
      if (status !== 201) return { file: decided, refusal: String(body.detail ?? body.title ?? status) };
      const { id, number, identifier } = body as unknown as NonNullable<Application['licence']>;
      const licence = { id, number, identifier };
      return { file: cases.change(file.number, (now) => ({ ...now, licence })) };
    },
  };
}

/** What is read of an answer. */
interface WireAnswer {
  conclusion: Verification['conclusion'];
  checks: readonly { result: string; text: string }[];
  licence: { facts: Record<string, unknown> } | null;
  receipt: string;
}

/** The licence to issue: who and where comes from the verified business licence, not from what somebody typed. */
function draftOf(
  { number, applicant, answers, verifications, decision = { by: '', on: '' } }: Application,
  { licenceType, authority }: ApplicationSettings,
  serviceItemCode: string,
) {
  const { by, on } = decision;
  const { legal_representative: representative, address } = verifications.at(-1)?.facts ?? {};
  return {
    type_code: licenceType,
    issuing_authority_code: authority.code,
    holders: [{ id_type: '001', id_number: applicant.idNumber, name: applicant.name }],
    number: `JY2${authority.areaCode}${number.slice(-7)}`,
    ...{ issued_on: on, valid_from: on, valid_until: lastDay(on), area_code: authority.areaCode },
    data: {
      ...{ legal_representative: representative, address, premises: answers.premises },
      ...{ business_form: answers.form, business_items: answers.items },
      ...{ supervising_authority: authority.zh, supervisors: '样板区监管所', complaint_phone: '12315' },
      signed_by: by,
    },
    ...{ case_number: number, service_item_code: serviceItemCode },
  };
}
