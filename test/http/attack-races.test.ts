import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createTestApp, type TestApp } from '../support/app.ts';
import {
  assertionStatus,
  enrolPerson,
  enter,
  type OpenedSite,
  openKnownSite,
  password,
  redemption,
  userinfoStatus,
} from '../support/attacker.ts';
import { isMongoAvailable, type MongoServer, startMongo } from '../support/mongo.ts';
import { csrfOf, pathOf, send } from '../support/pages.ts';
import type { Answer, Visitor } from '../support/relying-party.ts';

const many = <T>(count: number, work: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => work(n)));

/** Everything that only one may win, at two processes of the whole service over one store. */
function races(name: string, open: () => Promise<{ store?: string; stop(): Promise<void> }>): void {
  describe(`at the same moment, on ${name},`, () => {
    let app: TestApp;
    let site: OpenedSite;
    let stop: () => Promise<void>;
    /** Where the n-th of them goes. */
    let turn: (n: number) => string;

    beforeAll(async () => {
      const opened = await open();
      stop = opened.stop;
      app = await createTestApp(opened.store === undefined ? {} : { store: opened.store });
      const { origin } = await app.sibling();
      turn = (n) => (n % 2 === 0 ? app.issuer : origin);
      site = await openKnownSite(app, {
        client_id: 'raced',
        grant_types: ['authorization_code', 'refresh_token'],
        scope: 'openid profile phone offline_access',
      });
    });
    afterAll(async () => {
      await app.close();
      await stop();
    });

    const post = (visitor: Visitor, n: number, path: string, page: Answer, fields: Record<string, string>) =>
      visitor.clone().post(turn(n) + path, { _csrf: csrfOf(page), ...fields }, { origin: app.issuer });

    it('50 redemptions of one code give one token, which the others end', async () => {
      const person = await enrolPerson(app, 1);
      const fields = redemption(await enter(app.visitor(), site, person));
      const answers = await many(50, (n) => site.ask('token', fields, turn(n)));
      const won = answers.filter(({ status }) => status === 200);
      expect(won).toHaveLength(1);
      const lost = answers.filter(({ status }) => status !== 200);
      expect(new Set(lost.map(({ body }) => body.error))).toEqual(new Set(['invalid_grant']));
      expect(await userinfoStatus(app, won[0]?.body.access_token)).toBe(401);
    });

    it('50 uses of one refresh token give at most one successor, and the grant is over', async () => {
      const person = await enrolPerson(app, 2);
      const { body } = await site.ask('token', redemption(await enter(app.visitor(), site, person)));
      const use = (token: unknown, n = 0) =>
        site.ask('token', { grant_type: 'refresh_token', refresh_token: String(token) }, turn(n));
      const answers = await many(50, (n) => use(body.refresh_token, n));
      const won = answers.filter(({ status }) => status === 200);
      expect(won.length).toBeLessThanOrEqual(1);
      for (const one of won) {
        expect((await use(one.body.refresh_token)).status).toBe(400);
        expect(await userinfoStatus(app, one.body.access_token)).toBe(401);
      }
    });

    it('50 assertions with one id make one client known once', async () => {
      const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
      await app.addClient({
        client_id: 'once',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        scope: 'licences:read',
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] },
      });
      const assertion = await new SignJWT({ jti: 'once' })
        .setProtectedHeader({ alg: 'ES256', kid: 'k' })
        .setIssuer('once')
        .setSubject('once')
        .setAudience(app.issuer)
        .setExpirationTime('1 minute')
        .sign(privateKey);
      const statuses = await many(50, (n) => assertionStatus(turn(n), assertion));
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    });

    it('20 browsers with one pushed request let one of them in', async () => {
      const person = await enrolPerson(app, 3);
      const visitor = app.visitor();
      await enter(visitor, site, person);
      const attempt = await site.party.begin({}, true);
      const answers = await many(20, (n) => visitor.clone().get(attempt.url.replace(app.issuer, turn(n))));
      expect(answers.filter(({ location }) => location?.includes('code='))).toHaveLength(1);
    });

    /** A code on its way, and where it is typed. */
    async function codeFor(n: number) {
      const person = await enrolPerson(app, n);
      const visitor = app.visitor();
      const { page } = await site.open(visitor);
      const sms = await visitor.get(`${pathOf(page)}?way=sms`);
      const ask = await send(visitor, sms, '/sms', { identifier: person.idNumber });
      const code = await app.registers.lastCode(person.phoneNumber);
      const challenge = new URL(ask.url).searchParams.get('c') ?? '';
      const guess = (typed: string, n = 0) =>
        post(visitor, n, `${pathOf(page)}/code`, ask, { challenge, code: typed });
      return { person, code: Number(code), guess };
    }
    const digits = (code: number) => String(code % 1_000_000).padStart(6, '0');

    it('50 guesses at one code count as five at most, and then even the right one is too late', async () => {
      const { code, guess } = await codeFor(4);
      const answers = await many(50, (n) => guess(digits(code + 1 + n), n));
      expect(answers.filter(({ location }) => location)).toEqual([]);
      const counted = answers.filter(({ text }) => /还可以试 \d 次|试错次数已满/.test(text));
      expect(counted).toHaveLength(5);
      expect((await guess(digits(code))).location).toBeUndefined();
    });

    it('50 times the right code log in once', async () => {
      const { code, guess } = await codeFor(5);
      const answers = await many(50, (n) => guess(digits(code), n));
      expect(answers.filter(({ location }) => location?.includes('/oidc/auth/'))).toHaveLength(1);
    });

    it('50 guesses at one password count as five at most', async () => {
      const person = await enrolPerson(app, 6);
      const visitor = app.visitor();
      const { page } = await site.open(visitor);
      const guess = (typed: string, n = 0) =>
        post(visitor, n, `${pathOf(page)}/password`, page, { identifier: person.idNumber, password: typed });
      const answers = await many(50, (n) => guess(`guess-number-${n}`, n));
      expect(answers.filter(({ status }) => status === 422)).toHaveLength(5);
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(45);
      expect((await guess(password)).status).toBe(429);
    });

    it('20 orders of a code send one message', async () => {
      const person = await enrolPerson(app, 7);
      const visitor = app.visitor();
      const { page } = await site.open(visitor);
      const answers = await many(20, (n) =>
        post(visitor, n, `${pathOf(page)}/sms`, page, { identifier: person.idNumber }),
      );
      expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
      await app.registers.lastCode(person.phoneNumber);
      expect(await app.registers.inbox(person.phoneNumber)).toHaveLength(1);
    });
  });
}

races('the embedded store', async () => ({ stop: async () => undefined }));

if (isMongoAvailable()) {
  races('the MongoDB wire', async () => {
    const server: MongoServer = await startMongo();
    return { store: server.url(), stop: () => server.stop() };
  });
}
