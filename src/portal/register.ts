import { shortMask } from '../core/index.ts';
import type { PageReply, Route } from '../http/index.ts';
import { type PhoneProof, type RegistrationView, registrableTypes } from '../identity/index.ts';
import type { PortalContext } from './deps.ts';
import { fault, limitedFault, notSentFault, type PageFault, wrongCodeFault } from './faults.ts';
import { type Here, interactionPages } from './interaction.ts';
import { readNewLogin } from './new-login.ts';
import { passkeyOptionsRoute } from './passkey-forms.ts';

/** Step 1: who are you. */
function showIdentity(here: Here, faults: readonly PageFault[] = [], isMismatch = false): PageReply {
  const { registration: _, ...values } = here.request.body;
  return here.show('register-identity', { documentTypes: registrableTypes, values, isMismatch }, faults);
}

/** An identity, a phone or a card that turned out to have an account already: log in there. */
const showYours = (here: Here): PageReply => here.show('register-yours');

const steps = {
  phone: 'register-phone',
  code: 'register-code',
  'second-proof': 'register-second-proof',
  login: 'register-login',
} as const;

function showStep(
  here: Here,
  at: RegistrationView,
  faults: readonly PageFault[] = [],
  step = at.step,
): PageReply {
  const proved = at.proof === 'pending' ? 'pending' : at.level >= 2 ? 'phone' : 'later';
  const { password: _, password2: __, ...values } = here.request.body;
  const own = {
    maskedIdNumber: shortMask(at.maskedIdNumber),
    registration: at.registrationId,
    proved,
    values,
  };
  return here.show(steps[step], { ...at, ...own }, faults);
}

const startAgain = (here: Here): PageReply =>
  showIdentity({ ...here, request: { ...here.request, body: {} } } as Here, [fault('', 'expired')]);

/** The draft that a form or link names, or the start of a new one when it is over. */
async function withDraft(
  here: Here,
  id: string | undefined,
  handle: (draft: RegistrationView) => PageReply | Promise<PageReply>,
): Promise<PageReply> {
  const { registration } = here.context.identity;
  const draft = id ? await registration.find(id, here.transaction) : undefined;
  return draft ? handle(draft) : startAgain(here);
}

const next = (here: Here, registrationId: string): PageReply => ({
  redirect: `${here.base}/register?r=${registrationId}`,
});

async function start(here: Here): Promise<PageReply> {
  const { name = '', idType = '', idNumber = '', agree } = here.request.body;
  const { transaction, visitor } = here;
  if (agree !== 'yes') return showIdentity(here, [fault('agree', 'agree')]);
  const outcome = await here.context.identity.registration.start({
    name,
    idType,
    idNumber,
    transaction,
    visitor,
  });
  switch (outcome.outcome) {
    case 'continue':
      return next(here, outcome.registrationId);
    case 'invalid':
      return showIdentity(here, outcome.faults);
    case 'limited':
      return showIdentity(here, [limitedFault('idNumber', outcome.retryAt)]);
    case 'deceased':
      return here.show('register-refused');
    default:
      return showIdentity(here, [fault('', 'mismatch')], true);
  }
}

async function sendCode(here: Here): Promise<PageReply> {
  const { registration: registrationId = '', phoneNumber = '' } = here.request.body;
  return withDraft(here, registrationId, async (draft) => {
    const { transaction, visitor } = here;
    const { registration } = here.context.identity;
    const outcome = await registration.sendCode({ registrationId, phoneNumber, transaction, visitor });
    if (outcome.outcome === 'sent') return next(here, registrationId);
    if (outcome.outcome === 'invalid') return showStep(here, draft, outcome.faults, 'phone');
    if (outcome.outcome === 'limited')
      return showStep(here, draft, [limitedFault('phoneNumber', outcome.retryAt)], 'phone');
    if (outcome.outcome === 'not-sent')
      return showStep(here, draft, [notSentFault('phoneNumber', outcome.retryAt)], 'phone');
    return startAgain(here);
  });
}

/** Where step 2 leads once a phone or a card said something. */
function afterProof(here: Here, draft: RegistrationView, proof: PhoneProof): PageReply {
  if (proof.outcome === 'already-yours') return showYours(here);
  if (proof.outcome === 'phone-in-use')
    return showStep(here, draft, [fault('phoneNumber', 'phoneInUse')], 'phone');
  return next(here, draft.registrationId);
}

async function confirmPhone(here: Here): Promise<PageReply> {
  const { registration: registrationId = '', code = '' } = here.request.body;
  return withDraft(here, registrationId, async (draft) => {
    if (!code.trim()) return showStep(here, draft, [fault('code', 'codeEmpty')], 'code');
    const { transaction, visitor } = here;
    const { registration } = here.context.identity;
    const outcome = await registration.confirmPhone({ registrationId, code, transaction, visitor });
    switch (outcome.outcome) {
      case 'wrong-code':
        return showStep(here, draft, [wrongCodeFault(outcome.triesLeft)], 'code');
      case 'code-expired':
        return showStep(here, draft, [fault('code', 'codeExpired')], 'code');
      case 'limited':
        return showStep(here, draft, [limitedFault('code', outcome.retryAt)], 'code');
      case 'expired':
        return startAgain(here);
      default:
        return afterProof(here, draft, outcome);
    }
  });
}

async function proveByCard(here: Here): Promise<PageReply> {
  const { registration: registrationId = '', cardNumber = '' } = here.request.body;
  return withDraft(here, registrationId, async (draft) => {
    const { transaction, visitor } = here;
    const { registration } = here.context.identity;
    const outcome = await registration.proveByCard({ registrationId, cardNumber, transaction, visitor });
    const again = (...faults: PageFault[]) => showStep(here, draft, faults, 'second-proof');
    switch (outcome.outcome) {
      case 'invalid':
        return again(...outcome.faults);
      case 'mismatch':
        return again(fault('cardNumber', 'cardMismatch'));
      case 'unavailable':
        return again(fault('cardNumber', 'cardUnavailable'));
      case 'limited':
        return again(limitedFault('cardNumber', outcome.retryAt));
      case 'expired':
        return startAgain(here);
      default:
        return afterProof(here, draft, outcome);
    }
  });
}

async function finish(here: Here): Promise<PageReply> {
  const { registration: registrationId = '' } = here.request.body;
  return withDraft(here, registrationId, async (draft) => {
    const read = readNewLogin(here.request);
    if (!read.ok) return showStep(here, draft, read.faults);
    const { transaction, visitor } = here;
    const { registration } = here.context.identity;
    const outcome = await registration.complete({ registrationId, login: read.login, transaction, visitor });
    switch (outcome.outcome) {
      case 'registered':
        return here.enter(outcome);
      case 'invalid':
        return showStep(here, draft, outcome.faults);
      case 'passkey-refused':
        return showStep(here, draft, [fault('', 'newPasskeyRefused')]);
      case 'phone-in-use':
        return showStep(here, draft, [fault('phoneNumber', 'phoneInUse')], 'phone');
      case 'already-yours':
        return showYours(here);
      default:
        return startAgain(here);
    }
  });
}

async function show(here: Here): Promise<PageReply> {
  const { r, phone } = here.request.query;
  if (!r) return showIdentity(here);
  return withDraft(here, r, (draft) => {
    const mayChange = phone === 'change' && draft.step !== 'login';
    return showStep(here, draft, [], mayChange ? 'phone' : draft.step);
  });
}

/** Registration in three steps, in the middle of a site's login or the portal's own. */
export function registerRoutes(context: PortalContext): readonly Route[] {
  const at = interactionPages(context);
  return [
    at('GET', '/register', 'The step of a registration that is next', show),
    at('POST', '/register', 'Step 1: name and document, asked of the police register', start),
    at('POST', '/register/phone', 'Step 2: send a code to the phone', sendCode),
    at('POST', '/register/code', 'Step 2: the code, then the operator is asked', confirmPhone),
    at('POST', '/register/card', 'Step 2, instead of an own phone: the social security card', proveByCard),
    at('POST', '/register/finish', 'Step 3: a way to log in; opens the account', finish),
    passkeyOptionsRoute(
      context,
      '/register',
      'Options for the passkey of a new account',
      async (here, draft) => {
        const { transaction } = here;
        const found = await context.identity.registration.passkeyOptions({
          registrationId: draft,
          transaction,
        });
        return found.outcome === 'options' ? found : undefined;
      },
    ),
  ];
}
