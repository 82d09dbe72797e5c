import { Command } from 'commander';
import { createApp } from '../app.ts';
import { readConfig } from '../config.ts';
import { listenMetrics } from '../http/index.ts';

/** `tongxing serve`: the service, with its settings from the environment. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('run the service; settings come from the environment (docs/config.md)')
    .action(async () => {
      const config = readConfig(process.env);
      const service = await createApp(config);
      const server = await service.http.listen(config.listen);
      const metrics = await listenMetrics(service.metrics, config.metricsListen);
      service.logger.info(
        { issuer: config.issuer, listen: config.listen, store: config.store.split(':')[0] },
        `ready at ${config.issuer}`,
      );
      let stopping = false;
      const stop = async (): Promise<void> => {
        if (stopping) return;
        stopping = true;
        await server.close({ graceMs: 15_000 });
        await metrics.close();
        await service.close();
      };
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
    });
}
