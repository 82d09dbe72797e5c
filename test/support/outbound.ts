import { systemClock } from '../../src/core/index.ts';
import { createOutbound, type Dial, type Outbound, type Resolve } from '../../src/outbound/index.ts';
import { createLogger, createMetrics, type Metrics } from '../../src/telemetry/index.ts';

export interface TestOutbound extends Outbound {
  metrics: Metrics;
  /** Everything that was logged. */
  lines: string[];
}

/** The real outbound with its own metrics and log; nothing is allowed unless the test says so. */
export function createTestOutbound(
  options: { allow?: string[]; resolve?: Resolve; dial?: Dial } = {},
): TestOutbound {
  const metrics = createMetrics({ processMetrics: false });
  const lines: string[] = [];
  const logger = createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const outbound = createOutbound({ allow: [], ...options, metrics, logger, clock: systemClock });
  return { ...outbound, metrics, lines };
}
