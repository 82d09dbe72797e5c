import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { findFaults, findFormFaults, type Rules, readImports } from './support/architecture.ts';

/** The rooms, their levels and what each may import: the architecture, as data. */
const rules: Rules = {
  places: {
    core: { level: 0, may: [] },
    telemetry: { level: 1, may: ['core'] },
    keyring: { level: 1, may: ['core'] },
    storage: { level: 1, may: ['core'] },
    outbound: { level: 2, may: ['core', 'storage', 'telemetry'] },
    audit: { level: 2, may: ['core', 'storage', 'keyring', 'telemetry'] },
    http: { level: 2, may: ['core', 'telemetry'] },
    drawing: { level: 2, may: ['core'] },
    registries: { level: 3, may: ['core', 'outbound', 'telemetry'] },
    receipts: { level: 3, may: ['core', 'storage', 'keyring', 'telemetry', 'audit', 'http'] },
    identity: {
      level: 4,
      may: ['core', 'storage', 'keyring', 'telemetry', 'registries', 'audit', 'http'],
    },
    seals: {
      level: 5,
      may: ['core', 'storage', 'keyring', 'telemetry', 'outbound', 'audit', 'http', 'identity', 'drawing'],
    },
    sso: {
      level: 5,
      may: ['core', 'storage', 'keyring', 'telemetry', 'outbound', 'audit', 'http', 'identity'],
    },
    licences: {
      level: 6,
      may: ['core', 'storage', 'keyring', 'telemetry', 'audit', 'http', 'identity', 'seals', 'drawing'],
    },
    portal: {
      level: 6,
      may: ['core', 'http', 'identity', 'sso', 'audit', 'telemetry', 'storage', 'keyring'],
    },
    wallet: {
      level: 7,
      may: ['core', 'storage', 'keyring', 'telemetry', 'audit', 'http', 'identity', 'licences'],
    },
    verification: {
      level: 8,
      may: [
        ...['core', 'storage', 'keyring', 'telemetry', 'audit', 'http', 'identity', 'seals'],
        ...['licences', 'wallet', 'receipts'],
      ],
    },
    'parse-setting.ts': { level: 8, may: ['core'] },
    'heap.ts': { level: 8, may: [] },
    'config.ts': { level: 9, may: ['core', 'parse-setting.ts'] },
    'accounts.ts': { level: 9, may: ['identity', 'sso'] },
    'foundation.ts': { level: 10, may: ['core', 'telemetry', 'keyring', 'storage', 'audit', 'config.ts'] },
    'app.ts': { level: 11, may: 'every lower' },
    // The commands `demo` and `bench` start what lies in scripts; the service itself knows nothing of it.
    cli: { level: 12, may: 'every lower', beside: 'scripts' },
    'main.ts': { level: 13, may: 'every lower' },
  },
  packages: {
    zod: 'everywhere',
    canonicalize: ['core'],
    pino: ['telemetry'],
    'prom-client': ['telemetry'],
    jose: ['keyring', 'sso'],
    'node:sqlite': ['storage'],
    mongoose: ['storage'],
    undici: ['outbound'],
    'ipaddr.js': ['outbound'],
    cockatiel: ['outbound', 'registries'],
    koa: ['http'],
    '@fastify/busboy': ['http'],
    '@koa/router': ['http'],
    '@koa/bodyparser': ['http'],
    'koa-mount': ['http'],
    eta: ['http'],
    '@picocss/pico': ['http'],
    '@simplewebauthn/browser': ['http'],
    '@simplewebauthn/server': ['identity'],
    '@node-rs/argon2': ['identity'],
    'oidc-provider': ['sso'],
    ajv: ['licences'],
    qrcode: ['portal', 'drawing', 'wallet'],
    '@cantoo/pdf-lib': ['drawing', 'seals'],
    '@cantoo/fontkit': ['drawing'],
    '@expo-google-fonts/noto-sans-sc': ['drawing'],
    '@hyzyla/pdfium': ['drawing'],
    sharp: ['drawing'],
    commander: ['cli'],
  },
  ambient: {
    'Date.now': ['core'],
    'new Date()': ['core'],
    'Math.random': [],
    'import randomBytes': ['core'],
    'import randomUUID': [],
    'process.env': ['cli'],
    'fetch()': [],
    'globalThis.fetch': [],
  },
  typesEverywhere: new Set(['koa']),
};

/** Path -> text of every TypeScript file below a folder. */
const readFolder = (folder: string) =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => [name, readFileSync(name, 'utf8')] as const),
  );

const sources = readFolder('src');

describe('the architecture', () => {
  it('is seen: more than a handful of files and imports are read', () => {
    const imports = [...sources.values()].flatMap(readImports);
    expect(sources.size).toBeGreaterThan(10);
    expect(imports.length).toBeGreaterThan(sources.size / 2);
    expect(imports.some((found) => found.typeOnly)).toBe(true);
  });

  it('imports no wrong room, side door or reserved package, has no circle, and takes nothing that is not handed in', () => {
    expect(findFaults(sources, rules)).toEqual([]);
  });

  it('has a header at every door, no overlong file and no suppression without a reason', () => {
    expect(
      [...sources, ...readFolder('scripts')].flatMap(([path, source]) => findFormFaults(path, source)),
    ).toEqual([]);
  });

  it('reserves only packages that package.json names, and leaves none of them unreserved', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const reserved = Object.keys(rules.packages).filter((name) => !name.startsWith('node:'));
    expect(reserved.sort()).toEqual(Object.keys(dependencies).sort());
  });
});

describe('the check of the architecture', () => {
  const door = `/**\n * a\n * b\n * c\n */\n`;
  /** Faults of a few virtual files. */
  const faultsOf = (files: Record<string, string>) => findFaults(new Map(Object.entries(files)), rules);

  it('reads every form of import, and only imports', () => {
    const source = `
      // import 'in-a-comment';
      import 'a';
      import type { B } from 'b';
      import { type C } from 'c';
      export * from 'd';
      export type { E } from 'e';
      const text = "import 'in-a-string'", pattern = /import 'in-a-regex'/, template = \`\${await import('f')}\`;
      type G = import('g').G;
      import(h);
    `;
    expect(readImports(source).map((found) => `${found.specifier}${found.typeOnly ? ' type' : ''}`)).toEqual([
      'a',
      'b type',
      'c',
      'd',
      'e type',
      'f',
      'g type',
      '(computed)',
    ]);
  });

  it('catches a wrong room, also when only a type or a dynamic import reaches for it', () => {
    const sso = { 'src/sso/index.ts': door, 'src/storage/index.ts': door };
    expect(faultsOf({ ...sso, 'src/identity/a.ts': `import '../sso/index.ts';` })).toHaveLength(1);
    expect(
      faultsOf({ ...sso, 'src/identity/a.ts': `import type { A } from '../sso/index.ts';` }),
    ).toHaveLength(1);
    expect(faultsOf({ ...sso, 'src/http/a.ts': `await import('../storage/index.ts');` })).toHaveLength(1);
    expect(faultsOf({ ...sso, 'src/identity/a.ts': `export * from '../storage/index.ts';` })).toEqual([]);
  });

  it('catches a side door, a room that is not in the table, and app.ts imported by a room', () => {
    const files = { 'src/core/index.ts': door, 'src/core/page.ts': '', 'src/app.ts': '' };
    expect(faultsOf({ ...files, 'src/audit/a.ts': `import '../core/page.ts';` })).toEqual([
      'src/audit/a.ts:1: src/core/page.ts is a side door; use src/core/index.ts',
    ]);
    expect(faultsOf({ ...files, 'src/drawer/a.ts': '' })).toEqual([
      'src/drawer/a.ts: drawer is not in the room table',
    ]);
    expect(faultsOf({ ...files, 'src/sso/a.ts': `import '../app.ts';` })).toHaveLength(1);
    expect(faultsOf({ ...files, 'src/main.ts': `import './app.ts';` })).toEqual([]);
    expect(faultsOf({ ...files, 'src/sso/a.ts': `import '../../scripts/demo/world.ts';` })).toHaveLength(1);
    expect(faultsOf({ ...files, 'src/cli/a.ts': `import '../../scripts/demo/world.ts';` })).toEqual([]);
  });

  it('catches a circle of files', () => {
    expect(
      faultsOf({
        'src/audit/a.ts': `import './b.ts';`,
        'src/audit/b.ts': `import './c.ts';`,
        'src/audit/c.ts': `import type { A } from './a.ts';`,
      }),
    ).toEqual(['cycle: src/audit/a.ts -> src/audit/b.ts -> src/audit/c.ts -> src/audit/a.ts']);
  });

  it('catches a package outside its room, one that is in no table, and knows types of koa from koa', () => {
    expect(faultsOf({ 'src/sso/a.ts': `import 'pino';` })).toHaveLength(1);
    expect(faultsOf({ 'src/sso/a.ts': `import '@koa/router/x';` })).toHaveLength(1);
    expect(faultsOf({ 'src/sso/a.ts': `import { DatabaseSync } from 'node:sqlite';` })).toHaveLength(1);
    expect(faultsOf({ 'src/sso/a.ts': `import 'left-pad';` })).toHaveLength(1);
    expect(faultsOf({ 'src/sso/a.ts': `import Koa from 'koa';` })).toHaveLength(1);
    expect(
      faultsOf({ 'src/sso/a.ts': `import type { Context } from 'koa'; import 'jose'; import 'zod';` }),
    ).toEqual([]);
  });

  it('catches time, randomness, environment and network that nobody handed in, and knows what was handed in', () => {
    const faulty = [
      'Date.now();',
      'new Date();',
      'Math.random();',
      'process.env.HOME;',
      `fetch('https://a');`,
    ];
    for (const source of [...faulty, `import { randomBytes } from 'node:crypto';`])
      expect([source, faultsOf({ 'src/sso/a.ts': source })]).toEqual([
        source,
        [expect.stringContaining('argument')],
      ]);
    expect(
      faultsOf({ 'src/sso/a.ts': `new Date(0); const make = ({ fetch }) => fetch('https://a');` }),
    ).toEqual([]);
    expect(faultsOf({ 'src/core/a.ts': 'Date.now();', 'src/cli/a.ts': 'process.env.HOME;' })).toEqual([]);
  });

  it('catches a door without header, an overlong file, and a suppression without a reason', () => {
    expect(findFormFaults('src/audit/index.ts', `export {};`)).toHaveLength(1);
    expect(findFormFaults('src/audit/index.ts', `${door}export {};`)).toEqual([]);
    expect(findFormFaults('src/audit/a.ts', '\n'.repeat(301))).toHaveLength(1);
    expect(findFormFaults('src/audit/a.ts', '// biome-ignore lint/a/b')).toHaveLength(1);
    expect(findFormFaults('src/audit/a.ts', '// biome-ignore lint/a/b: the wire needs it so')).toEqual([]);
    expect(findFormFaults('src/audit/a.ts', '// @ts-ignore because of all sorts of reasons')).toHaveLength(1);
    expect(findFormFaults('src/audit/a.ts', '// @ts-expect-error')).toHaveLength(1);
  });
});
