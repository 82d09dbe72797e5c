import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isProblem } from '../../src/core/index.ts';
import type { ResolvedAddress } from '../../src/outbound/index.ts';
import { createTestOutbound } from '../support/outbound.ts';

describe('https', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tongxing-tls-'));
  const known = getCACertificates('default');
  const asked: (string | false)[] = [];
  const server = createServer((_request, response) => response.end('by name'));
  server.on('secureConnection', (socket) => asked.push(socket.servername ?? false));
  let port: number;

  beforeAll(async () => {
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
        ...['-subj', '/CN=site.example', '-addext', 'subjectAltName=DNS:site.example'],
        ...['-keyout', key, '-out', certificate],
      ],
      { stdio: 'ignore' },
    );
    server.setSecureContext({ key: readFileSync(key), cert: readFileSync(certificate) });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(async () => {
    setDefaultCACertificates(known);
    rmSync(folder, { recursive: true, force: true });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function ask(name: string): Promise<string> {
    const resolve = async (): Promise<ResolvedAddress[]> => [{ address: '127.0.0.1', family: 4 }];
    const outbound = createTestOutbound({ allow: [`${name}:${port}`], resolve });
    try {
      return (await outbound.request(`https://${name}:${port}/`)).body.toString();
    } catch (error) {
      if (isProblem(error)) return `${error.code}: ${error.extensions.reason}`;
      throw error;
    } finally {
      await outbound.close();
    }
  }

  it('does not believe a certificate that nobody vouches for', async () => {
    expect(await ask('site.example')).toBe('outbound-failed: unreachable');
  });

  it('connects to the checked address, and asks and checks the certificate for the name', async () => {
    setDefaultCACertificates([...known, readFileSync(join(folder, 'certificate.pem'), 'utf8')]);
    asked.length = 0;
    expect(await ask('site.example')).toBe('by name');
    expect(asked).toEqual(['site.example']);
    expect(await ask('other.example')).toBe('outbound-failed: unreachable');
  });
});
