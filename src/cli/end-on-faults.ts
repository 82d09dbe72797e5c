import type { Logger } from '../telemetry/index.ts';

/**
 * Ends the process when something was thrown that nobody caught, with the reason in the log, where everything is redacted. The
 * runtime by itself would print the fault as it is, with whatever it carries.
 */
export function endOnFaults(logger: Pick<Logger, 'fatal'>): void {
  process.on('uncaughtException', (err) => {
    logger.fatal({ err }, 'the process ends: a fault');
    process.exit(1);
  });
}
