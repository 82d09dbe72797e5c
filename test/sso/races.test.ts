import { afterAll } from '@jest/globals';
import { openDatabase } from '../../src/storage/index.ts';
import { isMongoAvailable, type MongoServer, startMongo } from '../support/mongo.ts';
import { ssoRaces } from './races.ts';

ssoRaces('the embedded store');

if (isMongoAvailable()) {
  let server: MongoServer | undefined;
  afterAll(async () => {
    await server?.stop();
  });
  ssoRaces('the MongoDB wire', async (dependencies) => {
    server = await startMongo();
    return openDatabase(server.url(), dependencies);
  });
}
