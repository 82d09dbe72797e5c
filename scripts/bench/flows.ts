import { createHash, randomBytes } from 'node:crypto';
import type { Answer, Client, Jar } from './client.ts';
import { type BenchClient, clients, issuer, password, personOf, siteScope } from './people.ts';

type Site = typeof clients.first;

const basic = ({ client_id, client_secret }: BenchClient): string =>
  `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`;

/** Fails with what came instead: a figure of wrong answers is worth nothing. */
function expect(step: string, answer: Answer, status: number): Answer {
  if (answer.status === status) return answer;
  const { location = '', text } = answer;
  throw new Error(
    `${step} answered ${answer.status} ${location} instead of ${status}: ${text.slice(0, 400)}`,
  );
}

/** Path and query of where an answer of the service itself leads. */
function next(step: string, { location }: Answer): string {
  const url = new URL(location ?? '', issuer);
  if (!location || url.origin !== issuer)
    throw new Error(`${step} leads to ${location}, not on within the service`);
  return url.pathname + url.search;
}

const unescapeHtml = (text: string): string => text.replaceAll('&amp;', '&');

function authorizationPath(site: Site, verifier: string): string {
  const query = new URLSearchParams({
    client_id: site.client_id,
    response_type: 'code',
    redirect_uri: site.redirect_uri,
    scope: siteScope,
    state: randomBytes(8).toString('base64url'),
    nonce: randomBytes(8).toString('base64url'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  return `/oidc/auth?${query}`;
}

/** Redeems the code that a redirect carries and reads the claims: two requests of the site. */
async function redeem(client: Client, site: Site, redirect: Answer, verifier: string): Promise<void> {
  const back = new URL(redirect.location ?? '');
  const code = back.searchParams.get('code');
  if (!code || !back.href.startsWith(site.redirect_uri)) throw new Error(`no code in ${back.href}`);
  const form = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: site.redirect_uri,
    code_verifier: verifier,
  };
  const token = expect(
    'token',
    await client.send('POST', '/oidc/token', { form, authorization: basic(site) }),
    200,
  );
  const { access_token, id_token } = JSON.parse(token.text) as Record<string, string>;
  if (!id_token) throw new Error('the token endpoint answered without an ID token');
  const authorization = `Bearer ${access_token}`;
  const claims = expect('userinfo', await client.send('GET', '/oidc/userinfo', { authorization }), 200);
  if (!(JSON.parse(claims.text) as Record<string, unknown>).id_number)
    throw new Error('userinfo lacks id_number');
}

/** A login in a new browser: authorization request, login page, its form, resumption, code, claims. Six requests. */
export async function freshLogin(client: Client, person: number): Promise<Jar> {
  const jar: Jar = new Map();
  const verifier = randomBytes(32).toString('base64url');
  const site = clients.first;
  const asked = await client.send('GET', authorizationPath(site, verifier), { jar });
  const page = next('auth', expect('auth', asked, 303));
  const { text } = expect('login page', await client.send('GET', page, { jar }), 200);
  const csrf = unescapeHtml(/name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? '');
  const form = { _csrf: csrf, as: '', identifier: personOf(person).idNumber, password };
  const sent = expect('login', await client.send('POST', `${page}/password`, { jar, form }), 303);
  const resumed = expect('resume', await client.send('GET', next('login', sent), { jar }), 303);
  await redeem(client, site, resumed, verifier);
  return jar;
}

/** The live session enters the second site: authorization request, code, claims. Three requests, no page. */
export async function enterSecondSite(client: Client, jar: Jar): Promise<void> {
  const verifier = randomBytes(32).toString('base64url');
  const asked = await client.send('GET', authorizationPath(clients.second, verifier), { jar });
  await redeem(client, clients.second, expect('second site', asked, 303), verifier);
}

/** A system fetches a token for the API: one request. */
export async function clientCredentials(client: Client): Promise<void> {
  const access_token = await systemToken(client);
  if (access_token.split('.').length !== 3) throw new Error('the token is no JWT');
}

/** A token of the system for the API. */
export async function systemToken(client: Client): Promise<string> {
  const form = { grant_type: 'client_credentials' };
  const sent = await client.send('POST', '/oidc/token', { form, authorization: basic(clients.system) });
  return (JSON.parse(expect('client_credentials', sent, 200).text) as { access_token: string }).access_token;
}

/** Logs a person in to the portal and answers the browser that has the page. */
export async function enterPortal(client: Client, person: number, path: string): Promise<Jar> {
  const jar: Jar = new Map();
  let at = path;
  let answer = await client.send('GET', at, { jar });
  for (let step = 0; answer.status !== 200 || answer.text.includes('name="password"'); step += 1) {
    if (step > 12) throw new Error(`the portal leads on and on, last to ${at}`);
    if (answer.status === 200) {
      const csrf = unescapeHtml(/name="_csrf" value="([^"]+)"/.exec(answer.text)?.[1] ?? '');
      const form = { _csrf: csrf, as: '', identifier: personOf(person).idNumber, password };
      answer = await client.send('POST', `${at}/password`, { jar, form });
    } else {
      at = next('portal', answer);
      answer = await client.send('GET', at, { jar });
    }
  }
  return jar;
}

/** The login page as it is drawn for a new browser, for the bare server to send as many bytes. */
export async function loginPage(client: Client): Promise<string> {
  const jar: Jar = new Map();
  const asked = expect('auth', await client.send('GET', authorizationPath(clients.first, 'x'), { jar }), 303);
  return expect('login page', await client.send('GET', next('auth', asked), { jar }), 200).text;
}

/** Runs `work` for 0 to count-1, some of them at once. */
export async function inParallel(
  count: number,
  width: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, lane));
}
