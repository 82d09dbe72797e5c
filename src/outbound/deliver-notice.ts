import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhenResult,
  isBrokenCircuitError,
} from 'cockatiel';
import { type Clock, isProblem, type Random } from '../core/index.ts';
import type { Collection, Stored } from '../storage/index.ts';
import type { Logger, Metrics } from '../telemetry/index.ts';
import type { Outbound } from './port.ts';
import type { QueuedNotice } from './store.ts';

const timeoutMs = 5_000;
/** A claim outlives the longest attempt; after it another process may try. */
const leaseMs = 30_000;
const firstDelayMs = 1_000;
const longestDelayMs = 5 * 60_000;
/** A host that failed this often in a row is left alone for a while. */
const breakerFailures = 5;
const breakerOpenMs = 10_000;

export interface DeliveryDependencies {
  outbound: Outbound;
  clock: Clock;
  random: Random;
  metrics: Metrics;
  logger: Logger;
}

/** The two halves of an attempt: to win the notice, and to send and settle what was won. */
export interface Delivery {
  /** Undefined when another process has it. */
  claim(queued: Stored<QueuedNotice>): Promise<Stored<QueuedNotice> | undefined>;
  deliver(claimed: Stored<QueuedNotice>): Promise<void>;
}

/**
 * Delay before the next attempt: doubles from one second to five minutes; the upper half of it is random, so that the
 * notices of an outage do not come back in step.
 */
export function retryDelayMs(attempts: number, random: Random): number {
  const delay = Math.min(firstDelayMs * 2 ** (attempts - 1), longestDelayMs);
  return Math.ceil(delay / 2 + (random.bytes(2).readUInt16BE() / 0x10000) * (delay / 2));
}

/**
 * Makes the delivery of single notices. A claim is a conditional write that moves `dueAt` past the lease: exactly one
 * process wins it, and a process that dies with a claim only delays its notice.
 */
export function createDelivery(
  { outbound, clock, random, metrics, logger }: DeliveryDependencies,
  notices: Collection<QueuedNotice, 'due'>,
): Delivery {
  const throughBreaker = createHostBreakers();
  const outcomes = metrics.counter({
    name: 'tongxing_notices_total',
    help: 'Attempts to deliver notices by kind and outcome: delivered, retried, given-up.',
    labels: ['kind', 'outcome'],
  });

  /** The stored notice after a conditional write; undefined when somebody else wrote first. */
  async function change(queued: Stored<QueuedNotice>, value: QueuedNotice) {
    try {
      return await notices.replace(value, queued.version);
    } catch (error) {
      if (isProblem(error, 'version-conflict', 'not-found')) return undefined;
      throw error;
    }
  }

  async function send({ kind, url, contentType, body }: QueuedNotice): Promise<boolean> {
    try {
      const headers = { 'content-type': contentType };
      const { status } = await outbound.request(url, { kind, method: 'POST', headers, body, timeoutMs });
      return status >= 200 && status < 300;
    } catch (error) {
      if (isProblem(error, 'outbound-failed', 'outbound-refused')) return false;
      throw error;
    }
  }

  function settled(notice: QueuedNotice, isDelivered: boolean): QueuedNotice {
    const { dueAt: _, ...rest } = notice;
    if (isDelivered) return { ...rest, body: '', state: 'delivered' };
    const dueAt = clock.now() + retryDelayMs(notice.attempts, random);
    return dueAt < notice.until ? { ...notice, dueAt } : { ...rest, body: '', state: 'given-up' };
  }

  return {
    claim: (queued) =>
      change(queued, {
        ...queued.value,
        dueAt: clock.now() + leaseMs,
        attempts: queued.value.attempts + 1,
      }),
    async deliver(claimed) {
      const { value } = claimed;
      const isLate = clock.now() >= value.until;
      const after = settled(value, !isLate && (await throughBreaker(value.url, () => send(value))));
      await change(claimed, after);
      const outcome = after.state === 'waiting' ? 'retried' : after.state;
      outcomes.add({ kind: value.kind, outcome });
      if (outcome === 'given-up') {
        logger.warn(
          { room: 'outbound', notice: value.id, kind: value.kind, host: new URL(value.url).host },
          'notice given up',
        );
      }
    },
  };
}

/** One breaker a host: thousands of notices to a site that is down must not hold up those to the others. */
function createHostBreakers(): (url: string, send: () => Promise<boolean>) => Promise<boolean> {
  const breakers = new Map<string, CircuitBreakerPolicy>();
  return async (url, send) => {
    const { host } = new URL(url);
    const breaker =
      breakers.get(host) ??
      circuitBreaker(
        handleWhenResult((isDelivered) => isDelivered === false),
        {
          halfOpenAfter: breakerOpenMs,
          breaker: new ConsecutiveBreaker(breakerFailures),
        },
      );
    breakers.set(host, breaker);
    // While one notice tries whether the host is back, the others do not wait for it.
    if (breaker.state === CircuitState.HalfOpen) return false;
    return breaker.execute(send).catch((error: unknown) => {
      if (isBrokenCircuitError(error)) return false;
      throw error;
    });
  };
}
