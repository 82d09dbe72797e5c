/**
 * Says where the time went, from the profiles that the bench writes with TONGXING_BENCH_PROFILE=FOLDER: for each server, by room
 * or package, then by function. Arguments: the folder, and how many functions.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface ProfileNode {
  id: number;
  callFrame: { functionName: string; url: string; lineNumber: number };
  children?: number[];
}

interface Profile {
  nodes: ProfileNode[];
  samples: number[];
  timeDeltas: number[];
}

/** The room, package or part of the runtime that a script belongs to. */
function placeOf(url: string, functionName: string): string {
  const room = /\/src\/([^/]+)/.exec(url)?.[1];
  if (room && !url.includes('node_modules')) return `src/${room}`;
  const bench = /\/scripts\/bench\//.test(url);
  if (bench) return 'scripts/bench';
  const found = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (found) return found;
  if (url.startsWith('node:')) return url.replace(/^node:internal\//, 'node:').split('/')[0] ?? url;
  return functionName.startsWith('(') ? functionName : '(native)';
}

/** Microseconds of own time by a key of each node. */
function selfTimes(profile: Profile, keyOf: (node: ProfileNode) => string): Map<string, number> {
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const times = new Map<string, number>();
  for (const [index, id] of profile.samples.entries()) {
    const node = byId.get(id);
    if (!node || node.callFrame.functionName === '(idle)') continue;
    const key = keyOf(node);
    times.set(key, (times.get(key) ?? 0) + (profile.timeDeltas[index] ?? 0));
  }
  return times;
}

const isCollector = ({ callFrame }: ProfileNode): boolean =>
  callFrame.functionName === '(garbage collector)' || callFrame.functionName === '(program)';

function parentsOf(profile: Profile): Map<number, ProfileNode> {
  const parents = new Map<number, ProfileNode>();
  for (const node of profile.nodes) for (const child of node.children ?? []) parents.set(child, node);
  return parents;
}

/** Microseconds by the innermost place of ours on the stack, so that what a room makes others do counts as its own. */
function roomTimes(profile: Profile): Map<string, number> {
  const parents = parentsOf(profile);
  const owners = new Map<number, string>();
  const ownerOf = (node: ProfileNode): string => {
    const known = owners.get(node.id);
    if (known) return known;
    const place = placeOf(node.callFrame.url, node.callFrame.functionName);
    const parent = parents.get(node.id);
    const isOwner = place.startsWith('src/') || place === 'oidc-provider';
    const owner = isOwner ? place : parent ? ownerOf(parent) : '(elsewhere)';
    owners.set(node.id, owner);
    return owner;
  };
  return selfTimes(profile, (node) => (isCollector(node) ? node.callFrame.functionName : ownerOf(node)));
}

/** Microseconds with everything called, by function of ours; a function that calls itself counts once. */
function inclusiveTimes(profile: Profile): Map<string, number> {
  const parents = parentsOf(profile);
  const own = selfTimes(profile, ({ id }) => String(id));
  const times = new Map<string, number>();
  for (const node of profile.nodes) {
    const time = own.get(String(node.id));
    if (!time) continue;
    const seen = new Set<string>();
    for (let at: ProfileNode | undefined = node; at; at = parents.get(at.id)) {
      const isOurs = placeOf(at.callFrame.url, '').startsWith('src/');
      const name = functionOf(at);
      if (!isOurs || seen.has(name)) continue;
      seen.add(name);
      times.set(name, (times.get(name) ?? 0) + time);
    }
  }
  return times;
}

/** Name and place of a function, as an editor opens it. */
function functionOf({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  return `${functionName || '(anonymous)'}  ${url.replace(/.*\/(src|node_modules)\//, '')}:${lineNumber + 1}`;
}

function print(title: string, times: Map<string, number>, total: number, most: number): void {
  console.log(`\n${title}`);
  const rows = [...times].sort(([, a], [, b]) => b - a).slice(0, most);
  for (const [key, time] of rows)
    console.log(
      `${((100 * time) / total).toFixed(1).padStart(6)} %  ${(time / 1000).toFixed(1).padStart(8)} ms  ${key}`,
    );
}

/** Adds up what each profile of a server says. */
function sum(profiles: readonly Profile[], timesOf: (profile: Profile) => Map<string, number>) {
  const times = new Map<string, number>();
  for (const profile of profiles)
    for (const [key, time] of timesOf(profile)) times.set(key, (times.get(key) ?? 0) + time);
  return times;
}

const [folder = '.', lines = '40'] = process.argv.slice(2);
const files = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'));
const servers = Map.groupBy(files, (name) => name.slice(0, name.lastIndexOf('-')));
for (const [server, names] of servers) {
  const profiles = names.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Profile);
  const own = (keyOf: (node: ProfileNode) => string) => sum(profiles, (profile) => selfTimes(profile, keyOf));
  const total = own(() => 'all').get('all') ?? 0;
  console.log(`\n== ${server}: ${(total / 1000).toFixed(0)} ms in ${names.length} measurements`);
  const table = (title: string, times: Map<string, number>, most = 30) => print(title, times, total, most);
  table('by caller: the innermost room of ours or oidc-provider on the stack', sum(profiles, roomTimes));
  table(
    'by place, own time',
    own(({ callFrame }) => placeOf(callFrame.url, callFrame.functionName)),
  );
  table('by function of ours, with everything it calls', sum(profiles, inclusiveTimes), Number(lines));
  table('by function, own time', own(functionOf), Number(lines));
}
