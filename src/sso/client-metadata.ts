import type { Client } from 'oidc-provider';
import { type Bilingual, isAuthorityCode, isLicenceTypeCode, Problem, type Random } from '../core/index.ts';
import { siteScopes } from './claims.ts';
import type { ClientMetadata, ClientRights } from './port.ts';
import { apiScopes } from './resources.ts';

/** The name of a site for people who read English. @see RFC 7591 2.2 */
const englishName = 'client_name#en';

/** Members of our own beside those that the provider knows. */
export const ownMembers: readonly string[] = [
  ...['api_scope', 'pkce_exception', 'staff_login', 'authority_code', 'licence_types'],
  englishName,
];

/** Response modes that carry a code without a script or a fragment. */
export const responseModes: readonly string[] = ['query', 'form_post'];

/** What a site gets when its registration names no scope; the ID number has to be asked for by name. */
const defaultScope = 'openid profile phone';

/** Authentication methods that go without a secret. */
const withoutSecret = new Set(['private_key_jwt', 'none']);

const isLoopback = (host: string) => ['localhost', '127.0.0.1', '[::1]'].includes(host);

/** What people read of a client. Without a name it is called by its id, without an English one by the other. */
export function nameOf(client: Client): Bilingual {
  const zh = client.clientName ?? client.clientId;
  const { [englishName]: en } = client as Client & { [englishName]?: unknown };
  return { zh, en: typeof en === 'string' && en !== '' ? en : zh };
}

/** Fills in what a registration may leave out. Unknown members are dropped by the provider (RFC 7591 2). */
export function completeMetadata(metadata: ClientMetadata, random: Random): Record<string, unknown> {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata))
    throw problemOf('the metadata must be a JSON object');
  const grants = metadata.grant_types as string[] | undefined;
  const isSystem = Array.isArray(grants) && !grants.includes('authorization_code');
  const responseTypes = metadata.response_types ?? (isSystem ? [] : ['code']);
  const method = metadata.token_endpoint_auth_method ?? 'client_secret_basic';
  const needsSecret = !withoutSecret.has(method as string) && metadata.client_secret === undefined;
  const { scope, ...rest } = metadata;
  return {
    ...rest,
    client_id: metadata.client_id ?? random.id(),
    response_types: responseTypes,
    ...splitScope(scope ?? (isSystem ? '' : withRefresh(defaultScope, grants))),
    response_modes: metadata.response_modes ?? [...responseModes],
    // Nobody logs in to a system, so it has no sector to make subjects for.
    subject_type: metadata.subject_type ?? (isSystem ? 'public' : 'pairwise'),
    // A site that can be told of a logout is told which of a person's sessions ended, not only whose.
    ...(metadata.backchannel_logout_uri !== undefined && {
      backchannel_logout_session_required: metadata.backchannel_logout_session_required ?? true,
    }),
    token_endpoint_auth_method: method,
    ...(needsSecret && { client_secret: random.bytes(32).toString('base64url') }),
  };
}

const withRefresh = (scope: string, grants: string[] | undefined) =>
  Array.isArray(grants) && grants.includes('refresh_token') ? `${scope} offline_access` : scope;

/** The provider checks the scopes of sites; those of our API live in a member of their own. */
function splitScope(scope: unknown): { scope?: string; api_scope?: string } {
  if (typeof scope !== 'string') throw problemOf('scope must be a string of scopes, separated by spaces');
  const all = scope.split(' ').filter(Boolean);
  const ofSites = all.filter((name) => siteScopes.includes(name));
  const ofApi = all.filter((name) => apiScopes.includes(name));
  const unknown = all.find((name) => !ofSites.includes(name) && !ofApi.includes(name));
  if (unknown !== undefined)
    throw problemOf(`scope contains ${unknown}; there are ${[...siteScopes, ...apiScopes].join(', ')}`);
  return {
    ...(ofSites.length > 0 && { scope: ofSites.join(' ') }),
    ...(ofApi.length > 0 && { api_scope: ofApi.join(' ') }),
  };
}

/**
 * The rules of this service beyond those of the provider.
 * @throws {Problem} client-metadata-invalid
 */
export function checkOwnRules(metadata: Record<string, unknown>): void {
  // Receipts are kept apart by who asked, and an authority's counters are known by this prefix.
  if (String(metadata.client_id).startsWith('counter:'))
    throw problemOf('client_id must not begin with counter: which names the counters of authorities');
  const responseTypes = metadata.response_types;
  if (metadata.subject_type === 'public' && Array.isArray(responseTypes) && responseTypes.length > 0)
    throw problemOf('subject_type must be pairwise: each site knows a person by another name');
  for (const member of ['redirect_uris', 'post_logout_redirect_uris']) {
    const uris = metadata[member];
    if (!Array.isArray(uris)) continue;
    for (const uri of uris) checkRedirectUri(member, uri);
  }
  const modes = metadata.response_modes;
  if (!Array.isArray(modes) || modes.some((mode) => !responseModes.includes(mode as string)))
    throw problemOf(`response_modes can only contain ${responseModes.join(' and ')}`);
  const exception = metadata.pkce_exception;
  if (exception !== undefined && (typeof exception !== 'string' || exception.trim().length < 10))
    throw problemOf('pkce_exception must say in a sentence why this client may go without PKCE');
  checkStaffLogin(metadata);
  checkRights(metadata);
}

function checkStaffLogin({ staff_login, scope }: Record<string, unknown>): void {
  if (staff_login !== undefined && typeof staff_login !== 'boolean')
    throw problemOf('staff_login must be true or false');
  if (staff_login !== true && typeof scope === 'string' && scope.split(' ').includes('staff'))
    throw problemOf('scope contains staff, which needs staff_login to be true');
}

function checkRights({ authority_code: code, licence_types: types }: Record<string, unknown>): void {
  if (code === undefined && types === undefined) return;
  if (!isAuthorityCode(code))
    throw problemOf('authority_code must be the unified social credit code of the authority, 18 characters');
  if (!Array.isArray(types) || types.length === 0)
    throw problemOf('licence_types must list the codes of the types to issue, or * for all of the authority');
  const wrong = types.find((type) => !isLicenceTypeCode(type) && !(type === '*' && types.length === 1));
  if (wrong !== undefined)
    throw problemOf(
      `licence_types must be codes of 18 characters and 3 digits, or * alone; ${String(wrong)} is neither`,
    );
}

/** What the registration of a system says that it may do for an authority. */
export function rightsOf(client: Client): ClientRights | undefined {
  const { authority_code: authorityCode, licence_types: types } = client as Client & {
    authority_code?: string;
    licence_types?: string[];
  };
  if (authorityCode === undefined) return undefined;
  return { authorityCode, licenceTypes: types?.[0] === '*' ? '*' : (types ?? []) };
}

function checkRedirectUri(member: string, uri: unknown): void {
  const parsed = typeof uri === 'string' ? URL.parse(uri) : null;
  if (!parsed) throw problemOf(`${member} must only contain absolute addresses; ${String(uri)} is none`);
  if (parsed.protocol === 'http:' && !isLoopback(parsed.hostname))
    throw problemOf(`${member} must use https; ${uri} does not (http is for localhost only)`);
  if (parsed.hostname.includes('*'))
    throw problemOf(`${member} are compared as whole texts; wildcards as in ${uri} match nothing`);
  if (parsed.username || parsed.password)
    throw problemOf(`${member} must not carry a user name or password; ${uri} does`);
}

/** Says what is wrong, and where, when the sentence begins with the name of a member. */
export function problemOf(sentence: string, reason?: string): Problem {
  const whole = reason && reason !== sentence ? `${sentence}: ${reason}` : sentence;
  const member = /^[a-z]+(_[a-z]+)*(?= )/.exec(sentence)?.[0];
  return new Problem('client-metadata-invalid', {
    detail: { zh: `站点登记信息有误：${whole}`, en: `The registration was refused: ${whole}` },
    ...(member && {
      extensions: { errors: [{ pointer: `/${member}`, code: 'client-metadata-invalid', detail: whole }] },
    }),
  });
}

/** A registration as it is shown: without secrets, with all scopes in one member again. */
export function outwardMetadata(metadata: Record<string, unknown>): ClientMetadata {
  const { client_secret: _, api_scope, scope, ...rest } = metadata;
  const all = [scope, api_scope].filter(Boolean).join(' ');
  return { ...rest, ...(all && { scope: all }) } as ClientMetadata;
}
