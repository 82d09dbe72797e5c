import * as client from 'openid-client';
import { discoverLater } from './relying-party.ts';
import type { Credentials } from './settings.ts';

/** An answer of the API. A refusal is a problem (RFC 9457) with words for people in `detail`. */
export interface ApiAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** A system's access to the API by client_credentials; a token is kept until a minute before its end. */
export function createApi(issuer: string, credentials: Credentials, scope: string) {
  const configuration = discoverLater(issuer, credentials);
  let held: { token: string; until: number } | undefined;

  async function token(): Promise<string> {
    if (held && held.until > Date.now()) return held.token;
    const got = await client.clientCredentialsGrant(await configuration(), { scope });
    held = { token: got.access_token, until: Date.now() + ((got.expiresIn() ?? 60) - 60) * 1000 };
    return held.token;
  }

  return {
    async post(
      path: string,
      body: unknown,
      { language, key }: { language: string; key?: string },
    ): Promise<ApiAnswer> {
      const response = await fetch(new URL(path, issuer), {
        method: 'POST',
        headers: {
          ...{ authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
          'accept-language': language,
          ...(key && { 'idempotency-key': key }),
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(20_000),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
  };
}
