import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { createTestRoom } from '../support/http-room.ts';

const room = createTestRoom();
const call = () => request(room.handler);
const html = { Accept: 'text/html' };

/** Opens the form and answers its token and cookies. */
async function openForm(lang = 'zh-CN') {
  const reply = await call().get('/sample').set('Accept-Language', lang).expect(200);
  const token = /name="_csrf" value="([\w-]+)"/.exec(reply.text)?.[1] ?? '';
  const cookies = (reply.headers['set-cookie'] as unknown as string[])
    .map((one) => one.split(';')[0])
    .join('; ');
  return { token, cookies, reply };
}

describe('the headers of security', () => {
  const expected = {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': expect.stringContaining('publickey-credentials-get=(self)'),
    'x-request-id': expect.stringMatching(/^[\w-]{22}$/),
  };

  it('are on every answer, errors included', async () => {
    const replies = [
      await call().get('/sample'),
      await call().get('/nowhere'),
      await call().get('/breaks').set(html),
      await call().post('/sample').type('form').send('a=1'),
      await call().delete('/sample'),
      await call().get('/api/v1/parcels/p1'),
      await call().post('/api/v1/parcels').set('Authorization', 'Bearer bad'),
    ];
    for (const { headers } of replies) {
      expect(headers).toMatchObject(expected);
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['strict-transport-security']).toBeUndefined();
    }
  });

  it('let the forms of a page end at the origins that the page names, and no others', async () => {
    const { reply } = await openForm();
    expect(reply.headers['content-security-policy']).toContain("form-action 'self' https://site.example;");
    expect((await call().get('/nowhere')).headers['content-security-policy']).toContain(
      "form-action 'self';",
    );
  });

  it('demand https for the years to come when the issuer is https', async () => {
    const secure = createTestRoom({ issuer: 'https://sso.example', trustProxy: ['127.0.0.1'] });
    const reply = await request(secure.handler).get('/sample').set('X-Forwarded-Proto', 'https').expect(200);
    expect(reply.headers['strict-transport-security']).toBe('max-age=63072000');
    expect(String(reply.headers['set-cookie'])).toMatch(
      /^__Host-tongxing_csrf=.*path=\/.*samesite=lax.*secure.*httponly/,
    );
  });
});

describe('a page', () => {
  it('has no inline script or style, and escapes what it is given', async () => {
    const { token, cookies } = await openForm();
    const evil = '"><script>alert(1)</script>';
    const short = await call()
      .post('/sample')
      .set('Cookie', cookies)
      .type('form')
      .send({ _csrf: token, name: '<' });
    expect(short.text).toContain('value="&lt;"');
    expect(short.status).toBe(422);
    const sample = await call()
      .get(`/sample?nav=${encodeURIComponent(evil)}`)
      .set(html);
    expect(sample.text).not.toContain('alert(1)</script>');
    expect(sample.text).not.toMatch(/<script(?![^>]+src=)|<style|style="|onclick=/);
  });

  it('is in the language of the switch, then of the site, then of the browser, then in Chinese', async () => {
    const langOf = async (path: string, headers: Record<string, string> = {}) =>
      /<html lang="([\w-]+)"/.exec((await call().get(path).set(headers)).text)?.[1];
    expect(await langOf('/sample')).toBe('zh-CN');
    expect(await langOf('/sample', { 'Accept-Language': 'fr, en;q=0.5' })).toBe('en');
    expect(await langOf('/sample', { 'Accept-Language': 'zh-HK, en;q=0.5' })).toBe('zh-CN');
    expect(await langOf('/sample?ui=fr%20en', { 'Accept-Language': 'zh' })).toBe('en');
    expect(await langOf('/sample?ui=en', { Cookie: 'tongxing_lang=zh-CN' })).toBe('zh-CN');
    expect(await langOf('/sample?lang=en', { Cookie: 'tongxing_lang=zh-CN' })).toBe('en');
    expect(await langOf('/sample?lang=%22%3E%3Cscript', {})).toBe('zh-CN');
  });

  it('offers the other language where the person is, and remembers the choice', async () => {
    const chinese = await call().get('/sample?wide=1');
    expect(chinese.text).toContain('href="/sample?wide=1&amp;lang=en"');
    const english = await call().get('/sample?wide=1&lang=en');
    expect(String(english.headers['set-cookie'])).toContain('tongxing_lang=en');
    expect(english.text).toContain('href="/sample?wide=1&amp;lang=zh-CN"');
    // The answer to a form post cannot be opened again by its own address.
    const { token, cookies } = await openForm();
    const post = (referer: string) =>
      call()
        .post('/sample')
        .set({ Cookie: cookies, Referer: referer })
        .type('form')
        .send({ _csrf: token, name: '' });
    expect((await post('http://localhost:3000/sample?nav=1')).text).toContain(
      'href="/sample?nav=1&amp;lang=en"',
    );
    expect((await post('https://evil.example/x')).text).not.toContain('evil.example');
  });

  it('that reports an error says what to do, and gives the code and the request number', async () => {
    for (const [lang, title] of [
      ['zh-CN', '服务出错'],
      ['en', 'Internal error'],
    ] as const) {
      const reply = await call().get('/breaks').set(html).set('Accept-Language', lang).expect(500);
      expect(reply.text).toContain(`<h1>${title}</h1>`);
      expect(reply.text).toContain(reply.headers['x-request-id']);
      expect(reply.headers['content-language']).toBe(lang);
    }
  });
});

describe('a form', () => {
  const post = (cookies: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    call()
      .post('/sample')
      .set({ ...html, ...(cookies && { Cookie: cookies }), ...headers })
      .type('form')
      .send(fields);

  it('with the token of this browser is handed to its page, without the token among its fields', async () => {
    const { token, cookies } = await openForm();
    await post(cookies, { _csrf: token, name: '王小明' }).expect(303).expect('Location', '/done');
  });

  it('without a token, with that of another browser, or without the cookie answers 403 with a way back', async () => {
    const mine = await openForm();
    const other = await openForm();
    for (const reply of [
      await post(mine.cookies, { name: 'x' }),
      await post(mine.cookies, { name: 'x', _csrf: other.token }),
      await post('', { name: 'x', _csrf: mine.token }),
      await post('tongxing_csrf=planted', { name: 'x', _csrf: 'planted' }),
    ]) {
      expect(reply.status).toBe(403);
      expect(reply.text).toContain('csrf-failed');
      expect(reply.text).toContain('href="/"');
    }
    const back = await post(mine.cookies, { name: 'x' }, { Referer: 'http://localhost:3000/sample?nav=1' });
    expect(back.text).toContain('href="/sample?nav=1"');
  });

  it('from another origin is refused although its token is genuine', async () => {
    const { token, cookies } = await openForm();
    const fields = { _csrf: token, name: '王小明' };
    for (const headers of [
      { Origin: 'http://localhost:3001' },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ] as Record<string, string>[]) {
      await post(cookies, fields, headers).expect(403);
    }
    await post(cookies, fields, { Origin: 'http://localhost:3000', 'Sec-Fetch-Site': 'same-origin' }).expect(
      303,
    );
  });

  it('with a field twice or a name of a prototype is refused, and brackets are no structure', async () => {
    const { token, cookies } = await openForm();
    const raw = (text: string) =>
      call().post('/sample').set('Cookie', cookies).type('form').send(`_csrf=${token}&${text}`);
    await raw('name=a&name=b').expect(400);
    await raw('__proto__=1').expect(400);
    await raw('name[$ne]=abc').expect(422);
    await raw(`name=${'x'.repeat(3000)}`).expect(413);
  });

  it('that is faulty comes back with a summary tied to its fields', async () => {
    const { token, cookies } = await openForm('en');
    const reply = await post(cookies, { _csrf: token, name: 'x' }, { 'Accept-Language': 'en' }).expect(422);
    expect(reply.text).toContain('<a href="#name">At least two characters</a>');
    expect(reply.text).toContain('aria-describedby="name-hint name-fault"');
    expect(reply.text).toContain('aria-invalid="true"');
    expect(reply.text).toContain('<title>Please check: Sample');
  });
});

describe('a static file', () => {
  it('is kept for a year under the hash of its content, and is nowhere else', async () => {
    const { reply } = await openForm();
    const hrefs = [...reply.text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(
      (match) => match[1] ?? '',
    );
    expect(hrefs.length).toBeGreaterThanOrEqual(3);
    for (const href of hrefs) {
      const file = await call().get(href).expect(200);
      expect(file.headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(file.headers['x-content-type-options']).toBe('nosniff');
      await call()
        .get(href.replace(/assets\/.{4}/, 'assets/xxxx'))
        .expect(404);
    }
    await call().get('/assets/x/..%2f..%2fpackage.json').expect(404);
    const plain = await call()
      .get(hrefs[1] ?? '')
      .set('Accept-Encoding', 'identity')
      .expect(200);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.text).toContain('Pico');
  });
});

describe('the API description', () => {
  it('names every API route with its access, schemas as components, and its problems', async () => {
    const { body } = await call().get('/api/openapi.json').expect(200);
    expect(body.openapi).toBe('3.1.0');
    const create = body.paths['/api/v1/parcels'].post;
    expect(create.security).toEqual([{ oauth: ['parcels:create'] }]);
    expect(create.requestBody.content['application/json'].schema.required).toEqual(['label']);
    expect(create.responses['201'].content['application/json'].schema).toEqual({
      $ref: '#/components/schemas/StoredParcel',
    });
    expect(body.components.schemas.StoredParcel).toMatchObject({
      type: 'object',
      properties: { id: { type: 'string' }, label: { type: 'string' } },
    });
    expect(create.responses['422'].description).toBe('`invalid-input`');
    expect(body.paths['/api/v1/parcels/{id}'].get.parameters).toEqual([
      expect.objectContaining({ name: 'id', in: 'path', required: true }),
      expect.objectContaining({ name: 'part', in: 'query', required: false }),
    ]);
    expect(body.paths['/sample']).toBeUndefined();
    expect(JSON.stringify(body)).not.toContain('#/$defs');
    for (const path of Object.keys(body.paths))
      expect(room.http.routes().map((route) => route.path)).toContain(path);
  });

  it('is readable as a page, and every problem type leads to its explanation there', async () => {
    const docs = await call().get('/api/docs').set('Accept-Language', 'en').expect(200);
    const { body } = await call().get('/nowhere');
    const { pathname, hash } = new URL(body.type);
    expect(pathname).toBe('/api/docs');
    expect(docs.text).toContain(`id="${hash.slice(1)}"`);
  });
});
