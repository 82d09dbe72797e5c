import * as oidc from 'openid-client';

/** A form of a page, as a browser without JavaScript would send it. */
export interface Form {
  action: string;
  method: string;
  /** Values of all inputs that would be sent, buttons excepted. */
  fields: Record<string, string>;
  /** Buttons by id: name and value that they add. */
  buttons: Record<string, { name: string; value: string }>;
}

/** An answer with its text read. */
export interface Answer {
  url: string;
  status: number;
  headers: Headers;
  text: string;
  /** Where a redirect goes, absolute. */
  location?: string | undefined;
}

/** A browser without JavaScript: cookies with paths, redirects, forms. */
export interface Visitor {
  get(url: string, headers?: Record<string, string>): Promise<Answer>;
  post(url: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
  /** What a script of a page asks for: a body of JSON, from this origin. */
  postJson(url: string, body?: string): Promise<Answer>;
  /** Follows redirects while they stay on this origin; answers the page, or the redirect that leaves. */
  follow(answer: Answer): Promise<Answer>;
  /** Sends a form of the page, with values and by a button's id, and follows. */
  submit(page: Answer, values?: Record<string, string>, button?: string, form?: number): Promise<Answer>;
  /** Name=value pairs that a request to this path would send. */
  cookies(path?: string): string[];
  /** Sets a cookie as if the server had. */
  setCookie(line: string): void;
  /** A second browser with the same cookies: another tab whose cookies drift apart, or a thief. */
  clone(): Visitor;
}

interface Cookie {
  name: string;
  value: string;
  path: string;
}

/** Opens a browser on one origin. Answers never throw by status. */
export function createVisitor(origin: string, jar: Cookie[] = []): Visitor {
  const cookies = [...jar];

  function keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    const value = pair.slice(at + 1);
    const read = (wanted: string) =>
      attributes
        .find((attribute) => attribute.toLowerCase().startsWith(`${wanted}=`))
        ?.slice(wanted.length + 1);
    const path = read('path') ?? '/';
    const known = cookies.findIndex((cookie) => cookie.name === name && cookie.path === path);
    if (known >= 0) cookies.splice(known, 1);
    const expires = read('expires');
    if (value !== '' && !(expires && Date.parse(expires) < Date.now())) cookies.push({ name, value, path });
  }

  const covers = (path: string, cookie: Cookie) =>
    path === cookie.path || path.startsWith(cookie.path.endsWith('/') ? cookie.path : `${cookie.path}/`);
  // Longer paths first: RFC 6265 5.4.
  const cookiesFor = (path: string) =>
    cookies
      .filter((cookie) => covers(path, cookie))
      .toSorted((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => `${name}=${value}`);

  async function send(url: string, init: RequestInit): Promise<Answer> {
    const target = new URL(url, origin);
    const headers = new Headers(init.headers);
    const sent = cookiesFor(target.pathname);
    if (sent.length > 0) headers.set('cookie', sent.join('; '));
    const response = await fetch(target, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) keep(line);
    const to = response.headers.get('location');
    return {
      url: target.href,
      status: response.status,
      headers: response.headers,
      text: await response.text(),
      location: to === null ? undefined : new URL(to, target).href,
    };
  }

  const html = { accept: 'text/html' };
  const visitor: Visitor = {
    get: (url, headers) => send(url, { headers: { ...html, ...headers } }),
    post: (url, fields, headers) =>
      send(url, { method: 'POST', headers: { ...html, ...headers }, body: new URLSearchParams(fields) }),
    postJson: (url, body = '{}') =>
      send(url, { method: 'POST', headers: { 'content-type': 'application/json', origin }, body }),
    async follow(answer) {
      let at = answer;
      for (let hop = 0; at.location !== undefined && hop < 20; hop++) {
        const next = new URL(at.location);
        if (next.origin !== new URL(origin).origin || isCallback(next)) return at;
        at = await visitor.get(at.location);
      }
      return at;
    },
    async submit(page, values = {}, button, index = 0) {
      const form = readForms(page)[index];
      if (!form) throw new Error(`no form on ${page.url} (${page.status}): ${page.text.slice(0, 300)}`);
      const pressed = button === undefined ? undefined : form.buttons[button];
      if (button !== undefined && !pressed) throw new Error(`no button ${button} on ${page.url}`);
      const fields = {
        ...form.fields,
        ...values,
        ...(pressed?.name && { [pressed.name]: pressed.value }),
      };
      return visitor.follow(await visitor.post(new URL(form.action, page.url).href, fields, { origin }));
    },
    cookies: (path = '/') => cookiesFor(path),
    setCookie: keep,
    clone: () => createVisitor(origin, cookies),
  };
  return visitor;
}

/** An answer of the authorization endpoint: it belongs to the site, even on the same host. */
const isCallback = (url: URL) =>
  !url.pathname.startsWith('/oidc/') && (url.searchParams.has('code') || url.searchParams.has('error'));

const attributesOf = (tag: string): Record<string, string> =>
  Object.fromEntries(
    [...tag.matchAll(/([\w:-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?/g)]
      .slice(1)
      .map(([, name = '', a, b]) => [name.toLowerCase(), unescapeHtml(a ?? b ?? '')]),
  );

const unescapeHtml = (text: string) =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

/** Every form of a page. */
export function readForms(page: Answer): Form[] {
  return [...page.text.matchAll(/<form\b[^>]*>([\s\S]*?)<\/form>/g)].map(([whole, inside = '']) => {
    const form = attributesOf(/<form\b[^>]*>/.exec(whole)?.[0] ?? '');
    const fields: Record<string, string> = {};
    for (const [tag] of inside.matchAll(/<input\b[^>]*>/g)) {
      const { name, value = '', type = 'text', checked } = attributesOf(tag);
      const isOff = ['checkbox', 'radio'].includes(type) && checked === undefined;
      if (name && type !== 'submit' && !isOff) fields[name] = value;
    }
    for (const [, tag = '', text = ''] of inside.matchAll(/(<textarea\b[^>]*>)([\s\S]*?)<\/textarea>/g)) {
      const { name } = attributesOf(tag);
      if (name) fields[name] = unescapeHtml(text.replace(/^\n/, ''));
    }
    for (const [, tag = '', options = ''] of inside.matchAll(/(<select\b[^>]*>)([\s\S]*?)<\/select>/g)) {
      const { name } = attributesOf(tag);
      const all = [...options.matchAll(/<option\b[^>]*>/g)].map(([option]) => attributesOf(option));
      const chosen = all.find(({ selected }) => selected !== undefined) ?? all[0];
      if (name && chosen) fields[name] = chosen.value ?? '';
    }
    const buttons: Form['buttons'] = {};
    for (const [tag] of inside.matchAll(/<button\b[^>]*>/g)) {
      const { id = '', name = '', value = '' } = attributesOf(tag);
      buttons[id] = { name, value };
    }
    return { action: form.action ?? page.url, method: form.method ?? 'get', fields, buttons };
  });
}

export interface RelyingPartyOptions {
  issuer: string;
  clientId: string;
  clientSecret?: string;
  /** Instead of a secret: private_key_jwt. */
  privateKey?: CryptoKey;
  redirectUri: string;
  algorithm?: 'ES256' | 'RS256';
}

/** A login that a site began. */
export interface LoginAttempt {
  url: string;
  verifier: string;
  state: string;
  nonce: string;
}

/** A service site that speaks standard OpenID Connect through openid-client, and nothing else. */
export interface RelyingParty {
  config: oidc.Configuration;
  redirectUri: string;
  /** The address to send the browser to. `pushed` goes by RFC 9126. */
  begin(params?: Record<string, string>, pushed?: boolean): Promise<LoginAttempt>;
  /** Redeems what came back, by address or by a form that was posted, with all checks of the library. */
  finish(
    attempt: LoginAttempt,
    callback: string | Request,
  ): Promise<oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers>;
}

/** Reads the discovery document and is ready to log people in. */
export async function createRelyingParty(options: RelyingPartyOptions): Promise<RelyingParty> {
  const { issuer, clientId, clientSecret, privateKey, redirectUri, algorithm = 'RS256' } = options;
  const authentication = privateKey
    ? oidc.PrivateKeyJwt(privateKey)
    : clientSecret
      ? oidc.ClientSecretBasic(clientSecret)
      : oidc.None();
  const config = await oidc.discovery(
    new URL(issuer),
    clientId,
    { id_token_signed_response_alg: algorithm },
    authentication,
    { execute: [oidc.allowInsecureRequests] },
  );
  return {
    config,
    redirectUri,
    async begin(params = {}, pushed = false) {
      const verifier = oidc.randomPKCECodeVerifier();
      const state = oidc.randomState();
      const nonce = oidc.randomNonce();
      const all = {
        redirect_uri: redirectUri,
        scope: 'openid',
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...params,
      };
      const url = pushed
        ? await oidc.buildAuthorizationUrlWithPAR(config, all)
        : oidc.buildAuthorizationUrl(config, all);
      return { url: url.href, verifier, state, nonce };
    },
    finish: ({ verifier, state, nonce }, callback) =>
      oidc.authorizationCodeGrant(config, typeof callback === 'string' ? new URL(callback) : callback, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      }),
  };
}
