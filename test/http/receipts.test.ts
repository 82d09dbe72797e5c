import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ReceiptProof, verifyReceipt } from '../../src/receipts/index.ts';
import { content, eventType } from '../receipts/kit.ts';
import { createTestApp, type TestApp } from '../support/app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

/** An access token of a system with a scope. */
async function tokenOf(client_id: string, scope: string): Promise<string> {
  const metadata = { client_id, scope, grant_types: ['client_credentials'], redirect_uris: [] };
  const { client_secret } = await app.addClient(metadata);
  const response = await fetch(`${app.issuer}/oidc/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource: `${app.issuer}/api` }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

async function ask(path: string, token?: string) {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const response = await fetch(app.issuer + path, { headers });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

it('a client that got a receipt gets its proof, and nobody else does, by the same answer as for none', async () => {
  const [mine, theirs, reader] = [
    await tokenOf('service-hall', 'verifications:create'),
    await tokenOf('health-insurance', 'verifications:create'),
    await tokenOf('reader', 'licences:read'),
  ];
  const request = { content: content(), event: { type: eventType, data: {} } };
  const { id, jws } = await app.service.receipts.issue(request);
  const path = `/api/v1/receipts/${id}/proof`;
  const given = await ask(path, mine);
  expect(given.status).toBe(200);
  const published = await ask('/.well-known/tongxing-receipt-keys');
  expect(published.body).toMatchObject({ issuer: app.issuer, keys: expect.arrayContaining([]) });
  const root = new X509Certificate(Buffer.from(String(published.body.root), 'base64'));
  expect(verifyReceipt({ receipt: jws, root, proof: given.body }).isGenuine).toBe(true);

  const none = await ask(`/api/v1/receipts/${'A'.repeat(22)}/proof`, theirs);
  const foreign = await ask(path, theirs);
  expect([none.status, foreign.status]).toEqual([404, 404]);
  const { instance: _none, ...withoutInstance } = none.body;
  expect(foreign.body).toMatchObject(withoutInstance);
  expect((await ask(path, reader)).status).toBe(403);
  expect((await ask(path)).status).toBe(401);

  const { size } = (given.body as ReceiptProof).head;
  await app.service.receipts.issue(request);
  const later = await ask(`${path}?since=${size}`, mine);
  const judged = verifyReceipt({ receipt: jws, root, proof: later.body, headBefore: given.body });
  expect(judged.checks.map((check) => check.id)).toContain('consistency');
  expect(judged.isGenuine).toBe(true);
  expect((await ask(`${path}?since=999999`, mine)).status).toBe(422);
  expect((await ask(`${path}?since=x`, mine)).status).toBe(422);
});
