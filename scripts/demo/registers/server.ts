import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DemoAuthority } from '../authority/authority.ts';
import { openAuthority } from '../authority/authority.ts';
import { answerAuthority } from '../authority/routes.ts';
import { type Body, createDesk } from './desk.ts';
import { json, type Reply } from './reply.ts';

/** The simulators while they run. */
export interface RunningRegisters {
  /** Origin without a slash at the end. */
  url: string;
  /** The certificate and time-stamping authorities behind /ca, /ocsp and /tsa. */
  authority: DemoAuthority;
  close(): Promise<void>;
}

const maxBodyBytes = 64 * 1024;

const timeStampReply = (body: Buffer): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/timestamp-reply' },
  body,
});

/**
 * Starts all simulators on one port of the loopback interface; 0 takes a free one. With `authorityFile` the certificate
 * authority is the same after a restart.
 */
export async function startRegisters({
  port,
  authorityFile,
}: {
  port: number;
  authorityFile?: string;
}): Promise<RunningRegisters> {
  const desk = createDesk(Date.now);
  const authority = openAuthority({ now: Date.now, ...(authorityFile && { file: authorityFile }) });

  async function reply(request: IncomingMessage): Promise<Reply | undefined> {
    try {
      const url = new URL(request.url ?? '/', 'http://simulators');
      const body = await readBytes(request);
      if (url.pathname === '/tsa')
        return await desk.disturbed(
          'tsa',
          () => timeStampReply(authority.stamp(body)),
          () => timeStampReply(authority.misstamp(body)),
        );
      const said = answerAuthority(authority, { path: url.pathname, body });
      if (said) return { status: said.status, headers: { 'content-type': said.type }, body: said.body };
      return await desk.answer({
        method: request.method ?? 'GET',
        url,
        wantsHtml: request.headers.accept?.includes('text/html') ?? false,
        body: readBody(request, body),
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
    authority,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** @throws {RangeError} when it is too large */
async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new RangeError('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A JSON object or form fields. @throws {RangeError | SyntaxError} */
function readBody(request: IncomingMessage, bytes: Buffer): Body {
  const text = bytes.toString('utf8');
  if (!request.headers['content-type']?.startsWith('application/json')) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  const body: unknown = JSON.parse(text || '{}');
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new RangeError('not an object');
  return body as Body;
}
