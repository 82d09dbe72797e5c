import type { PageReply, Route } from '../http/index.ts';
import { registrableTypes } from '../identity/index.ts';
import type { PortalContext } from './deps.ts';
import { fault, limitedFault, type PageFault, wrongCodeFault } from './faults.ts';
import { type Here, interactionPages } from './interaction.ts';
import { readNewLogin } from './new-login.ts';
import { passkeyOptionsRoute } from './passkey-forms.ts';

const showStart = (here: Here, faults: readonly PageFault[] = []): PageReply =>
  here.show('recover', { documentTypes: registrableTypes, values: here.request.body }, faults);

type Step = 'code' | 'login';

const showStep = (here: Here, recovery: string, step: Step, faults: readonly PageFault[] = []): PageReply =>
  here.show(`recover-${step}`, { recovery }, faults);

const startAgain = (here: Here): PageReply => showStart(here, [fault('', 'expired')]);
const next = (here: Here, id: string): PageReply => ({ redirect: `${here.base}/recover?r=${id}` });

async function show(here: Here): Promise<PageReply> {
  const { r } = here.request.query;
  if (!r) return showStart(here);
  const draft = await here.context.identity.recovery.find(r, here.transaction);
  return draft ? showStep(here, r, draft.step) : startAgain(here);
}

async function start(here: Here): Promise<PageReply> {
  const { name = '', idType = '', idNumber = '' } = here.request.body;
  const { transaction, visitor } = here;
  const outcome = await here.context.identity.recovery.start({
    name,
    idType,
    idNumber,
    transaction,
    visitor,
  });
  switch (outcome.outcome) {
    case 'sent':
      return next(here, outcome.recoveryId);
    case 'invalid':
      return showStart(here, outcome.faults);
    case 'limited':
      return showStart(here, [limitedFault('idNumber', outcome.retryAt)]);
    default:
      return showStart(here, [fault('', 'policeUnavailable')]);
  }
}

async function confirmCode(here: Here): Promise<PageReply> {
  const { recovery: recoveryId = '', code = '' } = here.request.body;
  if (!code.trim()) return showStep(here, recoveryId, 'code', [fault('code', 'codeEmpty')]);
  const { transaction, visitor } = here;
  const outcome = await here.context.identity.recovery.confirmCode({
    recoveryId,
    code,
    transaction,
    visitor,
  });
  switch (outcome.outcome) {
    case 'continue':
      return next(here, recoveryId);
    case 'wrong-code':
      return showStep(here, recoveryId, 'code', [wrongCodeFault(outcome.triesLeft)]);
    case 'code-expired':
      return showStep(here, recoveryId, 'code', [fault('code', 'codeExpired')]);
    case 'limited':
      return showStep(here, recoveryId, 'code', [limitedFault('code', outcome.retryAt)]);
    default:
      return startAgain(here);
  }
}

async function finish(here: Here): Promise<PageReply> {
  const { recovery: recoveryId = '' } = here.request.body;
  const read = readNewLogin(here.request);
  if (!read.ok) return showStep(here, recoveryId, 'login', read.faults);
  const { transaction, visitor } = here;
  const { identity, sso } = here.context;
  const outcome = await identity.recovery.complete({ recoveryId, login: read.login, transaction, visitor });
  switch (outcome.outcome) {
    case 'recovered':
      // Everything that lived before belongs to whoever had the account until now.
      await sso.sessions.endAll(outcome.accountId);
      return here.enter(outcome);
    case 'invalid':
      return showStep(here, recoveryId, 'login', outcome.faults);
    case 'passkey-refused':
      return showStep(here, recoveryId, 'login', [fault('', 'newPasskeyRefused')]);
    default:
      return startAgain(here);
  }
}

/** Recovery by name, document and the phone of the account, in the middle of a login. */
export function recoverRoutes(context: PortalContext): readonly Route[] {
  const at = interactionPages(context);
  return [
    at('GET', '/recover', 'The step of a recovery that is next', show),
    at('POST', '/recover', 'Name and document, asked of the police register; sends a code', start),
    at('POST', '/recover/code', 'The code', confirmCode),
    at('POST', '/recover/finish', 'A new way to log in; all others stop working', finish),
    passkeyOptionsRoute(
      context,
      '/recover',
      'Options for the passkey of a recovered account',
      async (here, draft) => {
        const { transaction } = here;
        const found = await context.identity.recovery.passkeyOptions({ recoveryId: draft, transaction });
        return found.outcome === 'options' ? found : undefined;
      },
    ),
  ];
}
