import type { Context } from 'koa';
import { isProblem, Problem, storeRetryAfterSeconds } from '../core/index.ts';
import type { Logger } from '../telemetry/index.ts';
import type { LocaleChooser } from './locale.ts';
import { pickText } from './locale.ts';
import { ownPath } from './own-path.ts';
import { personMenu } from './person-menu.ts';
import type { RequestState } from './request-state.ts';
import { stateOf } from './request-state.ts';
import type { Locale } from './route.ts';
import { staffMenu } from './staff-frame.ts';
import type { Views } from './views.ts';

/** Answers a request with whatever was thrown: the only place that catches. */
export type AnswerProblem = (ctx: Context, thrown: unknown) => void;

/** What libraries below the guard throw, as problems of ours; everything unknown is a fault of the program. */
function toProblem(thrown: unknown): Problem {
  if (isProblem(thrown)) return thrown;
  const status = (thrown as { status?: unknown } | null)?.status;
  if (status === 413) return new Problem('content-too-large', { cause: thrown });
  if (status === 415) return new Problem('unsupported-media-type', { cause: thrown });
  if (status === 400) return new Problem('malformed-request', { cause: thrown });
  return new Problem('internal-error', { cause: thrown });
}

/** The document of RFC 9457 3.1; `type` leads to the explanation in the reference, `instance` to the line in the log. */
function problemDocument(problem: Problem, { requestId }: RequestState, issuer: string, locale: Locale) {
  const { definition } = problem;
  return {
    type: `${issuer}/api/docs#problem-${problem.code}`,
    title: pickText(definition.title, locale),
    status: problem.status,
    detail: pickText(problem.detail ?? definition.text, locale),
    instance: `urn:tongxing:request:${requestId}`,
    code: problem.code,
    ...problem.extensions,
  };
}

/** A path of ours that the person can go back to: where the form was, else the beginning. */
function wayBack(ctx: Context, issuer: string): string {
  const referer = ctx.get('Referer');
  if (!URL.canParse(referer)) return '/';
  const from = new URL(referer);
  return from.origin === issuer ? ownPath(from) : '/';
}

/** Whoever is logged in keeps their menu, and reads for whom they act, also where something went wrong. */
function frameOf(koa: Context, locale: Locale) {
  const { caller } = stateOf(koa);
  if (caller?.kind === 'staff') return { nav: staffMenu({ locale, koa }) };
  return caller?.kind === 'person' ? { nav: personMenu({ locale, koa }), acting: caller.actingFor } : {};
}

function wantsPage(ctx: Context): boolean {
  const { answers } = stateOf(ctx);
  if (answers === 'json') return false;
  if (answers === 'page') return ctx.accepts('html', 'json') !== 'json';
  if (ctx.path.startsWith('/api/')) return false;
  return ctx.accepts('json', 'html') === 'html';
}

/** Makes the one answer to everything that is thrown: a problem document, or a page for people. */
export function createAnswerProblem(deps: {
  issuer: string;
  logger: Logger;
  views: Views;
  chooser: LocaleChooser;
}): AnswerProblem {
  const log = (problem: Problem, state: RequestState) => {
    if (problem.status < 500) return;
    const fields = { code: problem.code, route: state.pattern, err: problem.cause ?? problem };
    if (problem.code === 'internal-error') deps.logger.error(fields, 'a request failed');
    else deps.logger.warn(fields, 'a request could not be served');
  };

  const answerPage = (ctx: Context, problem: Problem) => {
    const locale = deps.chooser.localeOf(ctx);
    const back = ctx.method === 'GET' ? '/' : wayBack(ctx, deps.issuer);
    const { title, text } = problem.definition;
    deps.views.answer(ctx, {
      view: 'error',
      status: problem.status,
      data: {
        problem: {
          code: problem.code,
          title: pickText(title, locale),
          text: pickText(problem.detail ?? text, locale),
        },
        back,
        ...frameOf(ctx, locale),
      },
    });
  };

  const answerJson = (ctx: Context, problem: Problem) => {
    const locale = deps.chooser.localeOf(ctx);
    ctx.status = problem.status;
    ctx.set('Content-Language', locale);
    ctx.set('Content-Type', 'application/problem+json');
    ctx.body = JSON.stringify(problemDocument(problem, stateOf(ctx), deps.issuer, locale));
  };

  return (ctx, thrown) => {
    const problem = toProblem(thrown);
    log(problem, stateOf(ctx));
    if (ctx.headerSent) return;
    try {
      (wantsPage(ctx) ? answerPage : answerJson)(ctx, problem);
    } catch (error) {
      // The error page itself cannot be drawn: plain words are better than a torn connection.
      deps.logger.error({ err: error }, 'the error page could not be drawn');
      answerJson(ctx, problem);
    }
    if (problem.status === 503) ctx.set('Retry-After', String(storeRetryAfterSeconds));
    ctx.set({ ...problem.headers });
  };
}
