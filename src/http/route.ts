import type { Context } from 'koa';
import type { z } from 'zod';
import type { Bilingual, StaffDuty, StaffRole } from '../core/index.ts';

/** The two languages of every page. */
export type Locale = 'zh-CN' | 'en';

/** A client that called with an access token for our API. */
export interface ClientCaller {
  kind: 'client';
  clientId: string;
  scopes: ReadonlySet<string>;
  /** Set when the token was issued to a person through that client. */
  accountId?: string | undefined;
}

/** A person in a session of the portal. */
export interface PersonCaller {
  kind: 'person';
  accountId: string;
  /** uid of the single sign-on session behind the portal's session. */
  sessionId: string;
  /** Assurance level that this session reached. */
  level: 0 | 1 | 2 | 3;
  amr: readonly string[];
  /** Seconds since the epoch of the last authentication. */
  authTime: number;
  /** The organisation that the person acts for now; events of what they do then carry its id as `organisation`. */
  actingFor?: { organisationId: string; name: string } | undefined;
}

/** A member of staff in a session of the portal, entered with a passkey. */
export interface StaffCaller {
  kind: 'staff';
  accountId: string;
  sessionId: string;
  /** Those duties that the route asked for: the handler decides by their authorities. */
  duties: readonly StaffDuty[];
  /** Seconds since the epoch of the last authentication. */
  authTime: number;
}

export type Caller = { kind: 'anyone' } | ClientCaller | PersonCaller | StaffCaller;

/** Who may call a route; there is no default. */
export type Access =
  /** Anyone; the text says why that is right. */
  | { anyone: string }
  /** A bearer of an access token for our API with this scope. */
  | { scope: `${string}:${string}` }
  /** A person in a portal session, at this level at least; `freshSeconds` asks for a login not older than that. */
  | { person: { level: 0 | 1 | 2 | 3; freshSeconds?: number } }
  /** A member of staff with one of these roles, in any authority. */
  | { staff: readonly [StaffRole, ...StaffRole[]]; freshSeconds?: number };

/** A limit of a route, counted per caller address or per another key. */
export interface RouteLimit {
  max: number;
  windowSeconds: number;
  by: 'address' | 'caller';
}

/** A file that came with a form. Its name and media type are the sender's words and are not kept. */
export interface UploadedFile {
  bytes: Buffer;
  /** Hex. */
  sha256: string;
}

export interface RequestOf<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  /** Of a route with `upload`, when one was sent. */
  file?: UploadedFile | undefined;
  caller: Caller;
  /**
   * Of a repeatable route that was called with an Idempotency-Key: the same 22 characters for every repeat of this very request,
   * to be written with what it writes, so that a repeat recognises it even when the first answer and all memory of it are lost.
   */
  repeatToken?: string | undefined;
  /** The language of the answer: the person's choice, a site's suggestion, the browser's languages, zh-CN. */
  readonly locale: Locale;
  /** Takes over the languages (BCP 47, best first) that a site asked for, for this whole response. */
  suggestLocales(tags: readonly string[]): void;
  requestId: string;
  /** The person's address as the trusted proxy reports it. For limits and the person's own list of sessions. */
  address: string;
  userAgent: string;
  /** The raw context, for the rooms that hand requests to oidc-provider. */
  koa: Context;
}

/** What a multipart body may hold. */
export interface UploadLimits {
  /** Of the file. */
  limitBytes: number;
  /** How many fields come beside it; 50 when nothing is said. */
  fields?: number;
  /** Of one field; 8 KiB when nothing is said. */
  fieldBytes?: number;
}

interface RouteBase {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Pattern with {braces} parameters, as OpenAPI and the metrics show it: `/api/v1/licences/{id}`. */
  path: string;
  access: Access;
  limit?: RouteLimit;
  /** Size limit of the body in bytes, default 64 KiB. */
  bodyLimitBytes?: number;
  /**
   * The body is multipart/form-data with at most one file, named `file`; its fields are the body. A page takes its form without
   * a file as well.
   */
  upload?: UploadLimits;
  /** One line for the reference. */
  summary: string;
  /** Problem codes that this route may answer with, besides those of the guard. */
  problems?: readonly string[];
}

/** A route of the JSON API. */
export interface ApiRoute<P = unknown, Q = unknown, B = unknown, R = unknown> extends RouteBase {
  kind: 'api';
  /** A path that they refuse is not found. */
  params?: z.ZodType<P>;
  query?: z.ZodType<Q>;
  body?: z.ZodType<B>;
  /** What leaves is parsed too. */
  response: { status: 200 | 201 | 202 | 204; schema: z.ZodType<R> };
  /** Clients may send an Idempotency-Key: same key and same request, same answer, for 24 hours. */
  isRepeatable?: boolean;
  /** The answer is a file: `handle` gives its bytes as body, and they are sent under this type and name. */
  download?: { type: string; name: string };
  handle(request: RequestOf<P, Q, B>): Promise<{ body: R; headers?: Record<string, string> }>;
}

/** A page to draw. */
export interface ViewReply {
  /** Path under views/ without extension. */
  view: string;
  /** What the template finds in `it`, beside the globals of every page. */
  data?: Record<string, unknown>;
  status?: number;
  headers?: Record<string, string>;
  /** Origins besides our own that a form of this page may end at after redirects. */
  formAction?: readonly string[];
  /** Path and query of this page for a GET, where that is not the request's own: the switch of language leads there. */
  address?: string | undefined;
}

/** What a page handler answers. */
export type PageReply =
  | ViewReply
  /** See other (303): a path of ours, or a URL that oidc-provider made. */
  | { redirect: string }
  /** To be kept under this name; with `inline` to be seen where it stands, as pictures of a page are. */
  | { file: Uint8Array; type: string; name: string; inline?: true }
  /** The handler has answered through koa itself. */
  | { done: true };

/**
 * A page. POST bodies are form fields; the guard checks the CSRF token before the handler sees them. Field faults are the
 * handler's to show (in the page, beside the fields), so `form` is parsed by the handler with parseForm.
 */
export interface PageRoute<P = unknown, Q = unknown> extends RouteBase {
  kind: 'page';
  /** A path that they refuse is not found. */
  params?: z.ZodType<P>;
  query?: z.ZodType<Q>;
  handle(request: RequestOf<P, Q, Record<string, string>>): Promise<PageReply>;
}

export type Route = ApiRoute | PageRoute;

/** Declares an API route with its types inferred from the schemas. */
export function api<P, Q, B, R>(route: Omit<ApiRoute<P, Q, B, R>, 'kind'>): Route {
  return { kind: 'api', ...route } as unknown as Route;
}

/** Declares a page route. */
export function page<P, Q>(route: Omit<PageRoute<P, Q>, 'kind'>): Route {
  return { kind: 'page', ...route } as unknown as Route;
}

/** One fault of a form field, shown in the summary at the top and beside the field. */
export interface FieldFault {
  field: string;
  text: Bilingual;
}
