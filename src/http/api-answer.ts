import { transcode } from 'node:buffer';
import type { Context } from 'koa';
import {
  canonicalJson,
  isProblem,
  type KeptAnswer,
  Problem,
  type RepeatRecords,
  sha256Base64url,
} from '../core/index.ts';
import type { ApiRoute } from './route.ts';

/** An answer of an API route before it is sent; a file has bytes and no text. */
export type ApiAnswer = KeptAnswer & { bytes?: Uint8Array };

/** Makes the answer. What leaves is parsed too: a member that the contract does not name must not slip out. */
export function answerOf(
  route: ApiRoute,
  { body, headers = {} }: { body: unknown; headers?: Record<string, string> },
): ApiAnswer {
  const { status, schema } = route.response;
  if (status === 204) return { status, headers, body: '' };
  const leaving = schema.parse(body);
  if (route.download) return { status, headers, body: '', bytes: leaving as Uint8Array };
  return { status, headers, body: JSON.stringify(leaving) };
}

/** Sends it. */
export function sendAnswer(ctx: Context, route: ApiRoute, { status, headers, body, bytes }: ApiAnswer): void {
  ctx.status = status;
  ctx.set(headers);
  if (status === 204) return;
  if (route.download && bytes) {
    ctx.set('Content-Security-Policy', "default-src 'none'; sandbox; frame-ancestors 'none'");
    ctx.attachment(route.download.name);
    ctx.set('Content-Type', route.download.type);
    ctx.body = Buffer.from(bytes);
    return;
  }
  ctx.set('Content-Type', 'application/json; charset=utf-8');
  // As bytes: their number is known without reading the text once more for it. By way of UTF-16: a text with one Chinese
  // character in it the runtime would turn into UTF-8 letter by letter.
  ctx.body = transcode(Buffer.from(body, 'utf16le'), 'utf16le', 'utf8');
}

const hash = (value: unknown): string => sha256Base64url(canonicalJson(value));

/**
 * Runs a request once for all its repeats: those that carry the same Idempotency-Key of the same caller. `run` gets the token
 * that all of them share.
 * @throws {Problem} idempotency-key-reused | request-running | malformed-request
 */
export async function runOnce(
  ctx: Context,
  { repeats, caller, input }: { repeats: RepeatRecords; caller: string; input: Record<string, unknown> },
  run: (repeatToken?: string) => Promise<ApiAnswer>,
): Promise<ApiAnswer> {
  const given = ctx.get('Idempotency-Key');
  if (given === '') return run();
  if (!/^[\x21-\x7e]{1,200}$/.test(given))
    throw new Problem('malformed-request', {
      detail: 'An Idempotency-Key has 1 to 200 visible ASCII characters.',
    });
  const key = hash({ caller, given });
  const digest = hash({ method: ctx.method, path: ctx.path, ...input });
  const begun = await repeats.begin(key, digest);
  if (begun.outcome === 'other') throw new Problem('idempotency-key-reused');
  if (begun.outcome === 'running') throw new Problem('request-running', { headers: { 'Retry-After': '2' } });
  if (begun.outcome === 'done') return begun.answer;
  const answer = await run(hash({ key, digest }).slice(0, 22)).catch(async (error: unknown) => {
    // What cannot be forgotten lapses in seconds; the caller has to hear of the first fault.
    await repeats.abandon(key).catch(onlyProblems);
    throw error;
  });
  // It is done, whether or not its answer can be kept: a repeat would find by the token what was written.
  const { status, headers, body } = answer;
  await repeats.finish(key, { status, headers, body }).catch(onlyProblems);
  return answer;
}

/** A store that is full or away for a moment; everything else is a fault of the program. */
function onlyProblems(error: unknown): void {
  if (!isProblem(error)) throw error;
}
