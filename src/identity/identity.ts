import type { Audit } from '../audit/index.ts';
import type { Clock, Random, RateCounter } from '../core/index.ts';
import type { Keyring } from '../keyring/index.ts';
import type { Registries } from '../registries/index.ts';
import type { Store } from '../storage/index.ts';
import type { Logger, Metrics } from '../telemetry/index.ts';
import { viewOf } from './account.ts';
import { createAccounts } from './accounts.ts';
import { changeOf, createAuthorities } from './authority.ts';
import { createBackground } from './background.ts';
import {
  openCare,
  openEnrolment,
  openLogin,
  openOrganisations,
  openRecovery,
  openRegistration,
  openStaff,
} from './doors.ts';
import { finishPendingProofs } from './finish-pending-proof.ts';
import { createKnownDevices } from './known-device.ts';
import { createLimits } from './limits.ts';
import { createLockouts } from './lockout.ts';
import { createMessages } from './messages.ts';
import { createOneTimeCodes } from './one-time-code.ts';
import { createOrganisationRecords } from './organisation-records.ts';
import { createOutbox } from './outbox.ts';
import { createChallenges } from './passkey-challenge.ts';
import { createPasskeys } from './passkeys.ts';
import { createPasswords } from './password.ts';
import type { Identity, IdentitySettings, SmsGateway } from './port.ts';
import type { Room } from './room.ts';
import * as collections from './store.ts';
import { createTags } from './tags.ts';
import { tellPerson, tellReplaced } from './tell-owner.ts';

export interface IdentityDependencies {
  store: Store;
  keyring: Pick<Keyring, 'derive'>;
  registries: Registries;
  sms: SmsGateway;
  audit: Audit;
  rate: RateCounter;
  clock: Clock;
  random: Random;
  logger: Logger;
  metrics: Metrics;
  settings: IdentitySettings;
}

/** How often waiting proofs and held-back messages are looked at. */
const jobPauseMs = 30_000;

/** Makes the room. Any number of processes may share one store; start() in each of them is right. */
export function createIdentity(dependencies: IdentityDependencies): Identity {
  const { audit, logger } = dependencies;
  const { room, outbox } = furnish(dependencies);
  const jobs = createJobs(logger, [() => finishPendingProofs(room), () => outbox.deliverDue()]);

  return {
    registration: openRegistration(room),
    login: openLogin(room),
    recovery: openRecovery(room),
    care: openCare(room, audit),
    enrolment: openEnrolment(room),
    organisations: openOrganisations(room),
    authorities: room.authorities,
    staff: openStaff(room),
    findAccount: async (accountId) => {
      const account = await room.accounts.get(accountId);
      return account && viewOf(account, room.clock.now());
    },
    finishPendingProofs: () => finishPendingProofs(room),
    deliverMessages: () => outbox.deliverDue(),
    onEvent: (event) => tellReplaced(room, event),
    tell: (notification) => tellPerson(room, notification),
    start: jobs.start,
    async close() {
      await jobs.close();
      await room.background.settle();
    },
  };
}

/** Puts together what the use cases work with. */
function furnish(dependencies: IdentityDependencies) {
  const { store, keyring, registries, sms, audit, rate, clock, random, logger, metrics, settings } =
    dependencies;
  const tags = createTags(keyring);
  const background = createBackground(logger);
  const accounts = createAccounts({
    collection: store.collection(collections.accountsCollection),
    clock,
    afterWrite: (accountId) => background.run('deliver-messages', () => outbox.deliver(accountId)),
  });
  const outbox = createOutbox({ accounts, sms, logger });
  const challenges = createChallenges({
    collection: store.collection(collections.challengesCollection),
    clock,
    random,
    tags,
  });
  const event: Room['event'] = (type, data) => audit.event(type, present(data));
  const authorities = createAuthorities({
    collection: store.collection(collections.authoritiesCollection),
    clock,
    event: (authority, by) => event('identity.authority.changed', changeOf(authority, by)),
  });
  const { hostname, origin } = new URL(settings.issuer);
  const codeFailuresPerHour = settings.codeFailuresPerHour ?? 3000;
  const room: Room = {
    accounts,
    organisations: createOrganisationRecords({
      collection: store.collection(collections.organisationsCollection),
      clock,
      random,
    }),
    authorities,
    registrations: store.collection(collections.registrationsCollection),
    recoveries: store.collection(collections.recoveriesCollection),
    codes: createOneTimeCodes({
      collection: store.collection(collections.codesCollection),
      clock,
      random,
      tags,
    }),
    passkeys: createPasskeys({
      challenges,
      relyingParty: { id: hostname, origin, name: settings.siteName.zh },
    }),
    passwords: createPasswords({ random }),
    lockouts: createLockouts({ collection: store.collection(collections.lockoutsCollection), clock }),
    limits: createLimits({ rate, tags, codeFailuresPerHour }),
    devices: createKnownDevices({ clock, random, tags }),
    messages: createMessages(settings),
    registries,
    sms,
    tags,
    background,
    clock,
    random,
    settings,
    logins: metrics.counter({
      name: 'tongxing_logins_total',
      help: 'Logins by method and outcome: succeeded, refused, locked.',
      labels: ['method', 'outcome'],
    }),
    event,
    record: (type, data) => audit.record(type, present(data)),
  };
  return { room, outbox };
}

/** Optional members that are undefined are left out: an event is canonical JSON, which has no such value. */
function present(data: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}

/** Runs jobs one after the other, again a while after the last one ended. A failed round is logged; the next one tries again. */
function createJobs(logger: Logger, jobs: readonly (() => Promise<number>)[]) {
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();
  let isClosed = false;

  async function runAll(): Promise<void> {
    for (const job of jobs)
      await job().catch((err: unknown) =>
        logger.error({ err }, 'a job of identity failed, it will be tried again'),
      );
  }

  function schedule(): void {
    timer = setTimeout(() => {
      round = runAll().finally(() => {
        if (!isClosed) schedule();
      });
    }, jobPauseMs);
    timer.unref();
  }

  return {
    start: schedule,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await round;
    },
  };
}
