import { type Clock, Problem, type Random } from '../core/index.ts';
import type { Outbound } from '../outbound/index.ts';
import { readableCertificates } from './chain.ts';
import { Malformed } from './der.ts';
import type { TimeStamper } from './port.ts';
import {
  buildTimeStampRequest,
  readTimeStampResponse,
  type TimeStampFault,
  verifyTimeStamp,
} from './time-stamp.ts';

export interface TimeStamperDependencies {
  outbound: Outbound;
  clock: Clock;
  random: Random;
  /** Address of the authority's RFC 3161 service over HTTP. */
  url: string;
  /** Its pinned certificates, DER. */
  anchors: readonly Buffer[];
}

/**
 * A client of a time-stamping authority over HTTP. Nothing is believed before it is verified: a bad token inside a sealed
 * licence would be found years later.
 * @see RFC 3161 3.4
 */
export function createTimeStamper(deps: TimeStamperDependencies): TimeStamper {
  const anchors = readableCertificates(deps.anchors);
  return {
    async stamp(digest) {
      const nonce = deps.random.bytes(8);
      const body = buildTimeStampRequest(digest, nonce);
      const token = readToken(await ask(deps, body));
      const verdict = verifyTimeStamp({
        token,
        stamped: { sha256: digest },
        nonce,
        anchors,
        now: deps.clock.now(),
      });
      if (!verdict.ok) throw refused(verdict.fault);
      return token;
    },
  };
}

async function ask(deps: TimeStamperDependencies, body: Buffer): Promise<Buffer> {
  const headers = { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' };
  try {
    const answer = await deps.outbound.request(deps.url, {
      kind: 'time-stamp',
      method: 'POST',
      headers,
      body,
    });
    if (answer.status === 200) return answer.body;
    throw new Error(`the time-stamping authority answered ${answer.status}`);
  } catch (cause) {
    throw new Problem('time-stamp-unavailable', { cause });
  }
}

function readToken(body: Buffer): Buffer {
  try {
    return readTimeStampResponse(body);
  } catch (error) {
    if (error instanceof Malformed) throw refused(error);
    throw error;
  }
}

function refused(cause: TimeStampFault | Error): Problem {
  return new Problem('time-stamp-refused', { cause: typeof cause === 'string' ? new Error(cause) : cause });
}
