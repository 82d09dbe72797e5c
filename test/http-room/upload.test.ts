import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { z } from 'zod';
import { api, page } from '../../src/http/index.ts';
import { createTestRoom } from '../support/http-room.ts';

const room = createTestRoom();
room.http.mount([
  api({
    method: 'POST',
    path: '/api/v1/papers',
    access: { scope: 'parcels:create' },
    summary: 'Reads a paper',
    upload: { limitBytes: 1000 },
    body: z.strictObject({ note: z.string().max(20) }),
    response: { status: 200, schema: z.strictObject({ sha256: z.string().nullable(), note: z.string() }) },
    handle: async ({ body, file }) => ({ body: { sha256: file?.sha256 ?? null, note: body.note } }),
  }),
  api({
    method: 'POST',
    path: '/api/v1/forms',
    access: { scope: 'parcels:create' },
    summary: 'Reads a long form',
    upload: { limitBytes: 1000, fields: 60, fieldBytes: 20_000 },
    body: z.record(z.string(), z.string()),
    response: { status: 200, schema: z.strictObject({ length: z.int() }) },
    handle: async ({ body }) => ({ body: { length: Object.values(body).join('').length } }),
  }),
  page({
    method: 'POST',
    path: '/papers',
    access: { anyone: 'a test' },
    summary: 'Reads a paper',
    upload: { limitBytes: 1000 },
    handle: async ({ body, file }) => ({ redirect: `/done?${body.note}-${file?.bytes.length ?? 0}` }),
  }),
]);
const send = () => request(room.handler).post('/api/v1/papers').set('Authorization', 'Bearer good');

describe('an uploaded file', () => {
  it('comes whole, with its hash and the fields beside it', async () => {
    const bytes = Buffer.from('a sealed paper');
    const { body } = await send().field('note', '案件一').attach('file', bytes, 'paper.pdf').expect(200);
    expect(body).toEqual({ sha256: createHash('sha256').update(bytes).digest('hex'), note: '案件一' });
  });

  it('may be absent or empty, which is the same', async () => {
    expect((await send().field('note', 'a').expect(200)).body.sha256).toBeNull();
    expect(
      (await send().field('note', 'a').attach('file', Buffer.alloc(0), 'x').expect(200)).body.sha256,
    ).toBeNull();
  });

  it('that is too large is refused, whether or not the length was announced', async () => {
    await send().field('note', 'a').attach('file', Buffer.alloc(1001), 'x').expect(413);
    await send()
      .set({ 'Content-Type': 'multipart/form-data; boundary=x', 'Content-Length': '9000000' })
      .expect(413);
  });

  it('has few and short fields beside it, unless its route says more', async () => {
    const wide = () => request(room.handler).post('/api/v1/forms').set('Authorization', 'Bearer good');
    const long = 'x'.repeat(9_000);
    await send().field('note', long).expect(413);
    await wide().field('note', long).expect(200, { length: 9_000 });
    await wide().field('note', 'x'.repeat(20_001)).expect(413);
    const many = (call: ReturnType<typeof send>, count: number) => {
      for (let n = 0; n < count; n += 1) call.field(`f${n}`, 'x');
      return call;
    };
    await many(send(), 51).expect(400);
    await many(wide(), 60).expect(200, { length: 60 });
    await many(wide(), 61).expect(400);
    const full = wide();
    for (let n = 0; n < 6; n += 1) full.field(`f${n}`, 'x'.repeat(19_000));
    await full.expect(413);
  });

  it('comes alone, under its name, in a form that can be read', async () => {
    const one = Buffer.from('x');
    await send().field('note', 'a').attach('file', one, 'x').attach('file', one, 'y').expect(400);
    await send().field('note', 'a').attach('other', one, 'x').expect(400);
    await send().field('note', 'a').field('note', 'b').expect(400);
    await send().field('__proto__', 'a').expect(400);
    await send().set('Content-Type', 'multipart/form-data').send('x').expect(400);
    await send().set('Content-Type', 'multipart/form-data; boundary=x').send('--x\r\nbroken').expect(400);
    await send().type('application/json').send({ note: 'a' }).expect(415);
    await send().field('note', 'x'.repeat(9000)).expect(413);
    expect((await send().field('wrong', 'a').expect(422)).body.code).toBe('invalid-input');
  });

  it('in a page form needs the token of this browser', async () => {
    const open = await request(room.handler).get('/sample');
    const token = /name="_csrf" value="([\w-]+)"/.exec(open.text)?.[1] ?? '';
    const cookies = (open.headers['set-cookie'] as unknown as string[]).map((one) => one.split(';')[0] ?? '');
    const post = (csrf: string) =>
      request(room.handler)
        .post('/papers')
        .set('Cookie', cookies.join('; '))
        .field('_csrf', csrf)
        .field('note', 'n')
        .attach('file', Buffer.from('123'), 'x');
    await post(token).expect(303).expect('Location', '/done?n-3');
    // Pages are posted without a file too, as every other form.
    const plain = request(room.handler).post('/papers').set('Cookie', cookies.join('; ')).type('form');
    await plain.send({ _csrf: token, note: 'n' }).expect(303).expect('Location', '/done?n-0');
    await post('wrong').expect(403);
  });

  it('is described with its media type', async () => {
    const { body } = await request(room.handler).get('/api/openapi.json').expect(200);
    expect(Object.keys(body.paths['/api/v1/papers'].post.requestBody.content)).toEqual([
      'multipart/form-data',
    ]);
  });
});
