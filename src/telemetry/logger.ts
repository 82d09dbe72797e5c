import pino from 'pino';
import { redactFields, scrubLine } from './redact.ts';
import { requestContext } from './request-context.ts';

/** How much is logged; `silent` nothing. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** What a line says besides its message: random ids, codes, counts, durations; `err` for an error with its causes. */
export type LogFields = Record<string, unknown>;

type LogLine = (fields: LogFields, message: string) => void;

/** Writes JSON lines for operators. Never log personal data: redaction is a net, not a filter to rely on. */
export interface Logger {
  debug: LogLine;
  /** What an operator wants to see once: start, stop, rotation. */
  info: LogLine;
  /** Something is wrong and the system went on: a register that does not answer, a refused redirect_uri. */
  warn: LogLine;
  /** Something failed that should not, and somebody has to look. */
  error: LogLine;
  /** The process ends because of this. */
  fatal: LogLine;
  /** A logger whose lines all carry these fields, for example { room: 'outbound' }. */
  child(fields: LogFields): Logger;
}

export interface LoggerOptions {
  level: LogLevel;
  /** Where lines go, each ending in a line feed; standard output when absent. */
  destination?: { write(line: string): void };
}

/** Makes the process's logger. Lines carry `time` (RFC 3339, UTC), `level` in words, `requestId` inside a request, and `msg`. */
export function createLogger({ level, destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: () => ({ ...requestContext() }),
      formatters: {
        level: (label) => ({ level: label }),
        bindings: redactFields,
        log: redactFields,
      },
      // Errors are plain objects by now; pino's own serializer would fold the causes into the message.
      serializers: { err: (value: unknown) => value },
      // The last word: whatever way text came into the line, it passes here.
      hooks: { streamWrite: scrubLine },
    },
    destination ?? pino.destination(1),
  );
}
