import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isProblem } from '../../src/core/index.ts';
import type { Dial, Outbound, ResolvedAddress } from '../../src/outbound/index.ts';
import { type LocalServer, startLocalServer } from '../support/local-server.ts';
import { createTestOutbound } from '../support/outbound.ts';

const noDial: Dial = () => {
  throw new Error('a connection was made to an address that must be refused');
};

async function reasonOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'answered';
  } catch (error) {
    if (!isProblem(error)) throw error;
    return `${error.code}: ${error.extensions.reason}`;
  }
}

const v4 = (address: string): ResolvedAddress => ({ address, family: 4 });

/** A dial that leads every checked address to the local server, and remembers what it was given. */
function recordingDial(port: number): { dial: Dial; dialled: string[] } {
  const dialled: string[] = [];
  const dial: Dial = ({ addresses, hostname }, callback) => {
    dialled.push(`${hostname} -> ${addresses.map(({ address }) => address).join(' ')}`);
    const socket = connect(port, '127.0.0.1', () => callback(null, socket));
  };
  return { dial, dialled };
}

describe('the guard of outgoing requests', () => {
  const specialUse = [
    ...['127.0.0.1', '127.8.8.8', '0.0.0.0', '0.1.2.3', '10.0.0.1', '172.16.0.1', '172.31.255.255'],
    ...['192.168.1.1', '169.254.169.254', '100.64.0.1', '192.0.0.8', '192.0.2.1', '198.51.100.1'],
    ...['203.0.113.1', '198.18.0.1', '192.88.99.1', '224.0.0.1', '239.255.255.250', '240.0.0.1'],
    ...['255.255.255.255', '[::]', '[::1]', '[::127.0.0.1]', '[::ffff:127.0.0.1]', '[::ffff:8.8.8.8]'],
    ...['[::ffff:0:7f00:1]', '[64:ff9b::7f00:1]', '[64:ff9b:1::a00:1]', '[2002:7f00:1::]', '[2001::1]'],
    ...['[fe80::1]', '[fec0::1]', '[fc00::1]', '[fd12:3456::1]', '[ff02::1]', '[100::1]', '[2001:db8::1]'],
    ...['[3fff::1]', '[4000::1]'],
  ];
  it.each(specialUse)('refuses the special-use address %s', async (host) => {
    const outbound = createTestOutbound({ dial: noDial });
    expect(await reasonOf(outbound.request(`https://${host}/`))).toBe(
      'outbound-refused: special-use-address',
    );
  });

  const disguises = {
    decimal: '2130706433',
    hexadecimal: '0x7f000001',
    octal: '0177.0.0.1',
    short: '127.1',
    'full-width': '１２７.０.０.１',
    circled: '①②⑦.0.0.1',
    'ideographic full stops': '127。0。0。1',
    percent: '%31%32%37.0.0.1',
    'trailing dot': '127.0.0.1.',
    mapped: '[::ffff:7f00:1]',
  };
  it.each(Object.entries(disguises))('refuses loopback in %s notation', async (_notation, host) => {
    const outbound = createTestOutbound({ dial: noDial });
    expect(await reasonOf(outbound.request(`https://${host}/`))).toBe(
      'outbound-refused: special-use-address',
    );
  });

  it('refuses a name when one of its addresses is not public, whatever the others are', async () => {
    const answers: Record<string, ResolvedAddress[]> = {
      'inside.example': [v4('10.1.2.3')],
      'mixed.example': [v4('93.184.215.14'), v4('127.0.0.1')],
      'mapped.example': [{ address: '::ffff:10.0.0.1', family: 6 }],
    };
    const outbound = createTestOutbound({ dial: noDial, resolve: async (name) => answers[name] ?? [] });
    for (const name of Object.keys(answers)) {
      expect(await reasonOf(outbound.request(`https://${name}/`))).toBe(
        'outbound-refused: special-use-address',
      );
    }
  });

  it('refuses localhost by name, as the system resolves it', async () => {
    const outbound = createTestOutbound({ dial: noDial });
    expect(await reasonOf(outbound.request('https://localhost/'))).toBe(
      'outbound-refused: special-use-address',
    );
  });

  it.each([
    ['file:///etc/passwd', 'scheme'],
    ['ftp://example.org/', 'scheme'],
    ['data:text/plain,hello', 'scheme'],
    ['no url at all', 'scheme'],
    ['https://user:secret@example.org/', 'credentials'],
    ['https://trusted.example@evil.example/', 'credentials'],
    ['http://example.org/', 'plain-http'],
    ['http://127.0.0.1/', 'plain-http'],
  ])('refuses %s because of its %s', async (url, reason) => {
    const outbound = createTestOutbound({ dial: noDial });
    expect(await reasonOf(outbound.request(url))).toBe(`outbound-refused: ${reason}`);
  });

  it('says in the metrics and in the log what was refused, without path, query or credentials', async () => {
    const outbound = createTestOutbound({ dial: noDial });
    await reasonOf(outbound.request('https://u:p@10.0.0.1/secret?token=abc', { kind: 'sms' }));
    await reasonOf(outbound.request('https://10.0.0.1/secret?token=abc', { kind: 'sms' }));
    expect(await outbound.metrics.text()).toContain(
      'tongxing_outbound_requests_total{kind="sms",outcome="refused"} 2',
    );
    const log = outbound.lines.join('');
    expect(log).toContain('10.0.0.1');
    expect(log).not.toMatch(/secret|token|abc|u:p/);
  });
});

describe('a name that changes its address (DNS rebinding)', () => {
  let server: LocalServer;
  beforeAll(async () => {
    server = await startLocalServer((_request, response) => response.end('public'));
  });
  afterAll(() => server.close());

  function rebinding() {
    const answers = [[v4('93.184.215.14')], [v4('127.0.0.1')]];
    let asked = 0;
    const resolve = async () => answers[asked++] ?? [v4('127.0.0.1')];
    return { resolve, asked: () => asked };
  }

  it('is resolved once for a connection, and the connection goes to the address that was checked', async () => {
    const { resolve, asked } = rebinding();
    const { dial, dialled } = recordingDial(server.port);
    const outbound = createTestOutbound({ resolve, dial });
    const answer = await outbound.request('https://rebinding.example/');
    expect(answer.body.toString()).toBe('public');
    expect(asked()).toBe(1);
    expect(dialled).toEqual(['rebinding.example -> 93.184.215.14']);
    await outbound.close();
  });

  it('is checked again at the next connection and refused then', async () => {
    const { resolve, asked } = rebinding();
    const { dial, dialled } = recordingDial(server.port);
    const outbound = createTestOutbound({ resolve, dial });
    await outbound.request('https://rebinding.example/', { headers: { connection: 'close' } });
    expect(await reasonOf(outbound.request('https://rebinding.example:8443/'))).toBe(
      'outbound-refused: special-use-address',
    );
    expect(asked()).toBe(2);
    expect(dialled).toHaveLength(1);
    await outbound.close();
  });
});

describe('redirects', () => {
  let inner: LocalServer;
  let outer: LocalServer;
  let outbound: Outbound;
  const seen: {
    url?: string | undefined;
    method?: string | undefined;
    authorization?: string | undefined;
  }[] = [];
  beforeAll(async () => {
    inner = await startLocalServer((_request, response) => response.end('inner secret'));
    outer = await startLocalServer((request, response) => {
      seen.push({ url: request.url, method: request.method, authorization: request.headers.authorization });
      const to = new URL(request.url ?? '/', outer.url).searchParams.get('to');
      if (to) response.writeHead(Number(request.headers['x-status'] ?? 302), { location: to }).end();
      else response.end('arrived');
    });
    outbound = createTestOutbound({ allow: [outer.hostPort, `localhost:${outer.port}`] });
  });
  afterAll(async () => {
    await outbound.close();
    await Promise.all([inner.close(), outer.close()]);
  });
  const via = (to: string): string => `${outer.url}/?to=${encodeURIComponent(to)}`;

  it('are not followed unless the caller asks for it', async () => {
    const answer = await outbound.request(via(`${outer.url}/next`));
    expect(answer.status).toBe(302);
    expect(seen.some(({ url }) => url === '/next')).toBe(false);
  });

  it('lead on to an allowed place', async () => {
    const answer = await outbound.request(via('/end'), { redirects: 1 });
    expect(answer.body.toString()).toBe('arrived');
    expect(answer.url).toBe(`${outer.url}/end`);
  });

  it.each([
    ['loopback by plain http', () => inner.url, 'plain-http'],
    ['loopback by https', () => `https://127.0.0.1:${inner.port}/`, 'special-use-address'],
    ['the metadata address of a cloud', () => 'https://169.254.169.254/latest', 'special-use-address'],
    ['a mapped address', () => `https://[::ffff:127.0.0.1]:${inner.port}/`, 'special-use-address'],
    ['a file', () => 'file:///etc/passwd', 'scheme'],
    ['credentials', () => `http://a:b@${outer.hostPort}/`, 'credentials'],
  ])('to %s are refused at that hop', async (_what, to, reason) => {
    expect(await reasonOf(outbound.request(via(to()), { redirects: 3 }))).toBe(`outbound-refused: ${reason}`);
  });

  it('end after as many hops as were allowed', async () => {
    const answer = await outbound.request(via(via(via('/end'))), { redirects: 2 });
    expect(answer.status).toBe(302);
  });

  it('carry no authorization to another origin, and a 303 turns into a GET', async () => {
    const other = `http://localhost:${outer.port}/other`;
    const headers = { authorization: 'Bearer secret', 'x-status': '303' };
    const options = { method: 'POST', headers, body: 'x', redirects: 1 } as const;
    await outbound.request(via('/same'), options);
    await outbound.request(via(other), options);
    expect(seen).toContainEqual({ url: '/same', method: 'GET', authorization: 'Bearer secret' });
    expect(seen).toContainEqual({ url: '/other', method: 'GET', authorization: undefined });
  });
});
