import type { Clock } from '../core/index.ts';
import type { Outbound } from '../outbound/index.ts';
import type { Metrics } from '../telemetry/index.ts';
import type {
  BusinessRegister,
  PoliceRegister,
  RegisterAnswer,
  RegisterSource,
  Registries,
  SocialSecurityRegister,
  TelecomRegister,
} from './port.ts';
import {
  createRegisterClient,
  defaultLimits,
  type RegisterClient,
  type RegisterLimits,
} from './register-client.ts';
import { checkAnswerSchema, organisationAnswerSchema } from './wire.ts';

/** Something for each of the four registers. */
export type PerRegister<T> = { [K in keyof Registries]?: T | undefined };

export interface RegistriesDependencies {
  outbound: Outbound;
  /** Base addresses. A register without one answers `unavailable` with the reason `not-configured`. */
  urls: PerRegister<string>;
  /** Bearer tokens, for registers that ask for one. */
  tokens?: PerRegister<string>;
  clock: Clock;
  metrics: Metrics;
  /** Overrides of the time-out, the retry and the breaker. */
  limits?: Partial<RegisterLimits>;
}

const registerNames = {
  police: 'police-population',
  business: 'business-register',
  socialSecurity: 'social-security',
  telecom: 'telecom-operator',
} as const satisfies Record<keyof Registries, string>;

/** A client with the name and time that go into the source of its answers. */
interface NamedClient extends RegisterClient {
  sourceOf(answer: { reference: string }): RegisterSource;
}

/** Makes the drivers of the four registers. @see docs/registers.md */
export function createRegistries(dependencies: RegistriesDependencies): Registries {
  const { outbound, urls, tokens = {}, clock, metrics } = dependencies;
  const limits = { ...defaultLimits, ...dependencies.limits };
  const client = (key: keyof Registries): NamedClient => {
    const register = registerNames[key];
    return {
      ...createRegisterClient({
        ...{ register, outbound, clock, metrics, limits },
        url: urls[key]?.replace(/\/+$/, ''),
        token: tokens[key],
      }),
      sourceOf: ({ reference }) => ({ register, reference, at: clock.now() }),
    };
  };
  return {
    police: policeDriver(client('police')),
    business: businessDriver(client('business')),
    socialSecurity: socialSecurityDriver(client('socialSecurity')),
    telecom: telecomDriver(client('telecom')),
  };
}

async function check(
  client: NamedClient,
  path: string,
  question: Record<string, string>,
): Promise<RegisterAnswer> {
  const asked = await client.ask(path, question, checkAnswerSchema);
  if ('silent' in asked) return { outcome: 'unavailable', reason: asked.silent };
  const { answer } = asked;
  const source = client.sourceOf(answer);
  switch (answer.result) {
    case 'match':
      return { outcome: 'match', source };
    case 'mismatch':
      return { outcome: 'mismatch', elements: answer.elements, source };
    case 'not_found':
      return { outcome: 'not-found', source };
    case 'deceased':
      return { outcome: 'ended', reason: 'deceased', source };
    case 'struck_off':
      return { outcome: 'ended', reason: 'struck-off', source };
  }
}

const policeDriver = (client: NamedClient): PoliceRegister => ({
  checkPerson: ({ idType, idNumber, name }) =>
    check(client, '/person-checks', { id_type: idType, id_number: idNumber, name }),
});

const businessDriver = (client: NamedClient): BusinessRegister => ({
  checkRepresentative: ({ creditCode, idType, idNumber, name }) =>
    check(client, '/representative-checks', {
      credit_code: creditCode,
      id_type: idType,
      id_number: idNumber,
      name,
    }),
  async findOrganisation({ creditCode }) {
    const asked = await client.ask(
      '/organisation-queries',
      { credit_code: creditCode },
      organisationAnswerSchema,
    );
    if ('silent' in asked) return { outcome: 'unavailable', reason: asked.silent };
    const { answer } = asked;
    const source = client.sourceOf(answer);
    if (answer.result === 'not_found') return { outcome: 'not-found', source };
    const standing = answer.standing === 'active' ? 'active' : 'struck-off';
    return { outcome: 'found', name: answer.name, standing, source };
  },
});

const socialSecurityDriver = (client: NamedClient): SocialSecurityRegister => ({
  checkCard: ({ idNumber, name, cardNumber }) =>
    check(client, '/card-checks', { id_number: idNumber, name, card_number: cardNumber }),
});

const telecomDriver = (client: NamedClient): TelecomRegister => ({
  checkSubscriber: ({ phoneNumber, idNumber }) =>
    check(client, '/subscriber-checks', { phone_number: phoneNumber, id_number: idNumber }),
});
