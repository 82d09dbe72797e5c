import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type Interaction, type InteractionResults, type Provider } from 'oidc-provider';
import type { Audit } from '../audit/index.ts';
import { acrOf, type Clock, Problem, type Random } from '../core/index.ts';
import { levelOfSession, requestedLevel } from './acr.ts';
import type { ActingChoice } from './acting.ts';
import { nameOf } from './client-metadata.ts';
import type { ClientRegister } from './clients.ts';
import type { Consents } from './consents.ts';
import { licenceRequestsOf } from './licence-requests.ts';
import type { AccountsPort, ActingWish, InteractionDetails, Interactions } from './port.ts';

export interface InteractionsDependencies {
  provider(): Provider;
  clients: ClientRegister;
  consents: Consents;
  accounts: AccountsPort;
  audit: Audit;
  clock: Clock;
  random: Random;
  portalClientId: string;
}

/** What the consent prompt's checks found missing. */
interface Missing {
  missingOIDCScope?: string[];
  missingOIDCClaims?: string[];
  missingResourceScopes?: Record<string, string[]>;
}

/** Carries a login through its pages. Each call checks that the interaction belongs to the browser that asks. */
export function createInteractions(dependencies: InteractionsDependencies): Interactions {
  const { provider, clients, consents, accounts, audit, clock, random, portalClientId } = dependencies;
  /** A page handler asks for the details and then finishes: one read of the store. */
  const loaded = new WeakMap<IncomingMessage, Interaction>();

  async function find(req: IncomingMessage, res: ServerResponse, uid: string): Promise<Interaction> {
    const known = loaded.get(req);
    if (known?.uid === uid) return known;
    const interaction = await provider()
      .interactionDetails(req, res)
      .catch((cause: unknown) => {
        if (cause instanceof errors.SessionNotFound) throw new Problem('interaction-expired', { cause });
        throw cause;
      });
    if (interaction.uid !== uid) throw new Problem('interaction-expired');
    loaded.set(req, interaction);
    return interaction;
  }

  async function finish(interaction: Interaction, result: InteractionResults): Promise<string> {
    // An error ends the request; everything else adds to what earlier pages of the same request settled.
    interaction.result = 'error' in result ? result : { ...interaction.lastSubmission, ...result };
    await interaction.persist();
    return interaction.returnTo;
  }

  const choiceOf = (organisationId: string | undefined): ActingChoice => ({
    ...(organisationId && { organisationId }),
    since: clock.now(),
  });
  const wished = (wish: ActingWish) =>
    'reason' in wish ? { actingReason: wish.reason } : { acting: choiceOf(wish.organisationId) };

  async function describe(interaction: Interaction): Promise<InteractionDetails> {
    const params = interaction.params as Record<string, string | undefined>;
    const client = await clients.find(provider(), params.client_id);
    if (!client) throw new Problem('interaction-expired');
    const accountId = interaction.session?.accountId;
    const account = accountId === undefined ? undefined : await accounts.find(accountId);
    const { level, essential } = requestedLevel(params);
    const name = interaction.prompt.name as InteractionDetails['prompt'];
    const organisationId = organisationOf(interaction);
    return {
      uid: interaction.uid,
      prompt: name,
      reasons: interaction.prompt.reasons,
      client: {
        id: client.clientId,
        name: nameOf(client),
        logoUri: client.logoUri,
        firstParty: client.clientId === portalClientId,
      },
      redirectOrigin: originOf(params.redirect_uri ?? ''),
      accountId: account?.active ? accountId : undefined,
      requestedLevel: { level: level ?? 0, essential },
      sessionLevel: levelOfSession(interaction.session?.acr, account?.proofingLevel),
      actingFor:
        organisationId && account ? await accounts.findActingFor(account.id, organisationId) : undefined,
      actingReason:
        name === 'acting' ? (interaction.lastSubmission?.actingReason as string | undefined) : undefined,
      loginHint: params.login_hint,
      uiLocales: params.ui_locales?.split(' ') ?? [],
      missing: name === 'consent' ? missingOf(interaction) : undefined,
      licenceRequests: name === 'consent' ? licenceRequestsOf(params.authorization_details) : [],
    };
  }

  return {
    async details(req, res, uid) {
      return describe(await find(req, res, uid));
    },
    async login(req, res, uid, { accountId, amr, methodLevel, acting }) {
      const interaction = await find(req, res, uid);
      return finish(interaction, {
        ...(acting && wished(acting)),
        login: {
          id: random.id(),
          accountId,
          amr: [...amr],
          acr: acrOf(methodLevel),
          // The instant is fixed here: later pages of the same request carry this result on.
          ts: Math.floor(clock.now() / 1000),
          remember: false,
        },
        ...(interaction.prompt.name === 'create' && { create: {} }),
      });
    },
    async chooseActing(req, res, uid, organisationId) {
      const interaction = await find(req, res, uid);
      if (interaction.prompt.name !== 'acting') throw new Problem('interaction-expired');
      return finish(interaction, { acting: choiceOf(organisationId) });
    },
    async allow(req, res, uid, shares) {
      const interaction = await find(req, res, uid);
      const accountId = interaction.session?.accountId;
      if (interaction.prompt.name !== 'consent' || !accountId) throw new Problem('interaction-expired');
      const details = interaction.prompt.details as Missing;
      const missing = {
        scopes: details.missingOIDCScope ?? [],
        claims: details.missingOIDCClaims ?? [],
        resources: details.missingResourceScopes ?? {},
      };
      const client = String(interaction.params.client_id);
      await consents.allow(accountId, client, missing, organisationOf(interaction));
      return finish(interaction, { consent: shares ? { shares: [...shares] } : {} });
    },
    async refuse(req, res, uid, error) {
      const interaction = await find(req, res, uid);
      const account = interaction.session?.accountId;
      if (interaction.prompt.name === 'consent' && account) {
        const organisation = organisationOf(interaction);
        await audit.record('sso.consent.refused', {
          ...{ account, client: String(interaction.params.client_id) },
          ...(organisation && { organisation }),
        });
      }
      const description =
        error === 'access_denied' ? 'the person did not agree' : 'the requested acr cannot be reached';
      return finish(interaction, { error, error_description: description });
    },
    async acceptLower(req, res, uid) {
      const interaction = await find(req, res, uid);
      const { requestedLevel: wanted, sessionLevel } = await describe(interaction);
      if (wanted.essential && sessionLevel < wanted.level) throw new Problem('interaction-expired');
      return finish(interaction, { acceptLower: {} });
    },
    async findSite(uid) {
      const interaction = await provider().Interaction.find(uid, { ignoreExpiration: true });
      const params = interaction?.params as Record<string, string | undefined> | undefined;
      const client = params && (await clients.find(provider(), params.client_id));
      if (!client) return undefined;
      const uri = client.clientUri ?? URL.parse(params.redirect_uri ?? '')?.origin;
      // An app's own scheme is no place that a browser could go to.
      if (!uri || !/^https?:/.test(uri)) return undefined;
      return { name: nameOf(client), uri };
    },
  };
}

/** The organisation that the session acted for when the question was put. */
const organisationOf = ({ prompt }: Interaction) =>
  (prompt.details as { organisationId?: string }).organisationId;

function missingOf(interaction: Interaction): { scopes: readonly string[]; claims: readonly string[] } {
  const details = interaction.prompt.details as Missing;
  return {
    scopes: [
      ...(details.missingOIDCScope ?? []),
      ...Object.values(details.missingResourceScopes ?? {}).flat(),
    ],
    claims: details.missingOIDCClaims ?? [],
  };
}

/** The source expression of an address in a content security policy; of an app's own scheme, the scheme. */
function originOf(uri: string): string {
  const parsed = URL.parse(uri);
  if (!parsed) return '';
  return parsed.origin === 'null' ? parsed.protocol : parsed.origin;
}
