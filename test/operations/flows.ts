import * as oidc from 'openid-client';
import { send, type TestSite } from '../support/pages.ts';
import type { TestPerson } from '../support/people.ts';
import type { RelyingParty, Visitor } from '../support/relying-party.ts';

export const password = 'quiet-harbour-1880';

/** Goes through a login at a site: page, password, consent where it is asked for, code, tokens. */
export async function logIn(site: TestSite, visitor: Visitor, person: TestPerson, secret = password) {
  const { page, attempt } = await site.open(visitor, { scope: 'openid profile' });
  const entered = await send(visitor, page, '/password', { identifier: person.idNumber, password: secret });
  const back = entered.location ? entered : await send(visitor, entered, '/allow');
  return site.party.finish(attempt, back.location ?? '');
}

/** Enters a site with the session that is there. @throws {Error} when the service asks for a login */
export async function enterSilently(site: TestSite, visitor: Visitor) {
  const attempt = await site.party.begin({ prompt: 'none', scope: 'openid profile' });
  const answer = await visitor.get(attempt.url);
  return site.party.finish(attempt, answer.location ?? '');
}

/** Asks who a token is about, as any site does. */
export const userinfo = (party: RelyingParty, accessToken: string) =>
  oidc.fetchUserInfo(party.config, accessToken, oidc.skipSubjectCheck);

/** The published signing keys of one process. */
export async function publishedKids(origin: string): Promise<string[]> {
  const { keys } = (await (await fetch(`${origin}/oidc/jwks`)).json()) as { keys: { kid: string }[] };
  return keys.map(({ kid }) => kid).sort();
}

/** Asks again until the answer is yes. @throws {Error} when the time is up, naming what was waited for */
export async function eventually(what: string, ask: () => Promise<boolean>, seconds = 15): Promise<void> {
  for (const until = Date.now() + seconds * 1000; !(await ask()); ) {
    if (Date.now() > until) throw new Error(`waited ${seconds} s for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
