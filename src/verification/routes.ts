import { type Bilingual, type Clock, inBoth, Problem } from '../core/index.ts';
import { api, type Caller, type Route } from '../http/index.ts';
import type { Verifier, VerifierNames } from '../wallet/index.ts';
import type { Verification } from './port.ts';
import { remember } from './remember.ts';
import {
  answerSchema,
  fileQuestionSchema,
  questionSchema,
  readFileQuestion,
  readQuestion,
  writeAnswer,
} from './wire.ts';

/** Largest file that is read; what the validator of seals takes. */
export const fileLimitBytes = 20 * 1024 * 1024;

const access = { scope: 'verifications:create' } as const;

/** The API of approvers' systems. */
export function verificationRoutes(deps: {
  verify: Verification['verify'];
  names: Pick<VerifierNames, 'ofClient'>;
  clock: Clock;
}): readonly Route[] {
  const { verify, clock } = deps;
  const nameOf = remember<Bilingual | undefined>((id) => deps.names.ofClient(id), { clock, ttlMs: 60_000 });

  async function verifierOf(caller: Caller): Promise<Verifier> {
    if (caller.kind !== 'client') throw new Problem('token-missing');
    const { clientId: id } = caller;
    return { kind: 'client', id, name: (await nameOf(id)) ?? inBoth(id) };
  }

  return [
    api({
      method: 'POST',
      path: '/api/v1/verifications',
      access,
      summary: 'Verifies a licence by number, by the code that its holder shows, or by holder',
      body: questionSchema,
      response: { status: 200, schema: answerSchema },
      isRepeatable: true,
      problems: ['service-item-not-granted', 'code-limited', 'audit-overloaded'],
      async handle({ body, caller, locale }) {
        const question = readQuestion(body, clock.now());
        const answer = await verify({ ...question, verifier: await verifierOf(caller) });
        return { body: writeAnswer(answer, locale) };
      },
    }),
    api({
      method: 'POST',
      path: '/api/v1/verifications/file',
      access,
      summary: 'Verifies the file of a licence',
      upload: { limitBytes: fileLimitBytes },
      body: fileQuestionSchema,
      response: { status: 200, schema: answerSchema },
      problems: ['service-item-not-granted', 'validator-busy', 'audit-overloaded'],
      async handle({ body, file, caller, locale }) {
        const question = readFileQuestion(body, file, clock.now());
        const answer = await verify({ ...question, verifier: await verifierOf(caller) });
        return { body: writeAnswer(answer, locale) };
      },
    }),
  ];
}
