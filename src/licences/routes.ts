import { z } from 'zod';
import { Problem } from '../core/index.ts';
import { api, type Caller, type Route } from '../http/index.ts';
import type { Licences } from './licences.ts';
import type { Licence, LicenceState } from './port.ts';
import {
  changedTypeBody,
  issuedReply,
  licenceBody,
  licenceReply,
  newTypeBody,
  toIssuedReply,
  toLicenceDraft,
  toLicenceReply,
  toTypeContent,
  toTypeReply,
  toVersionDraft,
  transitionBody,
  typeReply,
  versionBody,
} from './wire.ts';

/** What the routes are made of. */
export type Deps = Pick<
  Licences,
  'library' | 'types' | 'rights' | 'issue' | 'addVersion' | 'move' | 'mine'
> & {
  now(): number;
};

const idParams = z.strictObject({ id: z.string().length(22) });
const licencePath = '/api/v1/licences/{id}';
/** A photo in Base64 takes most of it. */
const bodyLimitBytes = 1024 * 1024;
const making = [
  'character-not-drawable',
  'drawing-busy',
  'seal-not-available',
  'seal-key-unavailable',
  'time-stamp-unavailable',
  'time-stamp-refused',
  'store-full',
];

/** What a licence is at an instant. @throws {Problem} licence-not-found before it existed */
async function stateOf(
  { library, now }: Deps,
  licence: Licence,
  at = now(),
  knownAt = now(),
): Promise<LicenceState> {
  const state = await library.stateAt(licence, at, knownAt);
  if (!state) throw new Problem('licence-not-found');
  return state;
}

/** The licence, if the caller's authority issued it. Same answer for others' as for none. */
async function findMine(deps: Deps, id: string, caller: Caller): Promise<Licence> {
  await deps.mine(id, await deps.rights.actorOf(caller));
  const licence = await deps.library.findById(id);
  if (!licence) throw new Problem('licence-not-found');
  return licence;
}

function writeRoutes(deps: Deps): Route[] {
  const { rights, issue, addVersion, move } = deps;
  return [
    api({
      method: 'POST',
      path: '/api/v1/licences',
      access: { scope: 'licences:issue' },
      summary:
        'Issues a licence: checks everything at once, draws and seals its file, and stores it in one write.',
      body: licenceBody,
      bodyLimitBytes,
      isRepeatable: true,
      response: { status: 201, schema: issuedReply },
      problems: ['not-entitled', 'licence-number-taken', 'already-renewed', ...making],
      async handle({ body, caller, repeatToken }) {
        const actor = await rights.actorOf(caller);
        const licence = await issue(toLicenceDraft(body), actor, { request: repeatToken });
        const state = await stateOf(deps, licence);
        return {
          body: toIssuedReply(licence, state),
          headers: { Location: `/api/v1/licences/${licence.id}` },
        };
      },
    }),
    api({
      method: 'POST',
      path: `${licencePath}/versions`,
      access: { scope: 'licences:issue' },
      summary: 'Changes what a licence says: a new version with a file of its own; the former ones stay.',
      params: idParams,
      body: versionBody,
      bodyLimitBytes,
      isRepeatable: true,
      response: { status: 201, schema: issuedReply },
      problems: ['licence-not-found', 'not-entitled', 'licence-ended', 'licence-busy', ...making],
      async handle({ params, body, caller, repeatToken }) {
        const actor = await rights.actorOf(caller);
        const licence = await addVersion(params.id, toVersionDraft(body), actor, repeatToken);
        return { body: toIssuedReply(licence, await stateOf(deps, licence)) };
      },
    }),
    api({
      method: 'POST',
      path: `${licencePath}/transitions`,
      access: { scope: 'licences:manage' },
      summary: 'Suspends, lifts, revokes, rescinds, cancels or transfers a licence. Nothing is deleted.',
      params: idParams,
      body: transitionBody,
      isRepeatable: true,
      response: { status: 200, schema: licenceReply },
      problems: ['licence-not-found', 'transition-not-allowed', 'licence-busy'],
      async handle({ params, body, caller, repeatToken }) {
        const actor = await rights.actorOf(caller);
        const { to, reason, effective_at } = body;
        const effectiveAt = effective_at === undefined ? undefined : Date.parse(effective_at);
        const licence = await move(params.id, { to, reason, effectiveAt }, actor, repeatToken);
        return { body: toLicenceReply(licence, await stateOf(deps, licence)) };
      },
    }),
  ];
}

function readRoutes(deps: Deps): Route[] {
  return [
    api({
      method: 'GET',
      path: licencePath,
      access: { scope: 'licences:read' },
      summary:
        'A licence that the authority of the caller issued, with its history; `as_of` and `known_at` say when is meant.',
      params: idParams,
      query: z.strictObject({ as_of: z.iso.datetime().optional(), known_at: z.iso.datetime().optional() }),
      response: { status: 200, schema: licenceReply },
      problems: ['licence-not-found'],
      async handle({ params, query, caller }) {
        const licence = await findMine(deps, params.id, caller);
        const [at, knownAt] = [query.as_of, query.known_at].map((said) =>
          said === undefined ? undefined : Date.parse(said),
        );
        return { body: toLicenceReply(licence, await stateOf(deps, licence, at, knownAt)) };
      },
    }),
    api({
      method: 'GET',
      path: `${licencePath}/file`,
      access: { scope: 'licences:read' },
      summary: 'The sealed PDF of a version, the newest when none is named; made now when there is none yet.',
      params: idParams,
      query: z.strictObject({ version: z.coerce.number().int().min(1).max(999).optional() }),
      response: { status: 200, schema: z.custom<Uint8Array>((body) => body instanceof Uint8Array) },
      download: { type: 'application/pdf', name: 'licence.pdf' },
      problems: ['licence-not-found', 'licence-ended', 'blob-damaged', ...making],
      async handle({ params, query, caller }) {
        const licence = await findMine(deps, params.id, caller);
        const { bytes } = await deps.library.fileOf(licence.id, query.version ?? licence.versions.length);
        return { body: bytes };
      },
    }),
  ];
}

const typeParams = z.strictObject({ type_code: z.string().max(40) });
const typePath = '/api/v1/licence-types/{type_code}';
const publicCatalogue = { anyone: 'the catalogue of licence types is public' } as const;

function typeRoutes({ types, rights }: Deps): Route[] {
  const mayDefine = async (caller: Caller, typeCode: string): Promise<string> => {
    const actor = await rights.actorOf(caller);
    if (!(await rights.definer(actor, typeCode))) throw new Problem('not-entitled');
    return actor.id;
  };
  return [
    api({
      method: 'GET',
      path: '/api/v1/licence-types',
      access: publicCatalogue,
      limit: { max: 120, windowSeconds: 60, by: 'address' },
      summary: 'All types of licences, in their newest versions.',
      response: { status: 200, schema: z.strictObject({ items: z.array(typeReply) }) },
      handle: async () => ({ body: { items: (await types.list()).map(toTypeReply) } }),
    }),
    api({
      method: 'POST',
      path: '/api/v1/licence-types',
      access: { scope: 'licence-types:manage' },
      summary: 'Defines a type of licence under the code of the authority that the caller acts for.',
      body: newTypeBody,
      response: { status: 201, schema: typeReply },
      problems: ['not-entitled', 'licence-type-taken'],
      async handle({ body: { code, ...content }, caller }) {
        const by = await mayDefine(caller, code);
        return { body: toTypeReply(await types.define(code, toTypeContent(content), by)) };
      },
    }),
    api({
      method: 'GET',
      path: typePath,
      access: publicCatalogue,
      limit: { max: 120, windowSeconds: 60, by: 'address' },
      summary: 'A type of licence; `version` names an older version.',
      params: typeParams,
      query: z.strictObject({ version: z.coerce.number().int().min(1).optional() }),
      response: { status: 200, schema: typeReply },
      problems: ['licence-type-not-found'],
      async handle({ params, query }) {
        const type = await types.find(params.type_code, query.version);
        if (!type) throw new Problem('licence-type-not-found');
        return { body: toTypeReply(type) };
      },
    }),
    api({
      method: 'PUT',
      path: typePath,
      access: { scope: 'licence-types:manage' },
      summary:
        'Adds a version to a type; licences issued before keep theirs. `version` is the one that was read.',
      params: typeParams,
      body: changedTypeBody,
      response: { status: 200, schema: typeReply },
      problems: ['not-entitled', 'licence-type-not-found', 'licence-type-changed'],
      async handle({ params: { type_code }, body: { version, ...content }, caller }) {
        const by = await mayDefine(caller, type_code);
        return { body: toTypeReply(await types.change(type_code, version, toTypeContent(content), by)) };
      },
    }),
  ];
}

/** Routes of the API. */
export const licenceRoutes = (deps: Deps): Route[] => [
  ...writeRoutes(deps),
  ...readRoutes(deps),
  ...typeRoutes(deps),
];
