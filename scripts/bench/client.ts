import { Agent, request } from 'node:http';
import { issuer } from './people.ts';

/** An answer with its text read. */
export interface Answer {
  status: number;
  location: string | undefined;
  text: string;
}

/** A browser's cookies, by name and path. */
export type Jar = Map<string, { name: string; value: string; path: string }>;

/** What a request carries. */
export interface Sending {
  jar?: Jar;
  form?: Record<string, string>;
  json?: object;
  /** Value of the Authorization header. */
  authorization?: string;
}

/** Sends requests over connections that stay open, as the TLS proxy in front of the service does. */
export interface Client {
  send(method: 'GET' | 'POST', path: string, sending?: Sending): Promise<Answer>;
  close(): void;
}

/** What a Chinese Chrome and a proxy say with every request. */
const headers = {
  host: new URL(issuer).host,
  'x-forwarded-proto': 'https',
  'x-forwarded-for': '203.0.113.7',
  'user-agent':
    'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
  accept: 'text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8',
  'accept-language': 'zh-CN,zh;q=0.9',
};

/** Makes a client of a server on this machine. */
export function createClient(port: number, connections: number): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    send(method, path, { jar, form, json, authorization } = {}) {
      const body = json ? JSON.stringify(json) : form && new URLSearchParams(form).toString();
      const cookie = jar && cookiesFor(jar, path.split('?')[0] ?? path);
      const sent = {
        ...headers,
        ...(cookie && { cookie }),
        ...(authorization && { authorization }),
        ...(body !== undefined && {
          'content-type': json ? 'application/json' : 'application/x-www-form-urlencoded',
          'content-length': String(Buffer.byteLength(body)),
          ...(jar && { origin: issuer, 'sec-fetch-site': 'same-origin' }),
        }),
      };
      return new Promise<Answer>((resolve, reject) => {
        const outgoing = request(
          { host: '127.0.0.1', port, method, path, headers: sent, agent },
          (incoming) => {
            const chunks: Buffer[] = [];
            incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
            incoming.on('error', reject);
            incoming.on('end', () => {
              if (jar) for (const line of incoming.headers['set-cookie'] ?? []) keep(jar, line);
              const { statusCode = 0, headers: received } = incoming;
              resolve({
                status: statusCode,
                location: received.location,
                text: Buffer.concat(chunks).toString(),
              });
            });
          },
        );
        outgoing.on('error', reject);
        outgoing.end(body);
      });
    },
    close: () => agent.destroy(),
  };
}

function keep(jar: Jar, line: string): void {
  const [pair = '', ...attributes] = line.split('; ');
  const at = pair.indexOf('=');
  const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
  const path = attributes.find((one) => /^path=/i.test(one))?.slice(5) ?? '/';
  if (value === '') jar.delete(`${path} ${name}`);
  else jar.set(`${path} ${name}`, { name, value, path });
}

function cookiesFor(jar: Jar, path: string): string {
  return [...jar.values()]
    .filter((cookie) => path.startsWith(cookie.path))
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ');
}
