import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemRandom } from '../../src/core/index.ts';
import { openDatabase } from '../../src/storage/index.ts';
import { libraryMarks } from '../../src/verification/store.ts';
import { draftOf, testActor } from '../support/licences.ts';
import { isMongoAvailable, type MongoServer, startMongo } from '../support/mongo.ts';
import { createVerificationWorld, type VerificationWorld } from './kit.ts';

type Open = NonNullable<Parameters<typeof createVerificationWorld>[0]>['open'];

/** What has to hold when a licence changes while it is verified, over one store. */
function verificationRaces(name: string, prepare: () => Promise<Open | undefined>): void {
  describe(`races over ${name}`, () => {
    let world: VerificationWorld;
    beforeAll(async () => {
      const open = await prepare();
      world = await createVerificationWorld(open ? { open } : {});
    }, 120_000);
    afterAll(() => world.close());

    it('an answer names the version that it judged, while the licence changes and is revoked', async () => {
      const business = await world.issue('business-licence');
      const named = { by: 'number', typeCode: business.typeCode, number: business.number } as const;
      const { number: _, typeCode: __, issuingAuthorityCode: ___, ...draft } = draftOf('business-licence');
      const changes = async (): Promise<void> => {
        await world.licences.addVersion(business.id, draft, testActor);
        await world.licences.move(business.id, { to: 'revoked', reason: '违规' }, testActor);
      };
      await Promise.all([changes(), ...Array.from({ length: 60 }, () => world.verify(named))]);
      const { versions } = (await world.licences.library.findById(business.id)) ?? business;
      const hashOf = new Map(
        versions.map(({ version, hash }) => [version, Buffer.from(hash, 'hex').toString('base64url')]),
      );
      expect(world.issued).toHaveLength(60);
      for (const { content } of world.issued) {
        const { version = 0, version_hash } = content.licence ?? {};
        expect(version_hash).toBe(hashOf.get(version));
        const status = content.checks.find(({ id }) => id === 'status');
        expect(content.conclusion).toBe(status?.result === 'passed' ? 'valid' : 'not_valid');
        if (status?.code === 'revoked') expect(version).toBe(2);
      }
      expect((await world.verify(named)).conclusion).toBe('not_valid');
    });

    it('the beginning of the library is one for all who start at once', async () => {
      await Promise.all(Array.from({ length: 20 }, () => world.verification.start()));
      const marks = await world.store.collection(libraryMarks).get('begun');
      expect(marks?.version).toBe(1);
    });
  });
}

verificationRaces('the embedded store', async () => undefined);

if (isMongoAvailable()) {
  let server: MongoServer | undefined;
  afterAll(async () => {
    await server?.stop();
  });
  verificationRaces('the MongoDB wire', async () => {
    const started = await startMongo();
    server = started;
    return ({ clock }) => openDatabase(started.url(), { clock, random: systemRandom });
  });
}
