import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compactVerify, importX509 } from 'jose';
import { canonicalJson } from '../../src/core/index.ts';
import { type ReceiptProof, verifyReceipt } from '../../src/receipts/index.ts';
import { content, createReceiptWorld, eventType, type ReceiptWorld } from './kit.ts';

let world: ReceiptWorld;
let folder: string;
beforeAll(async () => {
  world = await createReceiptWorld();
  folder = mkdtempSync(join(tmpdir(), 'receipts-'));
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

const file = (name: string, value: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
};
const rootOf = async () => new X509Certificate(Buffer.from((await world.receipts.keys()).root, 'base64'));
const pem = (der: string) => new X509Certificate(Buffer.from(der, 'base64')).toString();
const proofOf = async (id: string, since?: number) =>
  (await world.receipts.proof(id, 'service-hall', since)) as ReceiptProof;
const failed = (verdict: ReturnType<typeof verifyReceipt>) =>
  verdict.checks.filter(({ isPassed }) => !isPassed).map(({ id }) => id);

describe('a receipt', () => {
  it('is a JWS that others verify with the certificate in it, and says what was asked and answered', async () => {
    const { id, jws, leafIndex, at } = await world.issue(1);
    const header = JSON.parse(Buffer.from(jws.split('.')[0] as string, 'base64url').toString());
    expect(header).toMatchObject({ alg: 'ES256', typ: 'tongxing-receipt+jwt' });
    const { payload } = await compactVerify(jws, await importX509(pem(header.x5c[0]), 'ES256'));
    const claims = JSON.parse(Buffer.from(payload).toString());
    const { event, ...said } = claims;
    expect(said).toEqual({
      ...content({ case_number: 'CASE-2026-1' }),
      jti: id,
      iss: 'https://licences.example',
      iat: Math.floor(at / 1000),
    });
    // The log holds the event whose leaf it names, and that event names what the receipt says.
    const events: { id: string; type: string; at: number; data: Record<string, unknown> }[] = [];
    for await (const line of world.audit.export()) events.push(...((line.events as never[]) ?? []));
    const logged = events[leafIndex];
    expect(logged).toMatchObject({
      id: event.id,
      type: eventType,
      data: { client: 'service-hall', turn: 1 },
    });
    const hash = (text: string) => createHash('sha256').update(text).digest('base64url');
    expect(hash(`\0${canonicalJson(logged)}`)).toBe(event.leaf_hash);
    expect(logged?.data.content).toBe(hash(canonicalJson(content({ case_number: 'CASE-2026-1' }))));
  });

  it('of an instant in the past says when the library learned of it, as older ones do not', async () => {
    const freshness = {
      ...{ as_of: '2026-01-01T00:00:00.000Z', source: 'library' },
      learned_at: '2025-12-01T00:00:00.000Z',
    };
    const root = await rootOf();
    for (const said of [content({ freshness }), content()]) {
      const { jws } = await world.receipts.issue({
        content: said,
        event: { type: eventType, data: { turn: 3 } },
      });
      const verdict = verifyReceipt({ receipt: jws, root });
      expect([verdict.isGenuine, verdict.claims?.freshness]).toEqual([true, said.freshness]);
    }
  });

  it('carries certificates that openssl accepts, by a root that may certify and keys that may not', async () => {
    const { root, keys } = await world.receipts.keys();
    const rootFile = file('root.pem', pem(root));
    const uses = keys.map(({ use }) => use);
    expect(new Set(uses)).toEqual(new Set(['receipt', 'audit']));
    for (const [at, { x5c }] of keys.entries()) {
      const leaf = file(`key-${at}.pem`, pem(x5c[0] as string));
      expect(x5c[1]).toBe(root);
      const strict = ['verify', '-x509_strict', '-check_ss_sig', '-CAfile', rootFile, leaf];
      expect(execFileSync('openssl', strict, { encoding: 'utf8' })).toContain(': OK');
    }
    const text = execFileSync('openssl', ['x509', '-noout', '-text', '-in', rootFile], { encoding: 'utf8' });
    expect(text).toContain('CA:TRUE, pathlen:0');
    expect(text).toContain('Certificate Sign');
  });

  it('verifies offline with nothing but the root, by its certificate or as published', async () => {
    const { jws } = await world.issue(2);
    const verdict = verifyReceipt({ receipt: jws, root: await rootOf() });
    expect(verdict).toMatchObject({ isGenuine: true, claims: { conclusion: 'valid' } });
    expect(verdict.checks.map(({ id }) => id)).toEqual(['form', 'certificate', 'signature', 'content']);
  });

  it('is refused when any one character of it was changed', async () => {
    const { jws } = await world.issue(3);
    const root = await rootOf();
    const refusals = new Set<string>();
    for (let at = 0; at < jws.length; at++) {
      const changed = jws.slice(0, at) + (jws[at] === 'A' ? 'B' : 'A') + jws.slice(at + 1);
      const verdict = verifyReceipt({ receipt: changed, root });
      if (verdict.isGenuine) throw new Error(`character ${at}`);
      refusals.add(failed(verdict).join());
    }
    expect([...refusals].sort()).toEqual(['certificate', 'form', 'signature']);
    // Also one that only touches bits that a decoder overlooks.
    const last = jws.at(-1) as string;
    const next = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const sly = jws.slice(0, -1) + next[next.indexOf(last) + 1];
    expect(failed(verifyReceipt({ receipt: sly, root }))).toEqual(['form']);
  });

  it('is refused when another installation issued it, or a key of ours that is certified for something else', async () => {
    const { jws } = await world.issue(4);
    const other = await createReceiptWorld();
    const foreign = new X509Certificate(Buffer.from((await other.receipts.keys()).root, 'base64'));
    await other.close();
    expect(failed(verifyReceipt({ receipt: jws, root: foreign }))).toEqual(['certificate']);
    const [header = '', payload] = jws.split('.');
    const { kid, sign } = await world.keyring.signer('audit');
    const { keys } = await world.receipts.keys();
    const x5c = keys.find((key) => key.kid === kid)?.x5c;
    const read = JSON.parse(Buffer.from(header, 'base64url').toString());
    const text = `${Buffer.from(JSON.stringify({ ...read, kid, x5c })).toString('base64url')}.${payload}`;
    const forged = `${text}.${(await sign(Buffer.from(text))).toString('base64url')}`;
    expect(failed(verifyReceipt({ receipt: forged, root: await rootOf() }))).toEqual(['certificate']);
  });

  it('goes on to verify after its key and that of the log were rotated', async () => {
    const { id, jws } = await world.issue(5);
    await world.keyring.rotate();
    const later = await world.issue(6);
    const root = await rootOf();
    expect(verifyReceipt({ receipt: jws, root, proof: await proofOf(id) }).isGenuine).toBe(true);
    expect(verifyReceipt({ receipt: later.jws, root, proof: await proofOf(later.id) }).isGenuine).toBe(true);
    const { keys } = await world.receipts.keys();
    expect(keys.length).toBeGreaterThanOrEqual(4);
    expect(new Set(keys.map(({ x5c }) => x5c[1])).size).toBe(1);
  });
});

describe('the proof of a receipt', () => {
  it('is there at once, from every process, and only for the client that got the receipt', async () => {
    const { id, jws } = await world.issue(7);
    const root = await rootOf();
    const sibling = await world.sibling();
    for (const { receipts } of [world, sibling]) {
      const proof = await receipts.proof(id, 'service-hall');
      expect(verifyReceipt({ receipt: jws, root, proof }).isGenuine).toBe(true);
      expect(await receipts.proof(id, 'health-insurance')).toBeUndefined();
      expect(await receipts.proof(`${id.slice(0, -2)}AA`, 'service-hall')).toBeUndefined();
      expect(await receipts.proof('nothing', 'service-hall')).toBeUndefined();
    }
  });

  it('is refused by name when anything in it was changed, or when it belongs to another receipt', async () => {
    const [{ id, jws }, other] = [await world.issue(8), await world.issue(9)];
    const [root, proof] = [await rootOf(), await proofOf(id)];
    const judged = (change: object) =>
      failed(verifyReceipt({ receipt: jws, root, proof: { ...proof, ...change } }));
    const { head } = proof;
    const flip = (text: string) => (text[0] === 'A' ? 'B' : 'A') + text.slice(1);
    expect(judged({})).toEqual([]);
    expect(judged({ receipt_id: other.id })).toEqual(['proof-of-this']);
    expect(judged({ leaf_index: proof.leaf_index - 1 })).toEqual(['inclusion']);
    expect(judged({ hashes: proof.hashes.slice(1) })).toEqual(['inclusion']);
    for (const at of proof.hashes.keys())
      expect(judged({ hashes: proof.hashes.with(at, flip(proof.hashes[at] as string)) })).toEqual([
        'inclusion',
      ]);
    expect(judged({ x5c: [flip(proof.x5c[0] as string), proof.x5c[1]] })).toEqual(['log-key']);
    expect(judged({ head: { ...head, root: flip(head.root) } })).toEqual(['head']);
    expect(judged({ head: { ...head, size: head.size + 1 } })).toEqual(['head']);
    expect(judged({ head: { ...head, number: head.number + 1 } })).toEqual(['head']);
    expect(judged({ head: { ...head, at: '2020-01-01T00:00:00.000Z' } })).toEqual(['head']);
    expect(judged({ head: { ...head, signature: flip(head.signature) } })).toEqual(['head']);
    expect(judged({ head: { ...head, format: 'other' } })).toEqual(['proof-form']);
    expect(judged({ surplus: 1 })).toEqual(['proof-form']);
    expect(failed(verifyReceipt({ receipt: jws, root, proof: null }))).toEqual(['proof-form']);
    const theirs = await proofOf(other.id);
    expect(failed(verifyReceipt({ receipt: jws, root, proof: theirs }))).toEqual(['proof-of-this']);
    expect(failed(verifyReceipt({ receipt: jws, root, proof: { ...theirs, receipt_id: id } }))).toEqual([
      'inclusion',
    ]);
  });

  it('shows with an older head that the log only grew, also across a rotation, and is refused when it did not', async () => {
    const { id, jws } = await world.issue(10);
    const before = await proofOf(id);
    for (let turn = 0; turn < 20; turn++) await world.issue(100 + turn);
    await world.keyring.rotate();
    await world.issue(200);
    const [root, history] = [await rootOf(), await world.receipts.keys()];
    const proof = await proofOf(id, before.head.size);
    const judged = (evidence: object) =>
      failed(verifyReceipt({ receipt: jws, root, proof, headBefore: before, ...evidence }));
    expect(proof.head.size).toBe(before.head.size + 21);
    expect(judged({})).toEqual([]);
    expect(judged({ headBefore: before.head, history })).toEqual([]);
    expect(judged({ headBefore: before.head })).toEqual(['log-key']);
    expect(judged({ headBefore: { ...before.head, size: before.head.size - 1 }, history })).toEqual([
      'before',
    ]);
    expect(judged({ headBefore: {} })).toEqual(['before-form']);
    expect(judged({ proof: await proofOf(id) })).toEqual(['consistency']);
    const { consistency } = proof;
    const hashes = consistency?.hashes.slice(1);
    expect(judged({ proof: { ...proof, consistency: { ...consistency, hashes } } })).toEqual(['consistency']);
    await expect(proofOf(id, 1_000_000)).rejects.toMatchObject({ code: 'invalid-input' });
    // A head of the same log is its own beginning.
    expect(judged({ headBefore: proof })).toEqual([]);
  });

  it('can be computed by a stranger from the words of the standard', async () => {
    const { id, jws } = await world.issue(11);
    const { hashes, head, leaf_index, x5c } = await proofOf(id);
    const { event } = JSON.parse(Buffer.from(jws.split('.')[1] as string, 'base64url').toString());
    let [node, at, last] = [Buffer.from(event.leaf_hash, 'base64url'), leaf_index, head.size - 1];
    for (const hash of hashes.map((text) => Buffer.from(text, 'base64url'))) {
      while (at % 2 === 0 && at === last) [at, last] = [at / 2, last / 2];
      const pair = at % 2 === 1 ? [hash, node] : [node, hash];
      node = createHash('sha256')
        .update(Buffer.concat([Buffer.of(1), ...pair]))
        .digest();
      [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    }
    expect(node.toString('base64url')).toBe(head.root);
    const { signature, ...signed } = head;
    const key = { key: createPublicKey(pem(x5c[0] as string)), dsaEncoding: 'ieee-p1363' as const };
    expect(
      verify('sha256', Buffer.from(canonicalJson(signed)), key, Buffer.from(signature, 'base64url')),
    ).toBe(true);
  });
});

describe('the command', () => {
  const run = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', 'src/main.ts', 'verify-receipt', ...words],
      { encoding: 'utf8', env: { PATH: process.env.PATH ?? '' } },
    );
    return { status, stdout, stderr };
  };

  it('says in words what it checked, with saved files alone', async () => {
    const { id, jws } = await world.issue(12);
    const before = await proofOf(id);
    await world.issue(13);
    const receipt = file('receipt.jws', `${jws}\n`);
    const keys = file('keys.json', await world.receipts.keys());
    const trust = file('trusted.pem', pem((await world.receipts.keys()).root));
    const proof = file('proof.json', await proofOf(id, before.head.size));
    const older = file('head.json', before.head);

    const whole = run(receipt, '--keys', keys, '--proof', proof, '--head-before', older);
    expect([whole.status, whole.stderr]).toEqual([0, '']);
    expect(whole.stdout).toMatch(
      /^ok {2}This is a receipt[\s\S]*is number \d+ of the \d+ events[\s\S]*is genuine/,
    );
    expect(whole.stdout).toContain(`The log of ${before.head.size} events that you knew is the beginning`);
    expect(run(receipt, '--trust', trust)).toMatchObject({ status: 0, stderr: '' });

    const flipped = file(
      'flipped.jws',
      jws.replace(/\.(.)/, (_, first) => (first === 'e' ? '.f' : '.e')),
    );
    const refused = run(flipped, '--trust', trust, '--json');
    expect(refused.status).toBe(1);
    const { isGenuine, checks } = JSON.parse(refused.stdout);
    expect([isGenuine, checks.at(-1)]).toMatchObject([false, { id: 'signature', isPassed: false }]);
    expect(run(flipped, '--trust', trust).stdout).toContain('NO  It is not what that key signed');
  });

  it('says what it lacks: no root, no file, an older head without a proof', async () => {
    const receipt = file('alone.jws', (await world.issue(14)).jws);
    expect(run(receipt)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/receipt-root.pem is not there[\s\S]*Give --keys/),
    });
    expect(run(join(folder, 'none'), '--trust', file('bad.pem', 'x')).stderr).toContain('cannot be read');
    expect(run(receipt, '--trust', file('bad.pem', 'x')).stderr).toContain('holds no certificate');
    expect(run(receipt, '--keys', file('bad.json', '{')).stderr).toContain('is not a saved copy');
    expect(run(receipt, '--head-before', receipt)).toMatchObject({ status: 2 });
  });
});
