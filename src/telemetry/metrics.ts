import prom from 'prom-client';

/** What a metric is. Labels hold route patterns, codes and kinds: never raw paths, ids or anything a caller can choose. */
export interface MetricOptions<L extends string> {
  /** Full name as Prometheus shows it, so that it can be searched for: `tongxing_http_requests_total`. */
  name: string;
  /** One sentence for the operator. */
  help: string;
  labels?: readonly L[];
}

type Labels<L extends string> = Readonly<Record<L, string | number>>;

/** Counts what happened; only grows. */
export interface Counter<L extends string = never> {
  add(labels: Labels<L>, by?: number): void;
}

/** Distribution of durations (in seconds) or sizes (in bytes). */
export interface Histogram<L extends string = never> {
  observe(labels: Labels<L>, value: number): void;
}

/** A value that goes up and down. */
export interface Gauge<L extends string = never> {
  set(labels: Labels<L>, value: number): void;
  add(labels: Labels<L>, by: number): void;
}

/**
 * The metrics of one process. Declaring the same name again answers the same metric, so that rooms need not share the
 * object; declaring it with other labels is a fault of the program.
 */
export interface Metrics {
  counter<const L extends string = never>(options: MetricOptions<L>): Counter<L>;
  /** `buckets` are upper bounds, ascending; the default suits requests between 1 ms and 10 s. */
  histogram<const L extends string = never>(
    options: MetricOptions<L> & { buckets?: readonly number[] },
  ): Histogram<L>;
  /** `collect` (only without labels) is asked for the value whenever the metrics are read. */
  gauge<const L extends string = never>(
    options: MetricOptions<L> & { collect?: () => number | Promise<number> },
  ): Gauge<L>;
  /** Everything in the Prometheus text format. */
  text(): Promise<string>;
  /** Content-Type of text(). */
  readonly contentType: string;
}

const requestSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Makes the registry; with `processMetrics` (the default) it also shows memory, CPU, event loop and garbage collection. */
export function createMetrics({ processMetrics = true }: { processMetrics?: boolean } = {}): Metrics {
  const registry = new prom.Registry();
  if (processMetrics) prom.collectDefaultMetrics({ register: registry });
  const declared = new Map<string, { shape: string; metric: unknown }>();

  function declare<M>(kind: string, options: MetricOptions<string>, make: () => M): M {
    const shape = `${kind}(${(options.labels ?? []).join()})`;
    const known = declared.get(options.name);
    if (known && known.shape !== shape)
      throw new Error(`metric ${options.name} is declared as ${known.shape} and as ${shape}`);
    if (known) return known.metric as M;
    if (!/^tongxing_[a-z][a-z0-9_]*$/.test(options.name))
      throw new Error(`metric ${options.name} does not begin with tongxing_`);
    const metric = make();
    declared.set(options.name, { shape, metric });
    return metric;
  }

  const base = (options: MetricOptions<string>) => ({
    name: options.name,
    help: options.help,
    labelNames: options.labels ?? [],
    registers: [registry],
  });

  return {
    counter: (options) =>
      declare('counter', options, () => {
        const counter = new prom.Counter(base(options));
        return { add: (labels, by = 1) => counter.inc(labels, by) };
      }),
    histogram: (options) =>
      declare('histogram', options, () => {
        const histogram = new prom.Histogram({
          ...base(options),
          buckets: [...(options.buckets ?? requestSeconds)],
        });
        return { observe: (labels, value) => histogram.observe(labels, value) };
      }),
    gauge: (options) =>
      declare('gauge', options, () => {
        const { collect } = options;
        const gauge: prom.Gauge = new prom.Gauge({
          ...base(options),
          ...(collect && { collect: async () => gauge.set(await collect()) }),
        });
        return {
          set: (labels, value) => gauge.set(labels, value),
          add: (labels, by) => gauge.inc(labels, by),
        };
      }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
