import type { Context } from 'koa';
import { type CaseFile, createCases } from './cases.ts';
import { createDesk, type Site } from './desk.ts';
import { createHealthPages } from './health-pages.ts';
import { createReceiptReader, giveReceipt, type ReceiptClaims } from './receipt.ts';

/** A case at the counter of health insurance: whoever stands there shows a residence permit, and the receipt stays. */
export interface CounterCase extends CaseFile {
  /** Name of the official. */
  by: string;
  receipts: readonly { at: number; conclusion: ReceiptClaims['conclusion']; receipt: string }[];
}

/** Why a receipt is not taken into a case. */
export type ReceiptFault = 'not-genuine' | 'other-case' | 'no-file';

/** Receipts are a few thousand characters. */
const mostBytes = 64 * 1024;

/** The file of a form with one, without a library: the platform reads multipart. */
async function readUpload(ctx: Context): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of ctx.req as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > mostBytes) return undefined;
    parts.push(part);
  }
  const headers = { 'content-type': ctx.get('content-type') };
  const form = await new Response(Buffer.concat(parts), { headers }).formData().catch(() => undefined);
  const file = form?.get('receipt');
  return file instanceof Blob && file.size > 0 ? (await file.text()).trim() : undefined;
}

/**
 * The counter where a residence permit is checked by desk code. The site has no scanner and no copy: it opens the counter of
 * the service with the case filled in, and takes the signed receipt back into the case file.
 */
export function mountHealthDesk(site: Site): void {
  const { settings, router, languageOf } = site;
  const { serviceItem, duty } = settings.desk;
  const desk = createDesk(site);
  const cases = createCases<CounterCase>(settings.cases);
  const readReceipt = createReceiptReader(settings.issuer);
  const pages = { zh: createHealthPages(settings, 'zh'), en: createHealthPages(settings, 'en') };
  const pagesFor = (ctx: Context) => pages[languageOf(ctx)];

  /** A receipt counts when it is genuine and was made for this counter and this very case. */
  async function judge(file: CounterCase, jws: string): Promise<ReceiptClaims | ReceiptFault> {
    const claims = await readReceipt(jws);
    if (!claims) return 'not-genuine';
    const isOurs =
      claims.client === `counter:${duty.authorityCode}` &&
      claims.case_number === file.number &&
      claims.service_item_code === serviceItem.code;
    return isOurs ? claims : 'other-case';
  }

  router.get('/desk', (ctx) => {
    const clerk = desk.clerkOf(ctx);
    if (clerk) ctx.body = pagesFor(ctx).desk(clerk, cases.list());
  });

  router.post('/desk/cases', (ctx) => {
    const clerk = desk.clerkOf(ctx);
    if (!clerk) return;
    const number = cases.newNumber('MEDICAL', Date.now());
    cases.put({ number, openedAt: Date.now(), by: clerk.name, receipts: [] });
    ctx.redirect(`/desk/cases/${number}`);
  });

  router.get('/desk/cases/:number', (ctx) => {
    if (!desk.clerkOf(ctx)) return;
    const file = cases.find(ctx.params.number ?? '');
    if (!file) return ctx.redirect('/desk');
    ctx.body = pagesFor(ctx).counterCase(file);
  });

  router.get('/desk/cases/:number/receipts/:index', (ctx) => {
    if (!desk.clerkOf(ctx)) return;
    const { number = '', index } = ctx.params;
    const kept = cases.find(number)?.receipts[Number(index) - 1];
    if (!kept) return ctx.redirect('/desk');
    giveReceipt(ctx, `${number}-${index}`, kept.receipt);
  });

  router.post('/desk/cases/:number/receipts', async (ctx) => {
    if (!desk.clerkOf(ctx)) return;
    const file = cases.find(ctx.params.number ?? '');
    if (!file) return ctx.redirect('/desk');
    const receipt = await readUpload(ctx);
    const read = receipt === undefined ? 'no-file' : await judge(file, receipt);
    if (typeof read === 'string' || receipt === undefined) {
      ctx.status = 422;
      ctx.body = pagesFor(ctx).counterCase(file, read as ReceiptFault);
      return;
    }
    const added = { at: read.iat * 1000, conclusion: read.conclusion, receipt };
    cases.change(file.number, (now) => ({
      ...now,
      receipts: [...now.receipts.filter((one) => one.receipt !== receipt), added],
    }));
    ctx.redirect(`/desk/cases/${file.number}`);
  });
}
