import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Body, createDesk } from './desk.ts';
import { json, type Reply } from './reply.ts';

/** The simulators while they run. */
export interface RunningRegisters {
  /** Origin without a slash at the end. */
  url: string;
  close(): Promise<void>;
}

const maxBodyBytes = 64 * 1024;

/** Starts all simulators on one port of the loopback interface; 0 takes a free one. */
export async function startRegisters({ port }: { port: number }): Promise<RunningRegisters> {
  const desk = createDesk(Date.now);

  async function reply(request: IncomingMessage): Promise<Reply | undefined> {
    try {
      return await desk({
        method: request.method ?? 'GET',
        url: new URL(request.url ?? '/', 'http://simulators'),
        wantsHtml: request.headers.accept?.includes('text/html') ?? false,
        body: await readBody(request),
      });
    } catch (error) {
      const isCallersFault = error instanceof RangeError || error instanceof SyntaxError;
      return json(isCallersFault ? 400 : 500, { error: (error as Error).message });
    }
  }

  const server = createServer((request, response) => {
    void reply(request).then((said) => {
      if (said) response.writeHead(said.status, said.headers).end(said.body);
      else response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A JSON object or form fields. @throws {RangeError | SyntaxError} */
async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new RangeError('the body is too large');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (!request.headers['content-type']?.startsWith('application/json')) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  const body: unknown = JSON.parse(text || '{}');
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new RangeError('not an object');
  return body as Body;
}
