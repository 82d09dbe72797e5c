import type { Audit } from '../audit/index.ts';
import { headDocument } from '../audit/index.ts';
import { type Clock, canonicalJson, faultAt, Problem, type Random, sha256Base64url } from '../core/index.ts';
import type { Keyring } from '../keyring/index.ts';
import type { Store } from '../storage/index.ts';
import { createAuthority } from './authority.ts';
import { receiptType } from './claims.ts';
import type { Receipts } from './port.ts';
import { createReceiptIds } from './receipt-id.ts';
import { certificates } from './store.ts';

export interface ReceiptsDependencies {
  store: Pick<Store, 'collection'>;
  keyring: Pick<Keyring, 'signer' | 'publicKeys' | 'derive'>;
  audit: Pick<Audit, 'record' | 'tree'>;
  clock: Clock;
  random: Random;
  /** `iss` of every receipt. */
  issuer: string;
}

const texts = (hashes: readonly Buffer[]): string[] => hashes.map((hash) => hash.toString('base64url'));

const notSoLong = faultAt('/query/since', 'range', {
  zh: '日志从未有过这么多事件。',
  en: 'The log has never had so many events.',
});

/** Makes the receipts of this process. Nothing but the event is written for one. */
export function createReceipts(dependencies: ReceiptsDependencies): Receipts {
  const { store, keyring, audit, clock, random, issuer } = dependencies;
  const authority = createAuthority({
    certificates: store.collection(certificates),
    ...{ keyring, clock, random, issuer },
  });
  const ids = createReceiptIds(keyring.derive('receipt-id').subarray(0, 16));
  const headers = new Map<string, string>();

  async function headerOf(kid: string): Promise<string> {
    const known = headers.get(kid);
    if (known) return known;
    const x5c = await authority.chainOf('receipt', kid);
    const header = Buffer.from(JSON.stringify({ alg: 'ES256', typ: receiptType, kid, x5c })).toString(
      'base64url',
    );
    headers.set(kid, header);
    return header;
  }

  async function consistencyOf(from: number, to: number) {
    const hashes = await audit.tree.consistency(from, to);
    if (!hashes) throw new Problem('invalid-input', { extensions: { errors: [notSoLong] } });
    return { from_size: from, hashes: texts(hashes) };
  }

  return {
    async issue({ content, event }) {
      // The log knows what a receipt says by the hash of this.
      const said = Buffer.from(canonicalJson(content));
      const data = { ...event.data, client: content.client, content: sha256Base64url(said) };
      const recorded = await audit.record(event.type, data, { isPrompt: true });
      const { eventId, leafIndex, leafHash, at } = recorded;
      const id = ids.idOf(leafIndex, content.client);
      const signer = await keyring.signer('receipt');
      const stamp = JSON.stringify({
        ...{ jti: id, iss: issuer, iat: Math.floor(at / 1000) },
        event: { id: eventId, leaf_hash: leafHash.toString('base64url') },
      });
      // One object of both, whose content is not written a second time.
      const claims = Buffer.concat([Buffer.from(`${stamp.slice(0, -1)},`), said.subarray(1)]);
      const signed = `${await headerOf(signer.kid)}.${claims.toString('base64url')}`;
      const signature = await signer.sign(Buffer.from(signed));
      return { id, jws: `${signed}.${signature.toString('base64url')}`, leafIndex, at };
    },

    async proof(receiptId, clientId, since) {
      const leafIndex = ids.findPlace(receiptId, clientId);
      if (leafIndex === undefined) return undefined;
      // Another process may have appended: whoever compares with an older head wants the newest.
      if (since !== undefined) await audit.tree.head();
      const proof = await audit.tree.inclusion(leafIndex);
      if (!proof) return undefined;
      const { head, hashes } = proof;
      return {
        receipt_id: receiptId,
        leaf_index: leafIndex,
        hashes: texts(hashes),
        head: { ...headDocument(head), signature: head.signature },
        x5c: await authority.chainOf('audit', head.kid),
        ...(since !== undefined && { consistency: await consistencyOf(since, head.size) }),
      };
    },

    async keys() {
      const found = await authority.history();
      return { issuer, root: found[0]?.x5c.at(-1) as string, keys: found };
    },
  };
}
