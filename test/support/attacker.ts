import type { TestApp } from './app.ts';
import { formIndex, openSite, send, type TestSite } from './pages.ts';
import { personAt, type TestPerson } from './people.ts';
import type { Answer, LoginAttempt, Visitor } from './relying-party.ts';

/** The password of everybody in these tests. */
export const password = 'quiet-harbour-1880';

/** A site whose secret the test knows, so that it can speak to the endpoints by hand. */
export interface OpenedSite extends TestSite {
  secret: string;
  /** A request to an endpoint, as this client; of another process when its origin is given. */
  ask(
    endpoint: string,
    fields: Record<string, string>,
    origin?: string,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
}

/** Registers a site and keeps its secret. */
export async function openKnownSite(
  app: TestApp,
  metadata: Record<string, unknown> = {},
): Promise<OpenedSite> {
  const secret = 'a-secret-of-a-test-and-of-nothing-else';
  const site = await openSite(app, { client_secret: secret, ...metadata });
  return {
    ...site,
    secret,
    ask: (endpoint, fields, origin) => askAs(app, site.clientId, secret, endpoint, fields, origin),
  };
}

/** A request to an OAuth endpoint with HTTP Basic, and its JSON answer. */
export async function askAs(
  app: TestApp,
  clientId: string,
  secret: string,
  endpoint: string,
  fields: Record<string, string>,
  origin = app.issuer,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${origin}/oidc/${endpoint}`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams(fields),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : {} };
}

/** Somebody with an account and a password. */
export async function enrolPerson(
  app: TestApp,
  n: number,
  options: Parameters<TestApp['enrol']>[1] = {},
): Promise<TestPerson & { accountId: string }> {
  const person = personAt(n);
  return { ...person, accountId: await app.enrol(person, { password, ...options }) };
}

/** Whether a page has a form to this path. */
export function hasForm(page: Answer, action: string): boolean {
  try {
    return formIndex(page, action) >= 0;
  } catch {
    return false;
  }
}

/** Logs in by password where asked, allows where asked, and answers the way back to the site. */
export async function enter(
  visitor: Visitor,
  site: TestSite,
  person: TestPerson,
  params: Record<string, string> = {},
): Promise<{ attempt: LoginAttempt; callback: URL }> {
  const { page, attempt } = await site.open(visitor, params);
  let at = page;
  if (hasForm(at, '/password')) {
    at = await send(visitor, at, '/password', { identifier: person.idNumber, password });
  }
  if (hasForm(at, '/allow')) at = await send(visitor, at, '/allow');
  if (!at.location) throw new Error(`stuck on ${at.url} (${at.status}): ${at.text.slice(0, 400)}`);
  return { attempt, callback: new URL(at.location) };
}

/** The fields that redeem what an entry brought back. */
export const redemption = ({ attempt, callback }: { attempt: LoginAttempt; callback: URL }) => ({
  grant_type: 'authorization_code',
  code: callback.searchParams.get('code') ?? '',
  redirect_uri: 'https://site.example/callback',
  code_verifier: attempt.verifier,
});

/** The status of userinfo for a token. */
export async function userinfoStatus(app: TestApp, token: unknown, scheme = 'Bearer'): Promise<number> {
  const response = await fetch(`${app.issuer}/oidc/userinfo`, {
    headers: { authorization: `${scheme} ${token}` },
  });
  await response.arrayBuffer();
  return response.status;
}

/** The status of the token endpoint of a process for a client that shows who it is by an assertion. @see RFC 7523 2.2 */
export async function assertionStatus(origin: string, client_assertion: string): Promise<number> {
  const response = await fetch(`${origin}/oidc/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion,
    }),
  });
  await response.arrayBuffer();
  return response.status;
}

/** The value of the cookie with this name, as the browser would send it to this path. */
export const cookieOf = (visitor: Visitor, name: string, path = '/'): string | undefined =>
  visitor
    .cookies(path)
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);
