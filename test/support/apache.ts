import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the server protects and with which registration. */
export interface ProtectedSite {
  folder: string;
  port: number;
  issuer: string;
  clientId: string;
  clientSecret: string;
  scope: string;
}

const modules = '/usr/lib/apache2/modules';

/** Apache with Debian's mod_auth_openidc on a loopback port: everything under /protected needs a login. */
export async function startApache(site: ProtectedSite): Promise<{ url: string; stop(): Promise<void> }> {
  const pages = join(site.folder, 'htdocs');
  await mkdir(join(pages, 'protected'), { recursive: true });
  await writeFile(
    join(pages, 'protected', 'index.shtml'),
    'subject=<!--#echo var="OIDC_CLAIM_sub" --> acr=<!--#echo var="OIDC_CLAIM_acr" --> name=<!--#echo encoding="none" var="OIDC_CLAIM_name" -->\n',
  );
  const config = join(site.folder, 'httpd.conf');
  await writeFile(config, configuration(site, pages));
  const child = spawn('/usr/sbin/apache2', ['-X', '-f', config], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  child.stderr.on('data', (text: Buffer) => output.push(text.toString()));
  const url = `http://localhost:${site.port}`;
  for (let tries = 0; ; tries += 1) {
    const up = await fetch(`${url}/`, { redirect: 'manual' }).then(
      () => true,
      () => false,
    );
    if (up) break;
    if (tries > 100 || child.exitCode !== null) {
      const log = await readFile(join(site.folder, 'error.log'), 'utf8').catch(() => '');
      throw new Error(`apache2 did not start: ${output.join('')}${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function configuration(site: ProtectedSite, pages: string): string {
  const load = [
    'mpm_event',
    'authn_core',
    'authz_core',
    'authz_user',
    'dir',
    'mime',
    'include',
    'auth_openidc',
  ]
    .map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`)
    .join('\n');
  return `ServerRoot "${site.folder}"
ServerName localhost
Listen 127.0.0.1:${site.port}
PidFile "${site.folder}/httpd.pid"
ErrorLog "${site.folder}/error.log"
LogLevel warn auth_openidc:info
${load}
DocumentRoot "${pages}"
DirectoryIndex index.shtml
AddDefaultCharset utf-8
TypesConfig /dev/null
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
OIDCProviderMetadataURL ${site.issuer}/.well-known/openid-configuration
OIDCClientID ${site.clientId}
OIDCClientSecret ${site.clientSecret}
OIDCRedirectURI http://localhost:${site.port}/protected/callback
OIDCScope "${site.scope}"
OIDCPKCEMethod S256
OIDCIDTokenSignedResponseAlg ES256
OIDCCryptoPassphrase "only for this test, made anew by it"
OIDCCookieSameSite On
<Directory "${pages}">
  Options +Includes
  Require all granted
</Directory>
<Location /protected>
  AuthType openid-connect
  Require valid-user
</Location>
`;
}
