import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../scripts/demo/processes.ts';
import { createApp, type Service } from '../../src/app.ts';
import { type Config, readConfig } from '../../src/config.ts';
import { systemClock } from '../../src/core/index.ts';
import type { Overrides } from '../../src/foundation.ts';
import type { ClientMetadata } from '../../src/sso/index.ts';
import type { TestPerson } from './people.ts';
import { startTestRegisters, type TestRegisters } from './registers.ts';
import { createVisitor, type Visitor } from './relying-party.ts';
import { tempDirectory } from './temp-store.ts';

/** Time as the machine tells it, moved ahead by what a test added. The provider reads Date itself: short lives are not moved. */
export interface MovableClock {
  now(): number;
  advance(seconds: number): void;
}

/** The whole service on a loopback port, with simulated registers beside it, exactly as app.ts puts it together. */
export interface TestApp {
  issuer: string;
  config: Config;
  service: Service;
  registers: TestRegisters;
  clock: MovableClock;
  /** Everything that was logged, line by line. */
  logs: string[];
  /** A browser without JavaScript. */
  visitor(): Visitor;
  /** Opens an account at a counter; level 2 with the phone matched when nothing else is said. */
  enrol(
    person: TestPerson,
    options?: { password?: string; level?: 0 | 1 | 2 | 3; isPhoneMatched?: boolean },
  ): Promise<string>;
  addClient(metadata?: ClientMetadata): Promise<ClientMetadata>;
  /** Another process's worth of the same service: own port, same store, same keys. */
  sibling(): Promise<{ origin: string; service: Service; close(): Promise<void> }>;
  /** Closes the service and the registers and deletes the data. */
  close(): Promise<void>;
}

export interface TestAppOptions {
  /** Store address; a new SQLite file when absent. */
  store?: string;
  /** Settings of the environment on top of the usual ones. */
  settings?: Record<string, string>;
  overrides?: Overrides;
}

/** Starts the service for a test. The issuer is `http://localhost:PORT`, because passkeys are bound to a name. */
export async function createTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const folder = tempDirectory('app');
  const registers = await startTestRegisters();
  registers.authority.writeAnchors(join(folder, 'anchors'), registers.url);
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const logs: string[] = [];
  let ahead = 0;
  const clock: MovableClock = {
    now: () => systemClock.now() + ahead,
    advance: (seconds) => {
      ahead += seconds * 1000;
    },
  };
  const environment = {
    TONGXING_DEMO: 'yes',
    TONGXING_ISSUER: issuer,
    TONGXING_STORE: options.store ?? `sqlite:${join(folder, 'tongxing.db')}`,
    TONGXING_KEYS: join(folder, 'keys'),
    ...registers.settings,
    TONGXING_ANCHORS: join(folder, 'anchors'),
    TONGXING_TSA_URL: `${registers.url}/tsa`,
    TONGXING_LOG_LEVEL: 'debug',
    ...options.settings,
  };
  const config = readConfig(environment);
  const overrides = {
    clock,
    logDestination: { write: (line: string) => void logs.push(line) },
    ...options.overrides,
  };

  const launch = async (listenPort: number) => {
    const service = await createApp(config, overrides);
    const listener = await service.http.listen({ host: '127.0.0.1', port: listenPort });
    const close = async (): Promise<void> => {
      await listener.close({ graceMs: 2_000 });
      await service.close();
    };
    return { origin: `http://localhost:${listener.port}`, service, close };
  };
  const main = await launch(port);
  const others: { close(): Promise<void> }[] = [];

  return {
    issuer,
    config,
    service: main.service,
    registers,
    clock,
    logs,
    visitor: () => createVisitor(issuer),
    async enrol(person, { password, level = 2, isPhoneMatched = true } = {}) {
      const { idType, idNumber, name, phoneNumber } = person;
      const enrolled = await main.service.identity.enrolment.enrolResident({
        ...{ idType, idNumber, name, phoneNumber, password, level, isPhoneMatched },
        ...{ source: 'test-counter', reference: 'test', by: 'test' },
      });
      if (enrolled.outcome !== 'enrolled') throw new Error(`enrolment ended with ${enrolled.outcome}`);
      return enrolled.accountId;
    },
    addClient: (metadata = {}) =>
      main.service.sso.clients.add({
        client_name: '示例网站',
        redirect_uris: ['https://site.example/callback'],
        scope: 'openid profile phone id_number',
        id_token_signed_response_alg: 'ES256',
        ...metadata,
      }),
    async sibling() {
      const other = await launch(0);
      others.push(other);
      return other;
    },
    async close() {
      for (const { close } of [...others, main]) await close().catch(() => undefined);
      await registers.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
