import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '../core/index.ts';
import type { Metrics } from '../telemetry/index.ts';

/** A listening server. */
export interface Listener {
  /** The port, also when 0 was asked for. */
  port: number;
  /**
   * Makes /readyz red and goes on accepting for `drainMs` (default 0), so that balancers send requests elsewhere first; then
   * stops accepting, lets requests in flight finish for at most `graceMs` (default 10 s), then cuts. Idempotent.
   */
  close(options?: { drainMs?: number; graceMs?: number }): Promise<void>;
}

/** Where to listen. */
export interface ListenOptions {
  host: string;
  /** 0 for any free port. */
  port: number;
}

async function start(server: Server, { host, port }: ListenOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EADDRINUSE') return reject(cause);
      reject(
        new Problem('address-in-use', {
          cause,
          detail: {
            zh: `端口 ${port}（${host}）已被占用，可能本服务已在运行。请先停止它，或换一个端口。`,
            en: `Port ${port} on ${host} is in use; perhaps this service is already running. Stop it, or choose another port.`,
          },
        }),
      );
    });
    server.listen({ host, port }, resolve);
  });
}

function createClose(server: Server, onClosing: () => void): Listener['close'] {
  let closed: Promise<void> | undefined;
  const stop = (graceMs: number): Promise<void> =>
    new Promise((resolve) => {
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      server.close(() => {
        clearTimeout(cut);
        resolve();
      });
      server.closeIdleConnections();
    });
  return ({ drainMs = 0, graceMs = 10_000 } = {}) => {
    if (closed) return closed;
    onClosing();
    closed = drainMs > 0 ? delay(drainMs).then(() => stop(graceMs)) : stop(graceMs);
    return closed;
  };
}

/**
 * Serves requests.
 * @throws {Problem} address-in-use
 */
export async function listen(
  handler: RequestListener,
  options: ListenOptions & { onClosing?: () => void },
): Promise<Listener> {
  const server = createServer(
    // Longer than the idle time of usual proxies, so that the proxy and not we end an idle connection.
    { keepAliveTimeout: 75_000, headersTimeout: 20_000, requestTimeout: 60_000 },
    handler,
  );
  await start(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    close: createClose(server, options.onClosing ?? (() => undefined)),
  };
}

/**
 * Serves /metrics and nothing else, on an address of its own that the public never reaches.
 * @throws {Problem} address-in-use
 */
export function listenMetrics(metrics: Metrics, options: ListenOptions): Promise<Listener> {
  return listen((req, res) => {
    if (req.url !== '/metrics' || req.method !== 'GET') {
      res.writeHead(404).end();
      return;
    }
    metrics.text().then(
      (text) => res.writeHead(200, { 'Content-Type': metrics.contentType }).end(text),
      () => res.writeHead(500).end(),
    );
  }, options);
}
