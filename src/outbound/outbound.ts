import { Agent, errors } from 'undici';
import { type Clock, isProblem, Problem } from '../core/index.ts';
import type { Logger, Metrics } from '../telemetry/index.ts';
import { parseAllowList } from './address-guard.ts';
import { type Dial, guardedConnector, type Resolve, systemDial, systemResolve } from './connector.ts';
import { fetchThrough } from './fetch.ts';
import { createHops, failed } from './hops.ts';
import type { Outbound, OutboundOptions, OutboundResponse } from './port.ts';

export interface OutboundDependencies {
  /** `host:port` pairs that may be private, and plain http. */
  allow: readonly string[];
  metrics: Metrics;
  logger: Logger;
  clock: Clock;
  /** Names to addresses; the system's resolver when absent. */
  resolve?: Resolve;
  /** Opens the connection to an address that passed the guard; TCP and TLS of the runtime when absent. */
  dial?: Dial;
}

const defaultTimeoutMs = 3_000;

/** Makes the only way out. Connections are kept alive and shared by all callers. */
export function createOutbound({
  allow,
  metrics,
  logger,
  clock,
  resolve = systemResolve,
  dial = systemDial,
}: OutboundDependencies): Outbound {
  const allowed = parseAllowList(allow);
  const log = logger.child({ room: 'outbound' });
  const agent = new Agent({
    connect: guardedConnector(allowed, resolve, dial),
    connections: 32,
    allowH2: false,
    keepAliveTimeout: 10_000,
  });
  const follow = createHops(agent, allowed);
  const requests = metrics.counter({
    name: 'tongxing_outbound_requests_total',
    help: 'Outgoing requests by kind and outcome (2xx to 5xx, refused, timeout, unreachable, too-large, aborted).',
    labels: ['kind', 'outcome'],
  });
  const seconds = metrics.histogram({
    name: 'tongxing_outbound_duration_seconds',
    help: 'Duration of outgoing requests, all hops and the body included.',
    labels: ['kind'],
  });

  async function request(target: string | URL, options: OutboundOptions = {}): Promise<OutboundResponse> {
    const kind = options.kind ?? 'other';
    const started = clock.now();
    const timeout = AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs);
    const signal = options.signal ? AbortSignal.any([timeout, options.signal]) : timeout;
    const { method = 'GET', headers = {}, body = null } = options;
    let outcome: string = 'unreachable';
    try {
      if (!URL.canParse(String(target))) throw refusedScheme();
      const answer = await follow({ url: new URL(target), method, headers, body }, options, signal);
      outcome = `${Math.floor(answer.status / 100)}xx`;
      return answer;
    } catch (error) {
      const problem = asProblem(error, timeout, options.signal);
      outcome = problem.code === 'outbound-refused' ? 'refused' : (problem.extensions.reason as string);
      log.warn({ kind, outcome, host: hostOf(target), reason: problem.extensions.reason }, problem.code);
      throw problem;
    } finally {
      requests.add({ kind, outcome });
      seconds.observe({ kind }, (clock.now() - started) / 1000);
    }
  }

  return {
    request,
    fetch: fetchThrough(request),
    close: () => agent.close(),
  };
}

const refusedScheme = (): Problem => new Problem('outbound-refused', { extensions: { reason: 'scheme' } });

/** Host and port only: paths and queries of other systems are not ours to log. */
function hostOf(target: string | URL): string {
  return URL.canParse(String(target)) ? new URL(target).host : 'not a URL';
}

function asProblem(error: unknown, timeout: AbortSignal, caller: AbortSignal | undefined): Problem {
  if (isProblem(error)) return error;
  if (timeout.aborted) return failed('timeout', error);
  if (caller?.aborted) return failed(isTimeout(caller.reason) ? 'timeout' : 'aborted', error);
  return failed(error instanceof errors.ConnectTimeoutError ? 'timeout' : 'unreachable', error);
}

const isTimeout = (reason: unknown): boolean => (reason as Error | undefined)?.name === 'TimeoutError';
