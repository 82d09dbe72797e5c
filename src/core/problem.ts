/** A text in the two languages of every page and error. */
export interface Bilingual {
  zh: string;
  en: string;
}

/** What reads alike in both: a code that has no name here. */
export const inBoth = (text: string): Bilingual => ({ zh: text, en: text });

/** What a problem code means, on the wire and to a person. */
export interface ProblemDefinition {
  /** HTTP status. */
  status: number;
  /** Short name, the RFC 9457 `title`. */
  title: Bilingual;
  /** What the person or the integrator should do next, in plain words. */
  text: Bilingual;
  /** For the error reference: when it happens and what it means to an integrator or an operator. */
  meaning: string;
  /** OAuth error code where an OAuth endpoint answers with it. */
  oauth?: string;
}

/** One fault of an input, located by a JSON pointer (RFC 6901). */
export interface InputFault {
  pointer: string;
  code: string;
  detail: string;
  /** The same in both languages, where the fault has words of its own. */
  text?: Bilingual;
}

const catalogue = new Map<string, ProblemDefinition>();

/**
 * Registers a room's problem table; called once by its problems.ts. Codes are kebab-case and never reused.
 * @throws {Error} when a code is already taken or not kebab-case: a fault of the program, not of its input.
 */
export function defineProblems<const T extends Record<string, ProblemDefinition>>(table: T): T {
  for (const [code, definition] of Object.entries(table)) {
    if (!/^[a-z]+(-[a-z0-9]+)*$/.test(code)) throw new Error(`problem code ${code} is not kebab-case`);
    if (catalogue.has(code)) throw new Error(`problem code ${code} is defined twice`);
    catalogue.set(code, definition);
  }
  return table;
}

/** Every registered problem, sorted by code: the source of docs/errors.md. */
export function allProblems(): readonly (readonly [string, ProblemDefinition])[] {
  return [...catalogue].sort(([a], [b]) => (a < b ? -1 : 1));
}

export interface ProblemOptions {
  /** Says what was wrong with this request, safe to show; the code's own text is used when absent. */
  detail?: Bilingual | string;
  /** Goes to the log, never to the wire. */
  cause?: unknown;
  /** Extra members of the problem document (RFC 9457 3.2), safe to show. */
  extensions?: { errors?: readonly InputFault[]; [member: string]: unknown };
  /** Extra response headers, such as Retry-After or Allow. */
  headers?: Readonly<Record<string, string>>;
}

/**
 * The one error class that crosses room borders. Everything else that is thrown is a fault of the program and answers 500.
 * @see RFC 9457
 */
export class Problem extends Error {
  readonly code: string;
  readonly definition: ProblemDefinition;
  readonly detail: Bilingual | string | undefined;
  readonly extensions: NonNullable<ProblemOptions['extensions']>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: string, options: ProblemOptions = {}) {
    const definition = catalogue.get(code);
    if (!definition) throw new Error(`problem code ${code} is not in any room's table`);
    const said = options.detail ?? definition.text;
    super(`${code}: ${typeof said === 'string' ? said : said.en}`, { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.definition = definition;
    this.detail = options.detail;
    this.extensions = options.extensions ?? {};
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return this.definition.status;
  }
}

/** The header that says when to come back: whole seconds from `now` to `at`, at least one. @see RFC 9110 10.2.3 */
export const retryAfter = (at: number, now: number): { 'Retry-After': string } => ({
  'Retry-After': String(Math.max(1, Math.ceil((at - now) / 1000))),
});

/** One fault of an input, with its words in both languages. */
export const faultAt = (pointer: string, code: string, { zh, en }: Bilingual): InputFault => ({
  ...{ pointer, code, detail: en, text: { zh, en } },
});

/** Throws all faults of an input at once, if there are any. @throws {Problem} invalid-input */
export function refuseFaults(errors: readonly InputFault[]): void {
  if (errors.length > 0) throw new Problem('invalid-input', { extensions: { errors } });
}

/** True for a Problem with one of the codes (any code when none is given). */
export function isProblem(error: unknown, ...codes: string[]): error is Problem {
  return error instanceof Problem && (codes.length === 0 || codes.includes(error.code));
}
