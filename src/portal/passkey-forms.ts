import { z } from 'zod';
import { Problem } from '../core/index.ts';
import type { Route } from '../http/index.ts';
import { api } from '../http/index.ts';
import type { PasskeyOptions } from '../identity/index.ts';
import type { PortalContext } from './deps.ts';
import { findHere, type Here } from './interaction.ts';

/** What the script of a passkey form asks for, and what it gets: see views/js/passkey.js. */
export const passkeyQuestion = z.strictObject({
  /** Draft of a registration or recovery that the form belongs to. */
  draft: z.string().max(64).optional(),
  /** `other`: not the person of the live session. */
  as: z.enum(['', 'other']).optional(),
});

/** Options for navigator.credentials with the id of their challenge. */
export const passkeyAnswer = z.strictObject({
  challenge: z.string(),
  options: z.record(z.string(), z.unknown()),
});

/** The options as the script reads them. */
export const optionsReply = ({ challengeId, options }: PasskeyOptions) => ({
  body: { challenge: challengeId, options: { ...options } },
});

/** The browser's answer out of the fields of a passkey form; undefined when it is no JSON object. */
export function readPasskeyResponse(
  body: Readonly<Record<string, string>>,
): { challengeId: string; response: unknown } | undefined {
  try {
    const response: unknown = JSON.parse(body.response ?? '');
    return response && typeof response === 'object'
      ? { challengeId: body.challenge ?? '', response }
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Declares where the script of an interaction's passkey form fetches its options: on demand, so that a page without script
 * costs no challenge and a page open for long gets a fresh one.
 */
export function passkeyOptionsRoute(
  context: PortalContext,
  path: string,
  summary: string,
  options: (here: Here, draft: string) => Promise<PasskeyOptions | undefined>,
): Route {
  return api({
    method: 'POST',
    path: `/interaction/{uid}${path}/passkey-options`,
    access: { anyone: 'the interaction cookie of this browser says whose login it is' },
    params: z.strictObject({ uid: z.string().regex(/^[\w-]{10,64}$/) }),
    body: passkeyQuestion,
    response: { status: 200, schema: passkeyAnswer },
    summary,
    problems: ['not-found'],
    async handle(request) {
      const { draft = '', as = '' } = request.body;
      const here = await findHere(context, { ...request, query: {}, body: { as } });
      const found = here && (await options(here, draft));
      if (!found) throw new Problem('not-found');
      return optionsReply(found);
    },
  });
}
