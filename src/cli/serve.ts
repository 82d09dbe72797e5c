import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { createApp, type Service } from '../app.ts';
import { readConfig, settings, unknownSettings } from '../config.ts';
import { isProblem, Problem } from '../core/index.ts';
import { type Listener, listenMetrics } from '../http/index.ts';
import { endOnFaults } from './end-on-faults.ts';

/** How long requests in flight may take once nothing new is accepted, and how long the rooms have to write out what they hold. */
const grace = { requestsMs: 15_000, roomsMs: 8_000 };

/** `tongxing serve`: the service, with its settings from the environment. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('run the service; settings come from the environment (docs/config.md)')
    .action(async () => {
      const config = readConfig(process.env);
      const service = await createApp(config);
      const listeners = await listen(service).catch(async (error: unknown) => {
        await service.close();
        throw error;
      });
      stopOnSignals(service, listeners);
      sayReady(service, listeners.server.port);
    });
}

interface Listeners {
  server: Listener;
  metrics: Listener;
}

/** @throws {Problem} address-in-use | setting-invalid, naming the setting */
async function listen({ http, metrics, config }: Service): Promise<Listeners> {
  const server = await http.listen(config.listen).catch((error) => refuseAddress(error, 'listen'));
  try {
    const asked = await listenMetrics(metrics, config.metricsListen).catch((error) =>
      refuseAddress(error, 'metricsListen'),
    );
    return { server, metrics: asked };
  } catch (error) {
    await server.close({ graceMs: 0 });
    throw error;
  }
}

function refuseAddress(error: unknown, key: 'listen' | 'metricsListen'): never {
  const { name, example } = settings[key];
  if (isProblem(error, 'address-in-use')) {
    const said = typeof error.detail === 'object' ? error.detail.en : error.message;
    throw new Problem('address-in-use', { cause: error, detail: `${said} Setting: ${name}` });
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  throw new Problem('setting-invalid', {
    cause: error,
    detail: `${name} cannot be listened on (${message}). Example: ${name}=${example}`,
  });
}

function sayReady({ config, logger }: Service, port: number): void {
  const unknown = unknownSettings(process.env);
  if (unknown.length > 0) logger.warn({ names: unknown }, 'the environment names settings that do not exist');
  const { issuer, listen: at, store } = config;
  logger.info({ issuer, listen: `${at.host}:${port}`, store: store.split(':')[0] }, `ready at ${issuer}`);
}

/** The first signal lets everything finish; a second one of the same kind ends the process at once. */
function stopOnSignals(service: Service, listeners: Listeners): void {
  let isStopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      if (isStopping) return;
      isStopping = true;
      void stop(service, listeners, signal);
    });
  }
  endOnFaults(service.logger);
}

async function stop(service: Service, { server, metrics }: Listeners, signal: string): Promise<void> {
  const { logger, config } = service;
  logger.info({ signal }, 'stopping: not ready any more, finishing what is under way');
  await server.close({ drainMs: config.drainSeconds * 1000, graceMs: grace.requestsMs });
  await metrics.close({ graceMs: 0 });
  // A store that is away must not hold the process: what could not be written out still lies in its documents.
  const isWhole = await Promise.race([
    service.close().then(
      () => true,
      (err: unknown) => {
        logger.error({ err }, 'the end was not clean; the next start picks up what is left');
        return false;
      },
    ),
    delay(grace.roomsMs, 'late' as const, { ref: false }),
  ]);
  if (isWhole === 'late') logger.error({}, 'the end took too long; the next start picks up what is left');
  else logger.info({}, 'stopped');
  if (isWhole !== true) process.exit(1);
}
