/**
 * telemetry: what an operator sees of a running service, and nothing of the people it serves.
 *
 * Owns: the logger (JSON lines, each with the request id, with personal data and secrets taken out), the request context
 * that carries the id through every await, the metrics registry and its text form.
 * Does not own: the audit log, which is evidence and lives in `audit`; serving /metrics and choosing request ids (http).
 * Rule: log random ids, codes and counts. The redaction here is a net under that rule, not a licence to log people.
 * Routes, collections, events: none.
 * Standards: Prometheus text format 0.0.4.
 */
export type { Logger, LogLevel } from './logger.ts';
export { createLogger } from './logger.ts';
export type { Counter, Metrics } from './metrics.ts';
export { createMetrics } from './metrics.ts';
export { runInRequest } from './request-context.ts';
