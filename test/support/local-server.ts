import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server of the test's own, on a free port of the loopback interface. */
export interface LocalServer {
  /** Origin. */
  url: string;
  /** `host:port` for the allow-list of outbound. */
  hostPort: string;
  port: number;
  /** Connections that were opened since the start. */
  connections(): number;
  close(): Promise<void>;
}

/** Starts a server that answers by the listener. */
export async function startLocalServer(listener: RequestListener): Promise<LocalServer> {
  const server = createServer(listener);
  let opened = 0;
  server.on('connection', () => {
    opened += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    hostPort: `127.0.0.1:${port}`,
    port,
    connections: () => opened,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
