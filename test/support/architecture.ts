import { posix } from 'node:path';
import { type ParserOptions, parse } from '@babel/parser';

/** What a place in src (a room's folder, or a file beside the rooms) may import. */
export interface Place {
  /** Order of the rooms: only lower ones may be imported. */
  level: number;
  /** Rooms and single files of src that it may import, or all of a lower level. */
  may: readonly string[] | 'every lower';
  /** Folder beside src that it may import from. */
  beside?: string;
}

/** The rules as data. */
export interface Rules {
  places: Readonly<Record<string, Place>>;
  /** Package -> the places that alone may import it; `everywhere` for shared ones. A package not listed is a fault. */
  packages: Readonly<Record<string, readonly string[] | 'everywhere'>>;
  /** What the runtime hands to anybody -> the places that alone may take it; all others get it as an argument. */
  ambient: Readonly<Record<string, readonly string[]>>;
  /** Packages whose types (`import type`) may be used everywhere. */
  typesEverywhere: ReadonlySet<string>;
}

/** One import, in whichever form it is written. */
export interface Import {
  specifier: string;
  typeOnly: boolean;
  line: number;
}

interface Node {
  type: string;
  loc?: { start: { line: number } };
  [member: string]: unknown;
}

const parserOptions: ParserOptions = { sourceType: 'module', plugins: ['typescript', 'importAttributes'] };

/** Every import of a TypeScript source: static, `import type`, `export ... from`, dynamic, and `import('x').Type`. */
export function readImports(source: string): Import[] {
  const found: Import[] = [];
  const add = (from: unknown, typeOnly: boolean, line: number) => {
    const value = literalOf(from as Node | undefined);
    found.push({ specifier: value ?? '(computed)', typeOnly, line });
  };
  walk(parse(source, parserOptions).program as unknown as Node, (node) => {
    const line = node.loc?.start.line ?? 0;
    const { type } = node;
    if (type === 'ImportDeclaration') add(node.source, node.importKind === 'type', line);
    else if (type === 'ExportAllDeclaration') add(node.source, node.exportKind === 'type', line);
    else if (type === 'ExportNamedDeclaration' && node.source)
      add(node.source, node.exportKind === 'type', line);
    else if (type === 'TSImportType') add(node.argument, true, line);
    else if (type === 'ImportExpression') add(node.source, false, line);
    else if (type === 'CallExpression') {
      const callee = node.callee as Node;
      const [argument] = node.arguments as Node[];
      if (callee.type === 'Import' || callee.name === 'require') add(argument, false, line);
    }
  });
  return found;
}

/** Uses of the machine's clock, randomness, environment and network that nobody handed in: `Date.now`, `new Date()`, `fetch`. */
function readAmbient(source: string): { name: string; line: number }[] {
  const used: { name: string; line: number }[] = [];
  const bound = new Set<unknown>();
  const nameOf = (node: unknown) => (node as Node | undefined)?.name;
  walk(parse(source, parserOptions).program as unknown as Node, (node) => {
    const line = node.loc?.start.line ?? 0;
    const { type } = node;
    if (type === 'MemberExpression')
      used.push({ name: `${nameOf(node.object)}.${nameOf(node.property)}`, line });
    else if (type === 'NewExpression' && (node.arguments as Node[]).length === 0)
      used.push({ name: `new ${nameOf(node.callee)}()`, line });
    else if (type === 'CallExpression') used.push({ name: `${nameOf(node.callee)}()`, line });
    else if (type === 'ImportSpecifier') used.push({ name: `import ${nameOf(node.imported)}`, line });
    else if (type === 'ObjectPattern')
      for (const property of node.properties as Node[]) bound.add(nameOf(property.value));
    else if (Array.isArray(node.params))
      for (const parameter of node.params as Node[]) bound.add(nameOf(parameter));
  });
  return used.filter(({ name }) => !bound.has(name.slice(0, -2)));
}

function literalOf(node: Node | undefined): string | undefined {
  if (node?.type === 'StringLiteral') return node.value as string;
  if (node?.type === 'TSLiteralType') return literalOf(node.literal as Node);
  return undefined;
}

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child && typeof child === 'object' && typeof (child as Node).type === 'string') walk(child, visit);
    }
  }
}

/** Faults of a tree of sources (path from the repository's root -> text) against the rules; one line each. */
export function findFaults(sources: ReadonlyMap<string, string>, rules: Rules): string[] {
  const faults: string[] = [];
  const graph = new Map<string, string[]>();
  for (const [path, source] of sources) {
    const targets: string[] = [];
    graph.set(path, targets);
    const from = placeOf(path);
    if (!rules.places[from]) {
      faults.push(`${path}: ${from} is not in the room table`);
      continue;
    }
    for (const found of readImports(source)) {
      const relative = found.specifier.startsWith('.');
      const target = relative ? posix.join(posix.dirname(path), found.specifier) : undefined;
      if (target) targets.push(target);
      const fault = target ? faultOfFile(from, target, sources, rules) : faultOfPackage(from, found, rules);
      if (fault) faults.push(`${path}:${found.line}: ${fault}`);
    }
    for (const { name, line } of readAmbient(source)) {
      if (rules.ambient[name] && !rules.ambient[name].includes(from))
        faults.push(`${path}:${line}: ${name} comes in as an argument`);
    }
  }
  return [...faults, ...findCycles(graph).map((cycle) => `cycle: ${cycle.join(' -> ')}`)];
}

/** `src/audit/log.ts` -> `audit`; `src/app.ts` -> `app.ts`. */
function placeOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function faultOfFile(
  from: string,
  target: string,
  sources: ReadonlyMap<string, string>,
  rules: Rules,
): string | undefined {
  const { beside } = rules.places[from] as Place;
  if (!target.startsWith('src/'))
    return beside && target.startsWith(`${beside}/`) ? undefined : `${target} lies outside src`;
  if (!target.endsWith('.json') && !sources.has(target)) return `${target} does not exist`;
  const to = placeOf(target);
  if (to === from) return undefined;
  const here = rules.places[from] as Place;
  const there = rules.places[to];
  if (!there) return `${to} is not in the room table`;
  if (there.level >= here.level) return `${from} may not import ${to}, which is not below it`;
  if (here.may !== 'every lower' && !here.may.includes(to)) return `${from} may not import ${to}`;
  const atDoor = target === `src/${to}` || target === `src/${to}/index.ts`;
  return atDoor ? undefined : `${target} is a side door; use src/${to}/index.ts`;
}

function faultOfPackage(from: string, found: Import, rules: Rules): string | undefined {
  if (found.specifier === '(computed)') return 'an import whose target is computed cannot be checked';
  const name = packageOf(found.specifier);
  const allowed = rules.packages[name];
  if (!allowed)
    return name.startsWith('node:') ? undefined : `package ${name} is not in the table of packages`;
  if (allowed === 'everywhere' || allowed.includes(from)) return undefined;
  if (found.typeOnly && rules.typesEverywhere.has(name)) return undefined;
  return `package ${name} is reserved for ${allowed.join(', ')}`;
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The cycles of a graph of files, each found once, from the file where it was first entered. */
function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const enter = (file: string) => {
    const seenAt = path.indexOf(file);
    if (seenAt >= 0) {
      cycles.push([...path.slice(seenAt), file]);
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const next of graph.get(file) ?? []) enter(next);
    path.pop();
    done.add(file);
  };
  for (const file of graph.keys()) enter(file);
  return cycles;
}

/** Faults of form of one source: length, suppressions without a reason, a room's door without its header. */
export function findFormFaults(path: string, source: string): string[] {
  const faults: string[] = [];
  const lines = source.split('\n');
  if (lines.length > 301) faults.push(`${path}: ${lines.length} lines; a file has at most 300`);
  for (const [index, line] of lines.entries()) {
    const biome = /biome-ignore(?:-\w+)?\s+\S+?(?::(.*)|$)/.exec(line);
    if (biome && (biome[1] ?? '').trim().length < 10)
      faults.push(`${path}:${index + 1}: biome-ignore without a reason`);
    if (/@ts-(ignore|nocheck)/.test(line))
      faults.push(`${path}:${index + 1}: use @ts-expect-error with a reason`);
    if (/@ts-expect-error(?!.{10,})/.test(line))
      faults.push(`${path}:${index + 1}: @ts-expect-error without a reason`);
    if (/\b(TODO|FIXME|XXX)\b/.test(line)) faults.push(`${path}:${index + 1}: unfinished: ${line.trim()}`);
  }
  if (/^src\/[^/]+\/index\.ts$/.test(path)) {
    const header = /^\/\*\*\n([\s\S]*?)\n \*\//.exec(source)?.[1]?.split('\n').length ?? 0;
    if (header < 3 || header > 20)
      faults.push(`${path}: a door opens with a header comment of 3 to 20 lines, not ${header}`);
  }
  return faults;
}
