/** foundation: the rooms that commands need without a listening service: the store, the keys and the log. */
import { type Audit, createAudit } from './audit/index.ts';
import type { Config } from './config.ts';
import { type Clock, type Random, systemClock, systemRandom } from './core/index.ts';
import { type Keyring, openKeyring } from './keyring/index.ts';
import { type Database, openDatabase, type Store } from './storage/index.ts';
import { createLogger, createMetrics, type Logger, type Metrics } from './telemetry/index.ts';

/** What tests and commands may replace. */
export interface Overrides {
  clock?: Clock;
  random?: Random;
  logDestination?: { write(line: string): void };
}

/** The rooms below all people and protocols. */
export interface Foundation {
  config: Config;
  clock: Clock;
  random: Random;
  logger: Logger;
  metrics: Metrics;
  database: Database;
  keyring: Keyring;
  store: Store;
  audit: Audit;
  close(): Promise<void>;
}

/** Opens the store and the keys. @throws {Problem} of storage and keyring, each naming the setting to look at */
export async function openFoundation(config: Config, overrides: Overrides = {}): Promise<Foundation> {
  const clock = overrides.clock ?? systemClock;
  const random = overrides.random ?? systemRandom;
  const logger = createLogger({
    level: config.logLevel,
    ...(overrides.logDestination ? { destination: overrides.logDestination } : {}),
  });
  const metrics = createMetrics();
  const database = await openDatabase(config.store, { clock, random });
  const keyring = await openKeyring({
    records: database.keyRecords,
    folder: config.keys,
    mode: config.demo ? 'demo' : 'production',
    clock,
    random,
    onRefreshFailed: (err) =>
      logger.warn({ err }, 'the keys could not be read again; those in memory stay in use'),
  }).catch(async (error: unknown) => {
    // An open connection would keep a process alive that said why it does not start.
    await database.close();
    throw error;
  });
  const store = database.open(keyring.cipher);
  const audit = createAudit({ store, keyring, clock, random, metrics });
  const close = async (): Promise<void> => {
    await audit.close();
    await keyring.close();
    await store.close();
  };
  return { config, clock, random, logger, metrics, database, keyring, store, audit, close };
}
