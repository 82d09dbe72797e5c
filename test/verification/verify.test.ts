import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Licence } from '../../src/licences/index.ts';
import { parseAsOf } from '../../src/verification/as-of.ts';
import type { Answer, Question } from '../../src/verification/index.ts';
import { draftOf, testActor, testAuthority, typeCodeOf } from '../support/licences.ts';
import {
  counter,
  createVerificationWorld,
  fileOf,
  hall,
  matter,
  reportOf,
  type VerificationWorld,
} from './kit.ts';

const company = { idType: '001', idNumber: '91520000MA0DEM005M' } as const;
const typeCode = typeCodeOf('business-licence');
const number = '91520000MA0DEM005M';
const byNumber = { by: 'number', typeCode, number } as const;

let world: VerificationWorld;
let licence: Licence;
beforeAll(async () => {
  world = await createVerificationWorld();
  licence = await world.issue('business-licence');
});
afterAll(() => world.close());

const factsOf = (answer: Answer) =>
  answer.licence && Object.fromEntries(answer.licence.facts.map(({ name, value }) => [name, value]));
const odd = ({ checks }: Answer) =>
  checks.filter(({ result, code }) => result !== 'passed' || code !== null).map(({ code }) => code);
const asOf = (text: string): Pick<Question, 'asOf'> => ({ asOf: parseAsOf(text, world.clock.now()) });

describe('a verification by number', () => {
  it('answers valid, and tells what the service item may learn and nothing beyond it', async () => {
    const answer = await world.verify(byNumber);
    expect(answer.conclusion).toBe('valid');
    expect(answer.licence).toMatchObject({ id: licence.id, typeCode, version: 1 });
    expect(factsOf(answer)).toEqual({
      holder_name: '示例省演示食品有限公司',
      holder_number: '91520000MA0DEM005M',
      sells_food: true,
      valid_on_day: true,
    });
  });

  it('records who asked, for what, and which version was judged, with a receipt over the same', async () => {
    await world.verify(byNumber);
    const { content, event } = world.issued.at(-1) ?? {};
    const [version] = licence.versions;
    expect(content).toMatchObject({
      ...{ client: 'hall', case_number: matter.caseNumber, purpose: matter.purpose, conclusion: 'valid' },
      licence: {
        ...{ id: licence.id, version: 1 },
        version_hash: Buffer.from(version?.hash ?? '', 'hex').toString('base64url'),
      },
    });
    expect(event).toEqual({
      type: 'verification.licence.verified',
      data: {
        ...{ licence: licence.id, version: 1, by: 'number', conclusion: 'valid', purpose: matter.purpose },
        ...{ serviceItem: 'food-new', caseNumber: matter.caseNumber },
      },
    });
  });

  it('answers the same for a number that nobody has and for a type that the matter may not ask about', async () => {
    const types = { granted: typeCode, not: typeCodeOf('food-business-licence') };
    const there = await world.issue('food-business-licence');
    const ask = (code: string, asked: string) =>
      world.verify({ by: 'number', typeCode: code, number: asked });
    const absent = await ask(types.granted, '91520000MA0DEM006X');
    const forbidden = await ask(types.not, there.number);
    const neither = await ask(types.not, 'JY25209999999999');
    for (const answer of [absent, forbidden, neither]) {
      expect({ ...answer, receipt: 0, freshness: 0 }).toEqual({ ...absent, receipt: 0, freshness: 0 });
      expect([answer.conclusion, answer.licence]).toEqual(['not_valid', null]);
    }
    // What is behind a type that is not granted is never read, so it takes no time either.
    expect(world.lookedUp.slice(-3)).toEqual(['91520000MA0DEM006X', '?', '?']);
    expect(world.issued.at(-1)?.content.licence).toBeNull();
  });

  it('tells nothing of a licence that is not the named holder’s', async () => {
    const named = { holder: { ...company, idNumber: '91520000MA0DEM006X' } };
    const answer = await world.verify(byNumber, named);
    expect([answer.conclusion, answer.licence, odd(answer)]).toEqual(['not_valid', null, ['holder-differs']]);
    const right = await world.verify(byNumber, { holder: { ...company, name: '示例省演示食品有限公司' } });
    expect(right.conclusion).toBe('valid');
  });

  it('nor of its state, whatever that is, also in the receipt; its holder sees that somebody asked', async () => {
    const card = await world.issue('social-security-card', { number: 'G00000555' });
    const named = { by: 'number', typeCode: card.typeCode, number: card.number } as const;
    const ask = async (changes: Partial<Question> = {}) => {
      const answer = await world.verify(named, { holder: company, ...changes });
      const { licence: inReceipt, checks, conclusion } = world.issued.at(-1)?.content ?? {};
      return { ...answer, freshness: answer.freshness.learnedAt, receipt: { inReceipt, checks, conclusion } };
    };
    const good = await ask();
    expect(good.checks.map(({ id, result }) => [id, result])).toEqual([
      ['exists', 'passed'],
      ['holder', 'failed'],
    ]);
    expect(good).toMatchObject({ licence: null, receipt: { inReceipt: null, checks: good.checks } });
    world.clock.advance(60);
    const before = new Date(world.clock.now()).toISOString();
    world.clock.advance(60);
    await world.licences.library.setDisputed(card.id, { objectionId: 'o', since: world.clock.now() });
    await world.licences.move(card.id, { to: 'suspended', reason: '核查' }, testActor);
    expect(await ask()).toEqual(good);
    expect((await ask(asOf(before))).freshness).toBeUndefined();
    expect(world.issued.at(-1)?.event).toMatchObject({
      type: 'verification.licence.verified',
      data: { licence: card.id, conclusion: 'not_valid' },
    });
  });

  it('is for clients and authorities that the service item names, and says the same of an item that is not there', async () => {
    const refused = (changes: Partial<Question>) =>
      expect(world.verify(byNumber, changes)).rejects.toMatchObject({ code: 'service-item-not-granted' });
    await refused({ verifier: { ...hall, id: 'other' } });
    await refused({ verifier: { ...counter, authorityCode: '12520000MB0000000P' } });
    await refused({ matter: { ...matter, serviceItemCode: 'no-such' } });
    expect((await world.verify(byNumber, { verifier: counter })).conclusion).toBe('valid');
    expect(world.issued.at(-1)).toMatchObject({
      content: { client: `counter:${testAuthority}` },
      event: { data: { actor: 'staff-1', authority: testAuthority } },
    });
  });
});

describe('a verification as of a day', () => {
  it('cannot tell of the future or of a time before the library began', async () => {
    await world.verification.start();
    const future = await world.verify(byNumber, asOf('2999-01-01'));
    expect([future.conclusion, odd(future)]).toEqual(['cannot_tell', ['as-of-in-future']]);
    expect(new Date(future.freshness.asOf).toISOString()).toBe('2999-01-01T15:59:59.999Z');
    expect(world.issued.at(-1)?.content.freshness).toEqual({
      ...{ as_of: '2999-01-01T15:59:59.999Z', source: 'library' },
    });
    const early = await world.verify(byNumber, asOf('2001-01-01'));
    expect([early.conclusion, odd(early)]).toEqual(['cannot_tell', ['as-of-before-library']]);
    expect(factsOf(early)?.valid_on_day).toBeNull();
  });

  it('answers what was true then from the history, and when the library learned it', async () => {
    const card = await world.issue('social-security-card', { number: 'G00000777' });
    const named = { by: 'number', typeCode: card.typeCode, number: card.number } as const;
    world.clock.advance(600);
    const before = new Date(world.clock.now()).toISOString();
    world.clock.advance(600);
    const suspendedAt = world.clock.now();
    await world.licences.move(
      card.id,
      { to: 'suspended', reason: '核查', effectiveAt: suspendedAt },
      testActor,
    );
    expect(odd(await world.verify(named))).toEqual(['suspended']);
    const then = await world.verify(named, asOf(before));
    expect([then.conclusion, then.freshness.asOf]).toEqual(['valid', Date.parse(before)]);
    expect(then.freshness.learnedAt).toBeLessThan(suspendedAt);
    expect(world.issued.at(-1)?.content.freshness).toEqual({
      ...{ as_of: before, source: 'library' },
      learned_at: new Date(then.freshness.learnedAt ?? 0).toISOString(),
    });
    expect(factsOf(then)).toEqual({ older_than_18: true });
  });

  it('takes a day at its end in China, today as now, and nothing that is no day', () => {
    const now = Date.parse('2026-11-22T06:00:00Z');
    expect(parseAsOf('2024-03-05', now)).toMatchObject({ at: Date.parse('2024-03-05T15:59:59.999Z') });
    expect(parseAsOf('2026-11-22', now)).toMatchObject({ at: now, isFuture: false });
    const tomorrow = { at: Date.parse('2026-11-23T15:59:59.999Z'), isFuture: true };
    expect(parseAsOf('2026-11-23', now)).toMatchObject(tomorrow);
    expect(parseAsOf('2026-11-22T14:00:01+08:00', now)?.isFuture).toBe(true);
    expect(parseAsOf('2024-03-05T10:00:00Z', now)?.at).toBe(Date.parse('2024-03-05T10:00:00Z'));
    for (const text of ['2026-02-30', '2026-13-01', 'yesterday', '2026-11-22T06:00', ''])
      expect(parseAsOf(text, now)).toBeUndefined();
  });
});

describe('a verification by code', () => {
  it('answers once: of fifty at the same time one gets the licence, and the others learn nothing', async () => {
    world.codes.set('TXS1', licence.id);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => world.verify({ by: 'code', code: 'TXS1' })),
    );
    expect(answers.filter(({ licence: found }) => found !== null)).toHaveLength(1);
    const [other] = answers.filter(({ licence: found }) => found === null);
    expect([other?.conclusion, other && odd(other)]).toEqual(['cannot_tell', ['code-not-usable']]);
  });

  it('says the same of a code for a licence that the matter may not ask about', async () => {
    const food = await world.issue('food-business-licence', { number: 'JY25201000000002' });
    world.codes.set('TXS2', food.id);
    const forbidden = await world.verify({ by: 'code', code: 'TXS2' });
    const unknown = await world.verify({ by: 'code', code: 'TXS3' });
    expect({ ...forbidden, receipt: 0, freshness: 0 }).toEqual({ ...unknown, receipt: 0, freshness: 0 });
  });
});

describe('a verification by holder', () => {
  const named = { by: 'holder', ...company, typeCode } as const;

  it('needs the holder’s live consent, and says the same without one as without a licence', async () => {
    const without = await world.verify(named);
    expect([without.conclusion, odd(without)]).toEqual(['cannot_tell', ['no-consent-or-licence']]);
    world.consents.licenceIds = [licence.id];
    expect((await world.verify(named)).licence?.id).toBe(licence.id);
    expect(world.issued.at(-1)?.event.data).toMatchObject({ by: 'holder', share: 's' });
    world.consents.isWithdrawn = true;
    const withdrawn = await world.verify(named);
    expect({ ...withdrawn, receipt: 0, freshness: 0 }).toEqual({ ...without, receipt: 0, freshness: 0 });
    // A counter is no site that somebody consented to.
    world.consents.isWithdrawn = false;
    expect((await world.verify(named, { verifier: counter })).licence).toBeNull();
  });

  it('or a registered statute, and then takes the newest valid licence', async () => {
    const statutory = { matter: { ...matter, serviceItemCode: 'statutory' } };
    expect(factsOf(await world.verify(named, statutory))).toEqual({ number });
    const statute = { zh: '《示例条例》第一条', en: 'Sample Regulation, article 1' };
    expect(world.issued.at(-1)?.event.data).toMatchObject({ by: 'holder', statute });
    expect(world.issued.at(-1)?.event.data).not.toHaveProperty('share');
    const nobody = await world.verify({ ...named, idNumber: '91520000MA0DEM006X' }, statutory);
    expect([nobody.conclusion, odd(nobody)]).toEqual(['not_valid', ['licence-not-found']]);
    const notGranted = await world.verify(
      { ...named, typeCode: typeCodeOf('social-security-card') },
      statutory,
    );
    expect(odd(notGranted)).toEqual(['licence-not-found']);
  });
});

describe('a verification by file', () => {
  it('knows a file of the library by its hash, without validating it again', async () => {
    const { bytes } = await world.licences.library.fileOf(licence.id, 1);
    const answer = await world.verify({ by: 'file', file: fileOf(bytes) });
    expect([answer.conclusion, answer.licence?.id, world.seal.validated]).toEqual(['valid', licence.id, 0]);
    expect(answer.checks.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['seal-integrity', 'seal-registered', 'seal-certificate', 'file-unchanged']),
    );
  });

  it('validates one that it does not know, and accepts none of them as a licence of its own', async () => {
    const verify = async (report: ReturnType<typeof reportOf>) => {
      world.seal.report = report;
      const answer = await world.verify({ by: 'file', file: fileOf(Buffer.from('%PDF other')) });
      expect(answer.licence).toBeNull();
      return [answer.conclusion, ...odd(answer)];
    };
    expect(await verify(reportOf())).toEqual(['cannot_tell', 'file-unknown', 'signer-not-compared']);
    expect(await verify(reportOf({ integrity: 'failed' }))).toEqual(
      expect.arrayContaining(['not_valid', 'file-not-issued', 'seal-broken', 'file-changed']),
    );
    expect(
      await verify({ ...reportOf(), signatures: [], fileChecks: [{ id: 'readable', state: 'failed' }] }),
    ).toEqual(['not_valid', 'file-unreadable', 'file-not-issued']);
    const bare = [{ id: 'has-signatures', state: 'failed' }] as const;
    expect(await verify({ ...reportOf(), signatures: [], fileChecks: bare })).toContain('not-sealed');
  });

  it('and the code printed on it say that an old version is old', async () => {
    const food = await world.issue('business-licence', { number: '91520000MA0DEM0077' }, 'now');
    const [first] = food.versions;
    const old = await world.licences.library.fileOf(food.id, 1);
    const printed = { by: 'printed', statusToken: first?.statusToken ?? '' } as const;
    const file = { by: 'file', file: fileOf(old.bytes) } as const;
    for (const named of [printed, file]) expect((await world.verify(named)).conclusion).toBe('valid');
    const { number: _, typeCode: __, issuingAuthorityCode: ___, ...draft } = draftOf('business-licence');
    await world.licences.addVersion(food.id, draft, testActor);
    for (const named of [printed, file]) expect(odd(await world.verify(named))).toEqual(['version-replaced']);
    expect(odd(await world.verify({ by: 'printed', statusToken: 'nobody' }))).toEqual(['licence-not-found']);
  });
});

describe('an answer about a licence that changes', () => {
  it('is held back while an objection is open', async () => {
    await world.licences.library.setDisputed(licence.id, { objectionId: 'o1', since: world.clock.now() });
    const answer = await world.verify(byNumber);
    expect([answer.conclusion, odd(answer)]).toEqual(['cannot_tell', ['disputed']]);
    await world.licences.library.setDisputed(licence.id, undefined);
    expect((await world.verify(byNumber)).conclusion).toBe('valid');
  });

  it('names the version that it judged, also when the licence is revoked meanwhile', async () => {
    const card = await world.issue('social-security-card', { number: 'G00000888' });
    const named = { by: 'number', typeCode: card.typeCode, number: card.number } as const;
    const before = world.issued.length;
    await Promise.all([
      ...Array.from({ length: 20 }, () => world.verify(named)),
      world.licences.move(card.id, { to: 'revoked', reason: '违规' }, testActor),
    ]);
    for (const { content } of world.issued.slice(before)) {
      expect(content.licence).toMatchObject({ id: card.id, version: 1 });
      const status = content.checks.find(({ id }) => id === 'status');
      expect(content.conclusion).toBe(status?.result === 'passed' ? 'valid' : 'not_valid');
    }
    expect(odd(await world.verify(named))).toEqual(['revoked']);
  });
});
