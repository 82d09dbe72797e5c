import { Problem } from '../core/index.ts';
import type { PageReply, PersonCaller, Route } from '../http/index.ts';
import { api } from '../http/index.ts';
import type { LoginMethod } from '../identity/index.ts';
import { accountPages, freshSeconds, type Mine, saved } from './account-pages.ts';
import type { PortalContext } from './deps.ts';
import { describeDevice } from './describe.ts';
import { fault, type PageFault } from './faults.ts';
import { rememberDevice } from './interaction.ts';
import { readNewPassword } from './new-login.ts';
import { optionsReply, passkeyAnswer, passkeyQuestion, readPasskeyResponse } from './passkey-forms.ts';

const showMethods = (mine: Mine, faults: readonly PageFault[] = []): PageReply =>
  mine.show('methods', { methods: ['password', 'sms', 'passkey'] }, faults);

async function changePassword(mine: Mine): Promise<PageReply> {
  const read = readNewPassword(mine.request.body);
  if (!read.ok) return mine.show('change-password', {}, read.faults);
  const { accountId, visitor, context, request } = mine;
  const outcome = await context.identity.care.changePassword({ accountId, password: read.password, visitor });
  if (outcome.outcome === 'invalid') return mine.show('change-password', {}, outcome.faults);
  if (outcome.outcome === 'changed') rememberDevice(context, request, outcome.knownDevice);
  return saved('/account/methods', 'password');
}

const showAdd = (mine: Mine, faults: readonly PageFault[] = []): PageReply =>
  mine.show('passkey-add', { suggestion: describeDevice(mine.request.userAgent) }, faults);

async function addPasskey(mine: Mine): Promise<PageReply> {
  const { accountId, caller, transaction, request } = mine;
  const answer = readPasskeyResponse(request.body);
  if (!answer) return showAdd(mine, [fault('', 'newPasskeyRefused')]);
  const { name = '' } = request.body;
  const sessionLevel = caller.level;
  const { care } = mine.context.identity;
  const outcome = await care.addPasskey({ accountId, ...answer, name, sessionLevel, transaction });
  if (outcome.outcome === 'added') return saved('/account/methods', 'passkey');
  if (outcome.outcome === 'invalid') return showAdd(mine, outcome.faults);
  return showAdd(mine, [fault('', 'newPasskeyRefused')]);
}

/** One of the person's own passkeys, by the id in the address or the form. */
function withPasskey(
  view: string,
  act?: (mine: Mine, credentialId: string) => Promise<PageReply | readonly PageFault[]>,
) {
  return async (mine: Mine): Promise<PageReply> => {
    const id = mine.request.body.id ?? mine.request.query.id;
    const passkey = mine.person.passkeys.find(({ credentialId }) => credentialId === id);
    if (!passkey) return { redirect: '/account/methods' };
    const done = act ? await act(mine, passkey.credentialId) : [];
    return Array.isArray(done) ? mine.show(view, { passkey }, done) : (done as PageReply);
  };
}

const rename = withPasskey('passkey-rename', async (mine, credentialId) => {
  const { accountId, context, request } = mine;
  const { name = '' } = request.body;
  const outcome = await context.identity.care.renamePasskey({ accountId, credentialId, name });
  return outcome.outcome === 'invalid' ? outcome.faults : saved('/account/methods', 'passkey-renamed');
});

const remove = withPasskey('passkey-remove', async (mine, credentialId) => {
  const { accountId, context } = mine;
  const outcome = await context.identity.care.removePasskey({ accountId, credentialId });
  return outcome.outcome === 'last-way-in'
    ? [fault('', 'lastWayIn')]
    : saved('/account/methods', 'passkey-removed');
});

const methods: ReadonlySet<string> = new Set<LoginMethod>(['password', 'sms', 'passkey']);

const setBlocked =
  (isBlocked: boolean) =>
  async (mine: Mine): Promise<PageReply> => {
    const { method = '' } = mine.request.body;
    if (!methods.has(method)) return { redirect: '/account/methods' };
    const { accountId, context } = mine;
    const { care } = context.identity;
    const outcome = await care.setMethodBlocked({ accountId, method: method as LoginMethod, isBlocked });
    if (outcome.outcome === 'last-way-in') return showMethods(mine, [fault('', 'lastWayIn')]);
    return saved('/account/methods', isBlocked ? 'method-blocked' : 'method-unblocked');
  };

const passkeyOptions = (context: PortalContext): Route =>
  api({
    method: 'POST',
    path: '/account/passkeys/options',
    access: { person: { level: 0, freshSeconds } },
    body: passkeyQuestion,
    response: { status: 200, schema: passkeyAnswer },
    summary: 'Options for a new passkey',
    problems: ['account-gone'],
    async handle({ caller }) {
      const { accountId, sessionId } = caller as PersonCaller;
      const found = await context.identity.care.passkeyOptions({ accountId, transaction: sessionId });
      if (found.outcome !== 'options') throw new Problem('account-gone');
      return optionsReply(found);
    },
  });

/** Ways to log in: password, passkeys, and blocking a way. */
export function accountMethodRoutes(context: PortalContext): readonly Route[] {
  const at = accountPages(context);
  return [
    at('GET', '/methods', { summary: 'My ways to log in' }, async (mine) => showMethods(mine)),
    at('POST', '/methods/block', { summary: 'Block a way to log in', fresh: true }, setBlocked(true)),
    at('POST', '/methods/unblock', { summary: 'Open a blocked way again', fresh: true }, setBlocked(false)),
    at('GET', '/password', { summary: 'Form for a new password', fresh: true }, async (mine) =>
      mine.show('change-password'),
    ),
    at('POST', '/password', { summary: 'Set a new password', fresh: true }, changePassword),
    at('GET', '/passkeys/new', { summary: 'Form for a new passkey', fresh: true }, async (mine) =>
      showAdd(mine),
    ),
    passkeyOptions(context),
    at('POST', '/passkeys/new', { summary: 'Add a passkey', fresh: true }, addPasskey),
    at(
      'GET',
      '/passkeys/rename',
      { summary: 'Form for the name of a passkey' },
      withPasskey('passkey-rename'),
    ),
    at('POST', '/passkeys/rename', { summary: 'Rename a passkey' }, rename),
    at(
      'GET',
      '/passkeys/remove',
      { summary: 'Asks before removing a passkey', fresh: true },
      withPasskey('passkey-remove'),
    ),
    at('POST', '/passkeys/remove', { summary: 'Remove a passkey', fresh: true }, remove),
  ];
}
