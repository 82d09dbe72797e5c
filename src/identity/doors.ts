import type { Audit } from '../audit/index.ts';
import { bindOrganisation } from './bind-organisation.ts';
import * as care from './care-for-account.ts';
import { changeName } from './change-name.ts';
import { confirmPhoneChange, startPhoneChange } from './change-phone.ts';
import { completeRegistration, registrationPasskeyOptions } from './complete-registration.ts';
import {
  confirmOrganisation,
  findOrganisation,
  findRepresented,
  listOrganisations,
  releaseOrganisation,
} from './confirm-organisation.ts';
import {
  confirmRegistrationPhone,
  findDraft,
  proveRegistrationByCard,
  sendRegistrationCode,
} from './confirm-registration-phone.ts';
import { enrolResident, findAccountId } from './enrol-resident.ts';
import { loginWithCode, sendLoginCode } from './login-with-code.ts';
import { loginPasskeyOptions, loginWithPasskey } from './login-with-passkey.ts';
import { loginWithPassword } from './login-with-password.ts';
import * as passkeys from './manage-passkeys.ts';
import type { AccountCare, Enrolment, Login, Organisations, Recovery, Registration, Staff } from './port.ts';
import { raiseByCard, raiseByTelecom } from './raise-level.ts';
import {
  completeRecovery,
  confirmRecoveryCode,
  findRecovery,
  recoveryPasskeyOptions,
  startRecovery,
} from './recover-account.ts';
import { registrationView } from './registration.ts';
import { reportTheft } from './report-theft.ts';
import type { Room } from './room.ts';
import { changeDuties, disableStaff } from './staff-changes.ts';
import * as invitations from './staff-invitations.ts';
import { findActive, isStaff, memberOf } from './staff-member.ts';
import { startRegistration } from './start-registration.ts';

/** Registration over the room's furniture. */
export function openRegistration(room: Room): Registration {
  return {
    start: (input) => startRegistration(room, input),
    find: async (registrationId, transaction) => {
      const draft = await findDraft(room, registrationId, transaction);
      return draft && registrationView(draft.value);
    },
    sendCode: (input) => sendRegistrationCode(room, input),
    confirmPhone: (input) => confirmRegistrationPhone(room, input),
    proveByCard: (input) => proveRegistrationByCard(room, input),
    passkeyOptions: (input) => registrationPasskeyOptions(room, input),
    complete: (input) => completeRegistration(room, input),
  };
}

/** Login over the room's furniture. */
export function openLogin(room: Room): Login {
  return {
    withPassword: (input) => loginWithPassword(room, input),
    sendCode: (input) => sendLoginCode(room, input),
    withCode: (input) => loginWithCode(room, input),
    passkeyOptions: (input) => loginPasskeyOptions(room, input),
    withPasskey: (input) => loginWithPasskey(room, input),
  };
}

/** Recovery over the room's furniture. */
export function openRecovery(room: Room): Recovery {
  return {
    start: (input) => startRecovery(room, input),
    find: async (recoveryId, transaction) => {
      const draft = (await findRecovery(room, recoveryId, transaction))?.value;
      return draft && { recoveryId, step: draft.step, expiresAt: draft.expiresAt };
    },
    confirmCode: (input) => confirmRecoveryCode(room, input),
    passkeyOptions: (input) => recoveryPasskeyOptions(room, input),
    complete: (input) => completeRecovery(room, input),
  };
}

/** What owners do to their accounts, over the room's furniture. */
export function openCare(room: Room, audit: Audit): AccountCare {
  return {
    overview: async (accountId) => {
      const account = await room.accounts.get(accountId);
      return account && care.overviewOf(account, room.clock.now());
    },
    recentLogins: (accountId, options) => care.recentLogins(audit, accountId, options),
    changePassword: (input) => care.changePassword(room, input),
    startPhoneChange: (input) => startPhoneChange(room, input),
    confirmPhoneChange: (input) => confirmPhoneChange(room, input),
    changeName: (input) => changeName(room, input),
    raiseByTelecom: (input) => raiseByTelecom(room, input),
    raiseByCard: (input) => raiseByCard(room, input),
    passkeyOptions: (input) => passkeys.passkeyOptions(room, input),
    addPasskey: (input) => passkeys.addPasskey(room, input),
    renamePasskey: (input) => passkeys.renamePasskey(room, input),
    removePasskey: (input) => passkeys.removePasskey(room, input),
    setMethodBlocked: (input) => passkeys.setMethodBlocked(room, input),
    acknowledgeAlerts: (accountId) => care.acknowledgeAlerts(room, accountId),
    reportTheft: (input) => reportTheft(room, input),
    disable: (input) => care.disableAccount(room, input),
  };
}

/** Enrolment over the room's furniture. */
export function openEnrolment(room: Room): Enrolment {
  return {
    enrolResident: (input) => enrolResident(room, input),
    findAccountId: (identifier) => findAccountId(room, identifier),
  };
}

/** Organisations over the room's furniture. */
export function openOrganisations(room: Room): Organisations {
  return {
    bind: (input) => bindOrganisation(room, input),
    release: (input) => releaseOrganisation(room, input),
    list: (accountId) => listOrganisations(room, accountId),
    confirm: (accountId, organisationId) => confirmOrganisation(room, accountId, organisationId),
    findRepresented: (accountId, organisationId) => findRepresented(room, accountId, organisationId),
    find: (organisationId) => findOrganisation(room, organisationId),
  };
}

/** Staff over the room's furniture. */
export function openStaff(room: Room): Staff {
  return {
    invite: (input) => invitations.inviteStaff(room, input),
    inviteAgain: (input) => invitations.inviteStaffAgain(room, input),
    findInvitation: (token) => invitations.findInvitation(room, token),
    passkeyOptions: (input) => invitations.invitationPasskeyOptions(room, input),
    accept: (input) => invitations.acceptInvitation(room, input),
    find: async (accountId) => {
      const account = await findActive(room, accountId);
      return account && memberOf(account, room.clock.now());
    },
    findAny: async (accountId) => {
      const account = await room.accounts.get(accountId);
      return isStaff(account) ? memberOf(account, room.clock.now()) : undefined;
    },
    list: (query) => invitations.listStaff(room, query),
    changeDuties: (input) => changeDuties(room, input),
    disable: (input) => disableStaff(room, input),
  };
}
