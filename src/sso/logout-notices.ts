import type { Client } from 'oidc-provider';
import type { Clock, Random } from '../core/index.ts';
import type { Keyring, SigningAlgorithm } from '../keyring/index.ts';
import type { Notices } from '../outbound/index.ts';
import { lookupKey } from './hash.ts';
import type { SessionRecord, SiteAuthorization } from './store.ts';

/** How long a site that does not answer is told again; its logout token is good for as long. */
const noticeSeconds = 60 * 60;

/** Tells sites that a session is over. */
export interface LogoutNotices {
  /** All sites of a session. Telling twice is telling once. */
  tellAll(session: Pick<SessionRecord, 'accountId' | 'authorizations'>): Promise<void>;
  /** One site, when the person leaves only that one. */
  tell(client: Client, accountId: string, site: SiteAuthorization): Promise<void>;
}

export interface LogoutNoticesDependencies {
  issuer: string;
  keyring: Keyring;
  notices: Notices;
  clock: Clock;
  random: Random;
  findClient(clientId: string): Promise<Client | undefined>;
  subjectFor(client: Client, accountId: string): string;
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * Makes the notices: durable, retried, counted. The provider's own way is one attempt inside the logout request.
 * @see OpenID Connect Back-Channel Logout 1.0, 2.4 (logout token) and 2.5 (request)
 */
export function createLogoutNotices(dependencies: LogoutNoticesDependencies): LogoutNotices {
  const { issuer, keyring, notices, clock, random, findClient, subjectFor } = dependencies;

  async function logoutToken(client: Client, sub: string, sid: string): Promise<string> {
    const algorithm = (client.idTokenSignedResponseAlg ?? 'RS256') as SigningAlgorithm;
    const signer = await keyring.signer('token', algorithm);
    const iat = Math.floor(clock.now() / 1000);
    const input = [
      encode({ alg: algorithm, kid: signer.kid, typ: 'logout+jwt' }),
      encode({
        iss: issuer,
        aud: client.clientId,
        iat,
        exp: iat + noticeSeconds,
        jti: random.id(),
        sub,
        // A site that never saw a sid in an ID token looks for the one here in vain and keeps its session (mod_auth_openidc).
        ...(client.backchannelLogoutSessionRequired && { sid }),
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      }),
    ].join('.');
    return `${input}.${(await signer.sign(Buffer.from(input))).toString('base64url')}`;
  }

  async function tell(
    client: Client,
    accountId: string,
    { sid }: SiteAuthorization,
    id = random.id(),
  ): Promise<void> {
    if (!client.backchannelLogoutUri || !sid) return;
    const token = await logoutToken(client, subjectFor(client, accountId), sid);
    await notices.enqueue({
      id,
      kind: 'backchannel-logout',
      url: client.backchannelLogoutUri,
      contentType: 'application/x-www-form-urlencoded',
      body: new URLSearchParams({ logout_token: token }).toString(),
      until: clock.now() + noticeSeconds * 1000,
    });
  }

  return {
    tell: (client, accountId, site) => tell(client, accountId, site),
    async tellAll({ accountId, authorizations }) {
      if (!accountId) return;
      await Promise.all(
        Object.entries(authorizations).map(async ([clientId, site]) => {
          const client = await findClient(clientId);
          // A session ends once, so the name of its end recognises the notice; a site can be left and entered again.
          if (client) await tell(client, accountId, site, lookupKey('logout', site.sid ?? ''));
        }),
      );
    },
  };
}
