import { createHash } from 'node:crypto';
import type { Clock } from '../core/index.ts';
import type { Outbound } from '../outbound/index.ts';
import type { Logger } from '../telemetry/index.ts';
import type { Certificate } from './certificate.ts';
import { children, integer, nothing, octets, oid, readBits, readWhole, sequence } from './der.ts';
import { refreshMs, retryMs } from './revocation-lists.ts';

/** Asks authorities about single certificates, where no list of theirs tells. */
export interface OcspClient {
  /** The newest answer, DER; undefined when there is none. Whether it counts is the validator's to say. */
  ask(certificate: Certificate, issuer: Certificate, url: string): Promise<Buffer | undefined>;
}

const sha1 = '1.3.14.3.2.26';
const greatestKnown = 1_000;

/**
 * A request about one certificate. SHA-1 is only a name of the issuer here, as every responder knows it.
 * @see RFC 6960 4.1
 */
function buildOcspRequest(certificate: Certificate, issuer: Certificate): Buffer {
  const hash = (bytes: Buffer) => octets(createHash('sha1').update(bytes).digest());
  const spki = children(readWhole(issuer.publicKey.export({ type: 'spki', format: 'der' })));
  const serial = integer(Buffer.from(certificate.serial, 'hex'));
  const id = sequence(sequence(oid(sha1), nothing), hash(issuer.subject), hash(readBits(spki[1])), serial);
  return sequence(sequence(sequence(sequence(id))));
}

/** Makes the client. Answers are kept in memory by certificate. */
export function createOcspClient(deps: {
  outbound: Outbound;
  clock: Clock;
  logger: Pick<Logger, 'warn'>;
}): OcspClient {
  const known = new Map<string, { until: number; answer: Promise<Buffer | undefined> }>();

  async function fetchAnswer(url: string, body: Buffer): Promise<Buffer | undefined> {
    try {
      const headers = { 'content-type': 'application/ocsp-request', accept: 'application/ocsp-response' };
      const answer = await deps.outbound.request(url, { kind: 'ocsp', method: 'POST', headers, body });
      if (answer.status === 200) return answer.body;
      throw new Error(`the OCSP responder answered ${answer.status}`);
    } catch (err) {
      deps.logger.warn(
        { err, url },
        'nobody told whether a certificate was revoked; the question stays open',
      );
      return undefined;
    }
  }

  return {
    async ask(certificate, issuer, url) {
      const now = deps.clock.now();
      const kept = known.get(certificate.sha256);
      if (kept && now < kept.until) return kept.answer;
      if (known.size >= greatestKnown) known.clear();
      const entry = {
        until: now + refreshMs,
        answer: fetchAnswer(url, buildOcspRequest(certificate, issuer)),
      };
      known.set(certificate.sha256, entry);
      const answer = await entry.answer;
      if (!answer) entry.until = now + retryMs;
      return answer;
    },
  };
}
