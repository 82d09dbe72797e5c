import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  ConstantBackoff,
  circuitBreaker,
  handleWhenResult,
  retry,
  wrap,
} from 'cockatiel';
import type { z } from 'zod';
import { type Clock, isProblem } from '../core/index.ts';
import type { Outbound } from '../outbound/index.ts';
import type { Metrics } from '../telemetry/index.ts';

/** Why a register said nothing. */
export type SilenceReason =
  | 'not-configured'
  | 'no-answer'
  | 'error-status'
  | 'rejected'
  | 'malformed'
  | 'breaker-open'
  | 'refused';

/** What became of one question: an answer in the register's words, or the reason of its silence. */
export type Asked<A> = { answer: A } | { silent: SilenceReason };

/** Time limits and breaker of a register. */
export interface RegisterLimits {
  /** One attempt, answer included. */
  timeoutMs: number;
  /** Before the one retry. */
  retryDelayMs: number;
  /** Failed questions in a row that open the breaker. */
  breakerFailures: number;
  /** How long an open breaker answers by itself before one question may try again. */
  breakerOpenMs: number;
}

export const defaultLimits: RegisterLimits = {
  timeoutMs: 3_000,
  retryDelayMs: 200,
  breakerFailures: 5,
  breakerOpenMs: 10_000,
};

export interface RegisterClientDependencies {
  /** Name of the register in sources and metrics. */
  register: string;
  outbound: Outbound;
  /** Base address; without it every question is answered by silence. */
  url: string | undefined;
  token: string | undefined;
  clock: Clock;
  metrics: Metrics;
  limits: RegisterLimits;
}

/** Asks one register over HTTP. */
export interface RegisterClient {
  /** POSTs the question to `path` and reads the answer by `schema`. Never throws for what the register does. */
  ask<A>(path: string, question: Readonly<Record<string, string>>, schema: z.ZodType<A>): Promise<Asked<A>>;
}

// The register itself did not work: tried once more. `rejected` is our question's or our credentials' fault instead.
const retried: ReadonlySet<string> = new Set<SilenceReason>(['no-answer', 'error-status']);
const countsAgainst: ReadonlySet<string> = new Set<SilenceReason>(['no-answer', 'error-status', 'malformed']);

const breakerValues: Readonly<Record<CircuitState, number>> = {
  [CircuitState.Closed]: 0,
  [CircuitState.HalfOpen]: 1,
  [CircuitState.Open]: 2,
  [CircuitState.Isolated]: 2,
};

/** One question after failures is let through after `breakerOpenMs`; a question and its retry count as one. */
function createPolicy(limits: RegisterLimits) {
  const failedWith = (reasons: ReadonlySet<string>) =>
    handleWhenResult((asked) => reasons.has((asked as { silent?: string }).silent ?? ''));
  const breaker = circuitBreaker(failedWith(countsAgainst), {
    halfOpenAfter: limits.breakerOpenMs,
    breaker: new ConsecutiveBreaker(limits.breakerFailures),
  });
  const again = retry(failedWith(retried), {
    maxAttempts: 1,
    backoff: new ConstantBackoff(limits.retryDelayMs),
  });
  return { breaker, policy: wrap(breaker, again) };
}

/** Makes the client of one register, with its time-out, one retry, circuit breaker and metrics. */
export function createRegisterClient(dependencies: RegisterClientDependencies): RegisterClient {
  const { register, outbound, url, token, clock, metrics, limits } = dependencies;
  const { breaker, policy } = createPolicy(limits);
  const { questions, seconds, breakerState } = registerMetrics(metrics);
  breakerState.set({ register }, breakerValues[breaker.state]);
  breaker.onStateChange((state) => breakerState.set({ register }, breakerValues[state]));

  async function attempt<A>(path: string, body: string, schema: z.ZodType<A>): Promise<Asked<A>> {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
    };
    try {
      const options = { kind: register, method: 'POST', headers, body, timeoutMs: limits.timeoutMs } as const;
      const response = await outbound.request(`${url}${path}`, options);
      if (response.status >= 500) return { silent: 'error-status' };
      if (response.status !== 200) return { silent: 'rejected' };
      return read(response.body, schema);
    } catch (error) {
      if (isProblem(error, 'outbound-failed')) {
        return { silent: error.extensions.reason === 'too-large' ? 'malformed' : 'no-answer' };
      }
      if (isProblem(error, 'outbound-refused')) return { silent: 'refused' };
      throw error;
    }
  }

  async function askGuarded<A>(path: string, body: string, schema: z.ZodType<A>): Promise<Asked<A>> {
    if (!url) return { silent: 'not-configured' };
    try {
      return await policy.execute(() => attempt(path, body, schema));
    } catch (error) {
      if (error instanceof BrokenCircuitError) return { silent: 'breaker-open' };
      throw error;
    }
  }

  return {
    async ask(path, question, schema) {
      const started = clock.now();
      const asked = await askGuarded(path, JSON.stringify(question), schema);
      const outcome = 'silent' in asked ? asked.silent : String((asked.answer as { result: string }).result);
      questions.add({ register, outcome });
      seconds.observe({ register }, (clock.now() - started) / 1000);
      return asked;
    },
  };
}

function read<A>(body: Buffer, schema: z.ZodType<A>): Asked<A> {
  try {
    const parsed = schema.safeParse(JSON.parse(body.toString('utf8')));
    return parsed.success ? { answer: parsed.data } : { silent: 'malformed' };
  } catch {
    return { silent: 'malformed' };
  }
}

const registerMetrics = (metrics: Metrics) => ({
  questions: metrics.counter({
    name: 'tongxing_register_questions_total',
    help: "Questions to the authoritative registers by outcome: the register's result, or why it was silent.",
    labels: ['register', 'outcome'],
  }),
  seconds: metrics.histogram({
    name: 'tongxing_register_duration_seconds',
    help: 'Duration of questions to the registers, the retry included.',
    labels: ['register'],
  }),
  breakerState: metrics.gauge({
    name: 'tongxing_register_breaker_state',
    help: 'Circuit breaker of a register: 0 closed, 1 half open, 2 open.',
    labels: ['register'],
  }),
});
