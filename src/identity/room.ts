import type { z } from 'zod';
import type { Clock, PendingEvent, Random } from '../core/index.ts';
import type { Registries } from '../registries/index.ts';
import type { Collection } from '../storage/index.ts';
import type { Counter } from '../telemetry/index.ts';
import type { Accounts } from './accounts.ts';
import type { Background } from './background.ts';
import type { IdentityEvent, identityEvents } from './events.ts';
import type { KnownDevices } from './known-device.ts';
import type { Limits } from './limits.ts';
import type { Lockouts } from './lockout.ts';
import type { Messages } from './messages.ts';
import type { OneTimeCodes } from './one-time-code.ts';
import type { OrganisationRecords } from './organisation-records.ts';
import type { Passkeys } from './passkeys.ts';
import type { Passwords } from './password.ts';
import type { IdentitySettings, SmsGateway } from './port.ts';
import type { RecoveryDraft } from './recovery.ts';
import type { RegistrationDraft } from './registration.ts';
import type { Authorities } from './staff-port.ts';
import type { Tags } from './tags.ts';

/** Data of an event, as the catalogue declares it. */
export type EventData<T extends IdentityEvent> = z.input<(typeof identityEvents)[T]['data']>;

/** Everything that the use cases of this room work with. */
export interface Room {
  accounts: Accounts;
  organisations: OrganisationRecords;
  authorities: Authorities;
  registrations: Collection<RegistrationDraft>;
  recoveries: Collection<RecoveryDraft>;
  codes: OneTimeCodes;
  passkeys: Passkeys;
  passwords: Passwords;
  lockouts: Lockouts;
  limits: Limits;
  devices: KnownDevices;
  messages: Messages;
  registries: Registries;
  sms: SmsGateway;
  tags: Tags;
  background: Background;
  clock: Clock;
  random: Random;
  settings: IdentitySettings;
  logins: Counter<'method' | 'outcome'>;
  /** An event to ride in a document. */
  event<T extends IdentityEvent>(type: T, data: EventData<T>): PendingEvent;
  /** An event that is a write of its own. */
  record<T extends IdentityEvent>(type: T, data: EventData<T>): Promise<unknown>;
}
