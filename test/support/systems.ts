import type { TestApp } from './app.ts';

/** An answer of the API. */
export interface ApiReply {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, each looked into by its own test
  body: any;
}

/** A system with a token of its own at the API. */
export interface TestSystem {
  clientId: string;
  token: string;
  /** A request with its token; `text` is sent as it is, in the place of `body`. */
  call(
    method: string,
    path: string,
    options?: { body?: unknown; text?: string; key?: string; headers?: Record<string, string> },
  ): Promise<ApiReply>;
  /** A form with a file, as multipart. */
  upload(path: string, fields: Record<string, string>, file?: Uint8Array): Promise<ApiReply>;
}

const secret = 'a-secret-of-a-test-that-is-long-enough';

async function readReply(response: Response): Promise<ApiReply> {
  const { status, headers } = response;
  const isJson = headers.get('content-type')?.includes('json');
  const body = isJson ? await response.json() : Buffer.from(await response.arrayBuffer());
  return { status, headers, body };
}

/** Registers a system with its metadata and gets it a token. */
export async function openSystem(
  app: Pick<TestApp, 'issuer' | 'addClient'>,
  clientId: string,
  metadata: Record<string, unknown>,
): Promise<TestSystem> {
  const kind = { grant_types: ['client_credentials'], redirect_uris: [] };
  await app.addClient({ client_id: clientId, client_secret: secret, ...kind, ...metadata });
  const granted = await fetch(`${app.issuer}/oidc/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: token } = (await granted.json()) as { access_token: string };
  const authorization = `Bearer ${token}`;
  return {
    ...{ clientId, token },
    async call(method, path, { body, text, key, headers } = {}) {
      const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
      const response = await fetch(app.issuer + path, {
        method,
        headers: {
          authorization,
          ...(sent !== undefined && { 'content-type': 'application/json' }),
          ...(key && { 'idempotency-key': key }),
          ...headers,
        },
        ...(sent !== undefined && { body: sent }),
      });
      return readReply(response);
    },
    async upload(path, fields, file) {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      if (file) form.set('file', new Blob([Uint8Array.from(file)]), 'licence.pdf');
      const headers = { authorization };
      return readReply(await fetch(app.issuer + path, { method: 'POST', headers, body: form }));
    },
  };
}
