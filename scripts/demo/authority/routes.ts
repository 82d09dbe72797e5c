import type { DemoAuthority } from './authority.ts';

/** What an authority answers to one call. */
export interface AuthorityReply {
  status: number;
  type: string;
  body: string | Buffer;
}

/**
 * The authorities over HTTP as any other would offer them: `/ca/certificates` (PKCS #10 in, PEM chain out), `/ca/crl/{of}`,
 * `/ca/revocations` (a serial number, hex), `/ocsp`. Undefined for paths of others.
 */
export function answerAuthority(
  authority: DemoAuthority,
  { path, body }: { path: string; body: Buffer },
): AuthorityReply | undefined {
  const reply = (type: string, said: string | Buffer | undefined): AuthorityReply =>
    said === undefined ? { status: 404, type: 'text/plain', body: '' } : { status: 200, type, body: said };
  const [, list] = /^\/ca\/crl\/([a-z]+)$/.exec(path) ?? [];
  if (list) return reply('application/pkix-crl', authority.crl(list));
  switch (path) {
    case '/ca/certificates':
      return reply('application/x-pem-file', authority.certify(requestOf(body)));
    case '/ca/revocations':
      authority.revoke(body.toString('latin1').trim().toLowerCase());
      return reply('text/plain', 'revoked');
    case '/ocsp':
      return reply('application/ocsp-response', authority.ocsp(body));
    default:
      return undefined;
  }
}

/** A request comes as PEM or DER. */
function requestOf(body: Buffer): Buffer {
  const [, base64] =
    /-----BEGIN CERTIFICATE REQUEST-----([\s\S]+?)-----END/.exec(body.toString('latin1')) ?? [];
  return base64 ? Buffer.from(base64, 'base64') : body;
}
