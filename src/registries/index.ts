/**
 * registries: what the authoritative registers say, as values.
 *
 * Owns: the ports to the police population register, the business register, social security and the telecom operators, and
 * one HTTP driver for each over outbound: time-out, one retry, circuit breaker, strict reading of answers.
 * Does not own: what an answer means for a person's level (identity), the address guard (outbound), the simulators of the
 * demo (scripts/demo).
 * Rule: only what the question needs goes out; only the answer, the source, the time and a reference come in.
 * Routes, collections, events: none; outcomes and breakers are in the metrics tongxing_register_*.
 * Wire contract: docs/registers.md.
 */
export type * from './port.ts';
export { createRegistries, type RegistriesDependencies } from './registries.ts';
