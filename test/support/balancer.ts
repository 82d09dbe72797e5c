import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** One public address before several processes: each request goes to the next one, as a plain round-robin proxy does it. */
export interface Balancer {
  port: number;
  join(port: number): void;
  leave(port: number): void;
  ports(): readonly number[];
  /** Requests that each port has answered. */
  answered: Map<number, number>;
  /** Requests that were sent and not answered: lost ones, with what happened. */
  lost: string[];
  close(): Promise<void>;
}

/** What became of a request. */
interface Sent {
  answer?: IncomingMessage;
  fault?: NodeJS.ErrnoException;
}

/** Starts it on a free loopback port. It asks another process only when one accepts no connection, never twice for a request. */
export async function startBalancer(): Promise<Balancer> {
  const ports: number[] = [];
  const answered = new Map<number, number>();
  const lost: string[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  let turn = 0;

  async function pass(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await buffer(req);
    const candidates = ports.map((_, n) => ports[(turn + n) % ports.length] as number);
    turn += 1;
    for (const port of candidates) {
      const { answer, fault } = await send(req, body, port);
      if (answer) {
        answered.set(port, (answered.get(port) ?? 0) + 1);
        res.writeHead(answer.statusCode ?? 502, withoutHops(answer));
        answer.pipe(res);
        return;
      }
      if (fault?.code === 'ECONNREFUSED') continue;
      lost.push(`${req.method} ${req.url?.split('?')[0]} at ${port}: ${fault?.message}`);
      break;
    }
    res.writeHead(502).end('lost');
  }

  const send = (req: IncomingMessage, body: Buffer, port: number): Promise<Sent> =>
    new Promise((resolve) => {
      const headers = { ...req.headers, 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'http' };
      const sent = request(
        { host: '127.0.0.1', port, agent, method: req.method, path: req.url, headers },
        (answer) => resolve({ answer }),
      );
      sent.once('error', (fault: NodeJS.ErrnoException) => resolve({ fault }));
      sent.end(body);
    });

  const server = createServer((req, res) => void pass(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    join: (port) => void ports.push(port),
    leave: (port) => void ports.splice(ports.indexOf(port) >>> 0, 1),
    ports: () => [...ports],
    answered,
    lost,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

const withoutHops = ({ headers }: IncomingMessage) => {
  const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...rest } = headers;
  return rest;
};
