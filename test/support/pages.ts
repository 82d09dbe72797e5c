import type { TestApp } from './app.ts';
import {
  type Answer,
  createRelyingParty,
  type LoginAttempt,
  type RelyingParty,
  type Visitor,
} from './relying-party.ts';

/** A service site as its visitors meet it: it starts a login and takes the person back. */
export interface TestSite {
  clientId: string;
  party: RelyingParty;
  /** Starts a login and answers the first page that asks something, or the way back to the site. */
  open(visitor: Visitor, params?: Record<string, string>): Promise<{ page: Answer; attempt: LoginAttempt }>;
}

/** Registers a site and lets it log people in. */
export async function openSite(
  app: Pick<TestApp, 'issuer' | 'addClient'>,
  metadata: Record<string, unknown> = {},
): Promise<TestSite> {
  const client = await app.addClient(metadata);
  const party = await createRelyingParty({
    issuer: app.issuer,
    clientId: client.client_id ?? '',
    clientSecret: client.client_secret ?? '',
    redirectUri: 'https://site.example/callback',
    algorithm: 'ES256',
  });
  return {
    clientId: client.client_id ?? '',
    party,
    async open(visitor, params = {}) {
      const attempt = await party.begin(params);
      return { page: await visitor.follow(await visitor.get(attempt.url)), attempt };
    },
  };
}

/** The index of the form whose action ends in a path. */
export function formIndex(page: Answer, action: string): number {
  const actions = [...page.text.matchAll(/<form\b[^>]*?\baction="([^"]*)"/g)].map(([, found = '']) => found);
  const index = actions.findIndex((found) => found.endsWith(action));
  if (index < 0)
    throw new Error(`no form to ${action} on ${page.url} (${page.status}): ${actions.join(' ')}`);
  return index;
}

/** Sends the form whose action ends in a path. */
export const send = (visitor: Visitor, page: Answer, action: string, values: Record<string, string> = {}) =>
  visitor.submit(page, values, undefined, formIndex(page, action));

/** The heading of a page. */
export const heading = (page: Answer): string =>
  /<h1[^>]*>([^<]*)</.exec(page.text)?.[1] ?? `${page.status} ${page.url} ${page.location ?? ''}`;

/** The texts of the summary of faults. */
export const faultsOf = (page: Answer): string[] => {
  const summary = /class="error-summary"[\s\S]*?<ul>([\s\S]*?)<\/ul>/.exec(page.text)?.[1] ?? '';
  return [...summary.matchAll(/<li>(?:<a[^>]*>)?([^<]+)/g)].map(([, text = '']) => text);
};

/** Goes on to an address of a page of ours, through logins that need no answer. */
export async function visit(visitor: Visitor, path: string): Promise<Answer> {
  let at = await visitor.follow(await visitor.get(path));
  // The portal's own callback has a code in it, where `follow` stops as if it were a site's.
  for (let hop = 0; at.location?.includes('/portal/callback') && hop < 5; hop++)
    at = await visitor.follow(await visitor.get(at.location));
  return at;
}

/** Logs in to the portal by password and answers the page asked for. */
export async function enterPortal(
  visitor: Visitor,
  person: { identifier: string; password: string },
  path = '/account',
): Promise<Answer> {
  const page = await visit(visitor, path);
  const done = await send(visitor, page, '/password', person);
  return done.location ? visit(visitor, done.location) : done;
}

/** What the script of a page gets before it asks a device for a passkey. */
export async function passkeyOptions(
  visitor: Visitor,
  url: string,
): Promise<{ challenge: string; options: Record<string, unknown> }> {
  const { status, text } = await visitor.postJson(url);
  if (status !== 200) throw new Error(`passkey options: ${status} ${text}`);
  return JSON.parse(text);
}

/** The path that a page lies at. */
export const pathOf = (page: Answer): string => new URL(page.url).pathname;

/** The token of the forms of a page. */
export const csrfOf = (page: Answer): string => /name="_csrf" value="([^"]*)"/.exec(page.text)?.[1] ?? '';
