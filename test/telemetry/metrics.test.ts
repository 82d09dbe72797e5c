import { describe, expect, it } from '@jest/globals';
import { createMetrics } from '../../src/telemetry/index.ts';

describe('metrics', () => {
  it('prints counters, histograms and gauges in the Prometheus text format', async () => {
    const metrics = createMetrics({ processMetrics: false });
    const requests = metrics.counter({
      name: 'tongxing_demo_total',
      help: 'Demo requests.',
      labels: ['route', 'status'],
    });
    requests.add({ route: '/api/v1/things/{id}', status: 200 });
    requests.add({ route: '/api/v1/things/{id}', status: 200 }, 2);
    metrics
      .histogram({ name: 'tongxing_demo_seconds', help: 'Demo time.', buckets: [0.1, 1] })
      .observe({}, 0.5);
    metrics.gauge({ name: 'tongxing_demo_open', help: 'Demo level.' }).set({}, 7);
    metrics.gauge({ name: 'tongxing_demo_queue', help: 'Asked when read.', collect: async () => 4 });
    const text = await metrics.text();
    expect(text).toContain('tongxing_demo_total{route="/api/v1/things/{id}",status="200"} 3');
    expect(text).toContain('tongxing_demo_seconds_bucket{le="1"} 1');
    expect(text).toContain('tongxing_demo_open 7');
    expect(text).toContain('tongxing_demo_queue 4');
    expect(metrics.contentType).toMatch(/^text\/plain/);
  });

  it('answers the same metric when it is declared again, and refuses another shape', async () => {
    const metrics = createMetrics({ processMetrics: false });
    const declare = () => metrics.counter({ name: 'tongxing_twice_total', help: 'Twice.' });
    declare().add({});
    declare().add({});
    expect(await metrics.text()).toContain('tongxing_twice_total 2');
    expect(() => metrics.counter({ name: 'tongxing_twice_total', help: 'Twice.', labels: ['kind'] })).toThrow(
      'is declared as',
    );
    expect(() => metrics.counter({ name: 'other_total', help: 'Nameless.' })).toThrow('tongxing_');
  });

  it('shows the process by default', async () => {
    expect(await createMetrics().text()).toContain('process_resident_memory_bytes');
  });
});
