import { z } from 'zod';
import { allProblems, Problem } from '../core/index.ts';
import { defaultBodyLimitBytes } from './guard.ts';
import type { Access, ApiRoute, Route } from './route.ts';

type Json = Record<string, unknown>;

/** An OpenAPI 3.1 document. */
export interface OpenApiDocument extends Json {
  openapi: '3.1.0';
  paths: Record<string, Record<string, unknown>>;
}

/** What the reference page shows of a route. */
export interface RouteDescription {
  id: string;
  method: string;
  path: string;
  summary: string;
  access: string;
  request: string | undefined;
  response: string | undefined;
  problems: readonly string[];
}

/** Who may call, in words. */
function describeAccess(access: Access): string {
  if ('anyone' in access) return `Anyone: ${access.anyone}.`;
  if ('scope' in access) return `An access token for this API with the scope ${access.scope}.`;
  const { freshSeconds } = 'person' in access ? access.person : access;
  const fresh = freshSeconds ? `, logged in within the last ${freshSeconds} seconds` : '';
  if ('staff' in access) return `A member of staff who is ${access.staff.join(' or ')}${fresh}.`;
  const { level } = access.person;
  return `A person in a portal session at assurance level ${level} or above${fresh}.`;
}

function security(access: Access): Json[] {
  if ('scope' in access) return [{ oauth: [access.scope] }];
  return 'person' in access || 'staff' in access ? [{ session: [] }] : [];
}

/** Problems of the guard that a route can answer with, besides its own. */
function problemsOf(route: ApiRoute): string[] {
  const codes = [...(route.problems ?? []), 'internal-error', 'store-unavailable'];
  if (route.params) codes.push('not-found');
  if (route.query || route.body) codes.push('malformed-request', 'invalid-input');
  if (route.body) codes.push('content-too-large', 'unsupported-media-type');
  if (route.upload) codes.push('uploads-busy');
  if (route.isRepeatable) codes.push('idempotency-key-reused', 'request-running');
  if (route.limit) codes.push('rate-limited');
  if ('scope' in route.access) codes.push('token-missing', 'token-invalid', 'scope-missing');
  if ('person' in route.access || 'staff' in route.access) codes.push('login-required');
  if ('staff' in route.access) codes.push('staff-only');
  if (route.method !== 'GET' && !('scope' in route.access)) codes.push('csrf-failed');
  return [...new Set(codes)].sort();
}

/**
 * JSON Schema (draft 2020-12) of a zod schema. Schemas with an id in their meta become shared components: zod puts them in
 * `$defs`, OpenAPI wants them in one place.
 */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: Json): Json {
  const text = JSON.stringify(z.toJSONSchema(schema, { io, unrepresentable: 'any' }));
  const moved = JSON.parse(text.replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;
  const { $schema: _, $defs = {}, ...rest } = moved;
  for (const [id, definition] of Object.entries($defs as Json)) components[id] = definition;
  const id = schema.meta()?.id;
  if (!id) return rest;
  // One that others refer to as well is among the definitions already, and here only its name.
  if (!('$ref' in rest)) components[id] = rest;
  return { $ref: `#/components/schemas/${id}` };
}

function parameters(route: ApiRoute): Json[] {
  const of = (schema: z.ZodType | undefined, place: 'path' | 'query'): Json[] => {
    if (!schema) return [];
    const { properties = {}, required = [] } = z.toJSONSchema(schema, {
      io: 'input',
      unrepresentable: 'any',
    });
    return Object.entries(properties).map(([name, value]) => ({
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      schema: value,
    }));
  };
  const repeat = {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'Repeats of the same request with the same key get the same answer, for 24 hours.',
    schema: { type: 'string', minLength: 1, maxLength: 200 },
  };
  return [...of(route.params, 'path'), ...of(route.query, 'query'), ...(route.isRepeatable ? [repeat] : [])];
}

function responses(route: ApiRoute, components: Json): Json {
  const { status, schema } = route.response;
  const byStatus = new Map<number, string[]>();
  for (const code of problemsOf(route)) {
    const problem = new Problem(code);
    byStatus.set(problem.status, [...(byStatus.get(problem.status) ?? []), code]);
  }
  const { download } = route;
  const content = download
    ? { [download.type]: { schema: { type: 'string', contentMediaType: download.type } } }
    : { 'application/json': { schema: schemaOf(schema, 'output', components) } };
  const failures = [...byStatus].map(([failure, codes]) => [
    failure,
    {
      description: codes.map((code) => `\`${code}\``).join(', '),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]);
  return {
    [status]: { description: route.summary, ...(status !== 204 && { content }) },
    ...Object.fromEntries(failures),
  };
}

/** The body of a route in its media type; a multipart one has the file beside the fields of the schema. */
function contentOf(route: ApiRoute & { body: z.ZodType }, components: Json): Json {
  const schema = schemaOf(route.body, 'input', components);
  if (!route.upload) return { 'application/json': { schema } };
  const file = { type: 'string', contentMediaType: 'application/octet-stream' };
  const withFile = { allOf: [schema, { type: 'object', required: ['file'], properties: { file } }] };
  return { 'multipart/form-data': { schema: withFile } };
}

function operation(route: ApiRoute, components: Json): Json {
  const limit = route.upload?.limitBytes ?? route.bodyLimitBytes ?? defaultBodyLimitBytes;
  const given = parameters(route);
  return {
    operationId: operationId(route),
    summary: route.summary,
    description: describeAccess(route.access),
    security: security(route.access),
    ...(given.length > 0 && { parameters: given }),
    ...(route.body && {
      requestBody: {
        required: true,
        description: `At most ${limit} bytes.`,
        content: contentOf({ ...route, body: route.body }, components),
      },
    }),
    responses: responses(route, components),
  };
}

const operationId = ({ method, path }: { method: string; path: string }): string =>
  `${method.toLowerCase()}${path.replaceAll(/[^a-zA-Z0-9]+(\w)?/g, (_, next: string | undefined) => next?.toUpperCase() ?? '')}`;

const problemSchema = {
  type: 'object',
  description: 'RFC 9457. `code` is stable; `instance` names the request in the log.',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string', format: 'uri' },
    code: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'code', 'detail'],
        properties: {
          pointer: { type: 'string', description: 'JSON pointer (RFC 6901)' },
          code: { type: 'string' },
          detail: { type: 'string' },
          text: {
            type: 'object',
            description: 'The same in both languages',
            properties: { zh: { type: 'string' }, en: { type: 'string' } },
          },
        },
      },
    },
  },
};

function securitySchemes(issuer: string, routes: readonly ApiRoute[]): Json {
  const scopes = routes.flatMap(({ access }) => ('scope' in access ? [[access.scope, access.scope]] : []));
  return {
    oauth: {
      type: 'oauth2',
      description: `Access token (RFC 9068) for the audience ${issuer}/api.`,
      flows: {
        clientCredentials: { tokenUrl: `${issuer}/oidc/token`, scopes: Object.fromEntries(scopes) },
      },
    },
    session: { type: 'openIdConnect', openIdConnectUrl: `${issuer}/.well-known/openid-configuration` },
  };
}

/** Writes the description of all API routes. */
export function writeOpenApi(issuer: string, table: readonly Route[]): OpenApiDocument {
  const routes = table.filter((route) => route.kind === 'api') as ApiRoute[];
  const schemas: Json = {
    Problem: {
      ...problemSchema,
      properties: {
        ...problemSchema.properties,
        code: { type: 'string', enum: allProblems().map(([code]) => code) },
      },
    },
  };
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tongxing',
      version: '1',
      description:
        'Unified identity and e-licences. Dates are YYYY-MM-DD, instants RFC 3339 UTC, errors RFC 9457.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: issuer }],
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: securitySchemes(issuer, routes),
    },
  };
}

/** What the reference page shows of an API route. */
export function describeRoute(route: Route): RouteDescription {
  const { method, path, summary, access, body, response } = route as ApiRoute;
  const show = (schema: z.ZodType, io: 'input' | 'output') => {
    const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
    return JSON.stringify(rest, null, 2);
  };
  return {
    id: operationId(route),
    method,
    path,
    summary,
    access: describeAccess(access),
    request: body && show(body, 'input'),
    response: response.status === 204 ? undefined : show(response.schema, 'output'),
    problems: problemsOf(route as ApiRoute),
  };
}
