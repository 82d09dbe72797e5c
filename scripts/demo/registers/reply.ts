/** What a simulator answers; `undefined` as a whole means that the connection is closed without a word. */
export interface Reply {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array;
}

export const json = (status: number, body: unknown): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
});

export const html = (body: string): Reply => ({
  status: 200,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
    'cache-control': 'no-store',
  },
  body,
});

export const css = (body: string): Reply => ({
  status: 200,
  headers: { 'content-type': 'text/css; charset=utf-8' },
  body,
});

export const seeOther = (location: string): Reply => ({ status: 303, headers: { location }, body: '' });
