import type { Context } from 'koa';
import { z } from 'zod';
import type { Bilingual, InputFault } from '../core/index.ts';
import { faultAt, Problem } from '../core/index.ts';
import { missing, readFaultText } from './form.ts';

/** Deepest nesting of a JSON body. */
const maxDepth = 20;
/** Longest array of a JSON body; what is longer belongs into an import. */
const maxItems = 1000;
/** Most parameters of a query or form. */
const maxParameters = 200;

// Merging libraries turn these into code paths; no wire name of ours is among them.
const forbiddenNames = new Set(['__proto__', 'constructor', 'prototype']);

const malformed = (detail: string, cause?: unknown) => new Problem('malformed-request', { detail, cause });

/**
 * Parameters of a query or form as a plain table.
 * @throws {Problem} malformed-request when one appears twice (which of the two counts would be a guess) or has a forbidden name
 */
export function readParameters(text: string): Record<string, string> {
  const table: Record<string, string> = {};
  let count = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    if (++count > maxParameters) throw malformed('There are too many parameters.');
    addParameter(table, name, value);
  }
  return table;
}

/** Adds one parameter to a table, by the same rules. @throws {Problem} malformed-request */
export function addParameter(table: Record<string, string>, name: string, value: string): void {
  if (forbiddenNames.has(name)) throw malformed('A parameter has a forbidden name.');
  if (Object.hasOwn(table, name)) throw malformed('A parameter appears more than once.');
  table[name] = value;
}

function checkBounds(value: unknown, depth: number): void {
  // 1e400 is JSON, and becomes a number that no JSON can hold again.
  if (typeof value === 'number' && !Number.isFinite(value)) throw malformed('A number is too large.');
  if (typeof value !== 'object' || value === null) return;
  if (depth > maxDepth) throw malformed(`The body is nested deeper than ${maxDepth} levels.`);
  if (Array.isArray(value)) {
    if (value.length > maxItems) throw malformed(`An array has more than ${maxItems} items.`);
    for (const item of value) checkBounds(item, depth + 1);
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    if (forbiddenNames.has(name)) throw malformed('A member has a forbidden name.');
    checkBounds(member, depth + 1);
  }
}

/** A JSON text within the bounds of depth, length and names. @throws {Problem} malformed-request */
export function readJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed('The body is not valid JSON.', cause);
  }
  checkBounds(value, 1);
  return value;
}

/** Reads the body of a request as text. @throws {Problem} unsupported-media-type, content-too-large */
export type BodyReader = (ctx: Context) => Promise<string>;

/** The bytes of a request, at most so many. @throws {Problem} content-too-large | malformed-request when it ends early */
function readBytes({ req }: Context, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const refuse = (problem: Problem) => {
      // What is still to come is not kept any more.
      req.removeAllListeners('data').pause();
      reject(problem);
    };
    const tooLarge = () => new Problem('content-too-large', { headers: { Connection: 'close' } });
    if (Number(req.headers['content-length'] ?? 0) > limitBytes) return refuse(tooLarge());
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limitBytes) refuse(tooLarge());
      else chunks.push(chunk);
    });
    req.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    req.on('error', (cause) => refuse(malformed('The body ended early.', cause)));
  });
}

/** Whether a body of this media type comes, and not a compressed one: that would make the size limit a matter of unpacking. */
export function carries({ req: { headers } }: Context, mediaType: string): boolean {
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  const [sent = ''] = (headers['content-type'] ?? '').split(';', 1);
  const encoding = headers['content-encoding'] || 'identity';
  return hasBody && encoding === 'identity' && sent.trim().toLowerCase() === mediaType;
}

/** Makes the reader of one media type. Brackets and dots in names are not structure here, so the text is parsed by us. */
export function createBodyReader(mediaType: string, limitBytes: number): BodyReader {
  return async (ctx) => {
    if (!carries(ctx, mediaType))
      throw new Problem('unsupported-media-type', { extensions: { accepts: mediaType } });
    return (await readBytes(ctx, limitBytes)).toString();
  };
}

const { localeError: inChinese } = z.locales.zhCN();

/** The words of the schema where it has its own; otherwise those of zod, in both languages. */
function wordsOf(issue: z.core.$ZodIssue): Bilingual {
  const own = readFaultText(issue.message);
  if (own) return own;
  const chinese = inChinese(issue as z.core.$ZodRawIssue);
  return { zh: (typeof chinese === 'string' ? chinese : chinese?.message) ?? missing.zh, en: issue.message };
}

/** What an issue of zod says to whoever sent the input; the input itself is not repeated. */
function faultOf(issue: z.core.$ZodIssue, at: string): InputFault {
  const steps = issue.path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`);
  const isMissing = issue.code === 'invalid_type' && issue.input === undefined;
  const text = isMissing ? missing : wordsOf(issue);
  const code = isMissing ? 'required' : issue.code.replaceAll('_', '-');
  return faultAt(`${at}${steps.join('')}`, code, text);
}

/**
 * Parses by a schema.
 * @throws {Problem} invalid-input with one entry in `errors` a fault, whose pointers begin with `at`
 */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown, at: '' | '/query'): T {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const errors = result.error.issues.map((issue) => faultOf(issue, at));
  throw new Problem('invalid-input', { extensions: { errors } });
}
