import { X509Certificate } from 'node:crypto';
import { compactVerify, decodeJwt, decodeProtectedHeader } from 'jose';
import type { Context } from 'koa';

/** What a site reads of a receipt. */
export interface ReceiptClaims {
  iss: string;
  /** Seconds since the epoch. */
  iat: number;
  jti: string;
  /** Who asked: `counter:` and the credit code of the authority, or a client id. */
  client: string;
  case_number: string;
  service_item_code: string;
  purpose: string;
  conclusion: 'valid' | 'not_valid' | 'cannot_tell';
  checks: readonly { result: 'passed' | 'failed' | 'indeterminate' }[];
  freshness: { as_of: string };
}

/** What stands in a receipt of a case file, which was proved when it was put there. */
export const claimsOf = (jws: string): ReceiptClaims => decodeJwt(jws);

/** Gives a receipt of a case file as a file. */
export function giveReceipt(ctx: Context, name: string, jws: string): void {
  ctx.attachment(`receipt-${name}.jws`);
  ctx.type = 'application/jose';
  ctx.body = jws;
}

/**
 * Reads receipts by the root certificate that the service publishes, which is fetched once: after that no network is needed.
 * Undefined for everything that is not a receipt of this service, or was changed.
 */
export function createReceiptReader(issuer: string) {
  let root: Promise<X509Certificate> | undefined;

  async function fetchRoot(): Promise<X509Certificate> {
    const response = await fetch(new URL('/.well-known/tongxing-receipt-keys', issuer));
    const { root: der } = (await response.json()) as { root: string };
    return new X509Certificate(Buffer.from(der, 'base64'));
  }

  return async function readReceipt(jws: string): Promise<ReceiptClaims | undefined> {
    root ??= fetchRoot().catch((error: unknown) => {
      root = undefined;
      throw error;
    });
    const trusted = await root;
    try {
      const { x5c = [] } = decodeProtectedHeader(jws);
      const certificate = new X509Certificate(Buffer.from(x5c[0] ?? '', 'base64'));
      // The same root also certifies the keys of the log: only those for receipts may sign one.
      if (!certificate.verify(trusted.publicKey) || !/^CN=Tongxing receipts$/m.test(certificate.subject))
        return undefined;
      const { payload, protectedHeader } = await compactVerify(jws, certificate.publicKey, {
        algorithms: ['ES256'],
      });
      if (protectedHeader.typ !== 'tongxing-receipt+jwt') return undefined;
      const claims = JSON.parse(new TextDecoder().decode(payload)) as ReceiptClaims;
      return claims.iss === issuer ? claims : undefined;
    } catch {
      return undefined;
    }
  };
}
