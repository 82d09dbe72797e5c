import { bodyParser } from '@koa/bodyparser';
import type { Context } from 'koa';
import { type Answers, type Application, businessForms, createApplications, stageOf } from './application.ts';
import { type Clerk, createDesk, type Site } from './desk.ts';
import { createHallPages, type Fault } from './hall-pages.ts';
import type { ActingFor, Visit } from './pages.ts';
import { giveReceipt } from './receipt.ts';
import type { ApplicationSettings } from './settings.ts';
import { texts } from './texts.ts';

const form = bodyParser({ enableTypes: ['form'], formLimit: '16kb' });
const fieldsOf = (ctx: Context) => (ctx.request.body ?? {}) as Record<string, unknown>;

const companyOf = (visit: Visit | undefined): ActingFor | undefined =>
  visit?.userinfo.acting_for as ActingFor | undefined;

/** Reads the form of an application; answers what is missing. */
function readAnswers(fields: Record<string, unknown>): { answers: Answers; faults: Fault[] } {
  const text = (name: string): string => String(fields[name] ?? '').trim();
  const answers = { premises: text('premises'), form: text('form'), items: text('items') } as Answers;
  const isShort = (value: string, most: number) => value !== '' && value.length <= most;
  const faults: Fault[] = [
    ...(isShort(answers.premises, 200) ? [] : (['premises'] as const)),
    ...(businessForms.includes(answers.form) ? [] : (['form'] as const)),
    ...(isShort(answers.items, 500) ? [] : (['items'] as const)),
  ];
  return { answers, faults };
}

/**
 * The application for a food business licence and the desk where it is decided. The company's business licence is not handed
 * in: the company consents with its login, and the hall asks the library.
 */
export function mountHall(site: Site, settings: ApplicationSettings): void {
  const { router, people, languageOf } = site;
  const applications = createApplications(site.settings, settings);
  const pages = { zh: createHallPages(site.settings, 'zh'), en: createHallPages(site.settings, 'en') };
  const pagesFor = (ctx: Context) => pages[languageOf(ctx)];
  const localeOf = (ctx: Context) => texts[languageOf(ctx)].code;

  /** Goes through the login once more, which asks for the consent; verifies as soon as it is given. */
  const askConsent = (ctx: Context, file: Application): Promise<void> =>
    people.send(
      ctx,
      { level: 2, locale: localeOf(ctx), details: [applications.requestOf(file)] },
      async (back, visit, [shareId]) => {
        // Whoever comes back may act for somebody else by now: then the consent is not this company's.
        const isSame = companyOf(visit)?.id_number === file.applicant.idNumber;
        if (isSame && shareId)
          await applications.verify(applications.consented(file, shareId), localeOf(back));
        return `/cases/${file.number}`;
      },
      `/cases/${file.number}`,
    );

  /** The company's own case; to everybody else there is none. */
  function caseOf(ctx: Context): Application | undefined {
    const file = applications.find(ctx.params.number ?? '');
    const company = companyOf(people.visitOf(ctx));
    if (file && company && file.applicant.idNumber === company.id_number) return file;
    ctx.status = 404;
    ctx.body = pagesFor(ctx).missing(company !== undefined);
    return undefined;
  }

  router.get('/food-licence', (ctx) => {
    const visit = people.visitOf(ctx);
    const company = companyOf(visit);
    const mine = applications.list().filter(({ applicant }) => applicant.idNumber === company?.id_number);
    // What was returned is filled in as it was.
    const before = mine.find((file) => file.number === ctx.query.again && stageOf(file) === 'returned');
    const answers = before && { answers: before.answers };
    ctx.body = pagesFor(ctx).apply({ isLoggedIn: visit !== undefined, company, mine, ...answers });
  });

  router.post('/food-licence', form, async (ctx) => {
    const company = companyOf(people.visitOf(ctx));
    if (!company) return ctx.redirect('/food-licence');
    const { answers, faults } = readAnswers(fieldsOf(ctx));
    if (faults.length > 0) {
      ctx.status = 422;
      ctx.body = pagesFor(ctx).apply({ isLoggedIn: true, company, mine: [], answers, faults });
      return;
    }
    const applicant = { name: company.name, idNumber: company.id_number };
    await askConsent(ctx, applications.open(applicant, answers));
  });

  router.get('/cases/:number', (ctx) => {
    const file = caseOf(ctx);
    if (file) ctx.body = pagesFor(ctx).application(file);
  });

  router.post('/cases/:number/consent', async (ctx) => {
    const file = caseOf(ctx);
    if (file) await askConsent(ctx, file);
  });

  router.post('/cases/:number/verify', async (ctx) => {
    const file = caseOf(ctx);
    if (!file) return;
    if (stageOf(file) === 'unclear') await applications.verify(file, localeOf(ctx));
    ctx.redirect(`/cases/${file.number}`);
  });

  mountDesk(site, { applications, pagesFor, localeOf });

  router.get('/cases/:number/receipts/:index', (ctx) => {
    const file = caseOf(ctx);
    const { index } = ctx.params;
    const receipt = file?.verifications[Number(index) - 1]?.receipt;
    if (file && receipt) giveReceipt(ctx, `${file.number}-${index}`, receipt);
  });
}

/** The desk of the clerks who decide. */
function mountDesk(
  site: Site,
  deps: {
    applications: ReturnType<typeof createApplications>;
    pagesFor(ctx: Context): ReturnType<typeof createHallPages>;
    localeOf(ctx: Context): string;
  },
): void {
  const { router } = site;
  const { applications, pagesFor, localeOf } = deps;
  const desk = createDesk(site);

  /** Verifies and issues; answers in words why nothing was issued, if the case itself does not show it. */
  async function approve(file: Application, clerk: Clerk, ctx: Context): Promise<string | undefined> {
    const language = localeOf(ctx);
    // What was true when the company applied may not be true today: the decision rests on an answer of its own.
    const now = file.decision ? file : await applications.verify(file, language);
    if (!now) return pagesFor(ctx).noAnswer;
    if (stageOf(now) !== 'review') return undefined;
    return (await applications.issue(now, { clerk: clerk.name, language })).refusal;
  }

  router.get('/desk', (ctx) => {
    const clerk = desk.clerkOf(ctx);
    if (clerk) ctx.body = pagesFor(ctx).desk(clerk, applications.list());
  });

  router.get('/desk/cases/:number', (ctx) => {
    const clerk = desk.clerkOf(ctx);
    const file = clerk && applications.find(ctx.params.number ?? '');
    if (clerk && !file) return ctx.redirect('/desk');
    if (file) ctx.body = pagesFor(ctx).decision(file);
  });

  router.post('/desk/cases/:number/approve', async (ctx) => {
    const clerk = desk.clerkOf(ctx);
    if (!clerk) return;
    const file = applications.find(ctx.params.number ?? '');
    if (!file || stageOf(file) !== 'review') return ctx.redirect('/desk');
    const refusal = await approve(file, clerk, ctx);
    if (refusal === undefined) return ctx.redirect(`/desk/cases/${file.number}`);
    ctx.status = 502;
    ctx.body = pagesFor(ctx).decision(file, { refusal });
  });

  router.post('/desk/cases/:number/return', form, (ctx) => {
    const clerk = desk.clerkOf(ctx);
    if (!clerk) return;
    const file = applications.find(ctx.params.number ?? '');
    if (!file) return ctx.redirect('/desk');
    const words = String(fieldsOf(ctx).words ?? '').trim();
    if (words === '' || words.length > 500) {
      ctx.status = 422;
      ctx.body = pagesFor(ctx).decision(file, { words });
      return;
    }
    applications.giveBack(file, { by: clerk.name, words });
    ctx.redirect(`/desk/cases/${file.number}`);
  });
}
