import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { systemRandom } from '../../src/core/index.ts';

/** A server that speaks the MongoDB wire. */
export interface MongoServer {
  /** Address of a new, empty database, or of the one named. */
  url(database?: string): string;
  /** Ends the server; what was acknowledged stays in its file, when it was started with one. */
  stop(): Promise<void>;
  /** Starts it again at the same address. */
  start(): Promise<void>;
}

const folder = fileURLToPath(new URL('./mongo-server', import.meta.url));
const jar = join(folder, 'target/mongo-server.jar');
const greatestBuildMs = 240_000;

/**
 * Whether tests can reach a server: MONGODB_URI names one, or a JDK and Maven are here to build the stand-in. Otherwise one
 * loud line says that the tests are skipped.
 * @throws {Error} with CI=true, where a skip is a failure
 */
export function isMongoAvailable(): boolean {
  const has = (command: string) => spawnSync(command, ['-version'], { stdio: 'ignore' }).status === 0;
  if (process.env.MONGODB_URI || (has('java') && (isBuilt() || has('mvn')))) return true;
  const message =
    'SKIPPED: the MongoDB tests need MONGODB_URI, or a JDK and Maven (apt-get install default-jdk-headless maven)';
  if (process.env.CI === 'true') throw new Error(message);
  process.stderr.write(`\n*** ${message} ***\n`);
  return false;
}

/** Starts a server for a test: the one of MONGODB_URI, or the stand-in, in memory or over a file. */
export async function startMongo(options: { file?: string } = {}): Promise<MongoServer> {
  const given = process.env.MONGODB_URI;
  if (given && !options.file) {
    return {
      url: (database) => withDatabase(given, database),
      stop: async () => undefined,
      start: async () => undefined,
    };
  }
  await build();
  let running = await launch(0, options.file);
  const { port } = running;
  return {
    // The stand-in has no sessions, which retryable writes need.
    url: (database) => withDatabase(`mongodb://127.0.0.1:${port}/?retryWrites=false`, database),
    stop: () => stop(running.child),
    async start() {
      running = await launch(port, options.file);
    },
  };
}

function withDatabase(uri: string, database = `test-${systemRandom.bytes(8).toString('hex')}`): string {
  const [, server, query = ''] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(uri) ?? [];
  if (!server) throw new Error('MONGODB_URI is not an address of MongoDB');
  return `${server}/${database}${query}`;
}

async function launch(
  port: number,
  file: string | undefined,
): Promise<{ child: ChildProcess; port: number }> {
  const classPath = [join(folder, 'target/classes'), join(folder, 'target/lib/*')].join(':');
  const child = spawn(
    'java',
    ['-Xmx256m', '-cp', classPath, 'tongxing.MongoServerMain', String(port), ...(file ? [file] : [])],
    { stdio: ['pipe', 'pipe', 'ignore'] },
  );
  for await (const line of createInterface({ input: child.stdout })) {
    const [, bound] = /^listening (\d+)$/.exec(line) ?? [];
    if (bound) return { child, port: Number(bound) };
  }
  throw new Error('the MongoDB stand-in did not start');
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdin?.end();
  await ended;
}

function isBuilt(): boolean {
  if (!existsSync(jar)) return false;
  const built = statSync(jar).mtimeMs;
  const sources = readdirSync(join(folder, 'src'), { recursive: true, withFileTypes: true });
  const paths = sources.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return [join(folder, 'pom.xml'), ...paths].every((path) => statSync(path).mtimeMs <= built);
}

/** Builds the stand-in once, however many test workers ask for it. */
async function build(): Promise<void> {
  const lock = join(folder, 'target', 'building');
  for (const end = Date.now() + greatestBuildMs; !isBuilt(); await delay(200)) {
    mkdirSync(join(folder, 'target'), { recursive: true });
    try {
      mkdirSync(lock);
    } catch {
      if (Date.now() > end)
        throw new Error(`the MongoDB stand-in is not built; is ${lock} left over from a crash?`);
      continue;
    }
    try {
      if (!isBuilt()) await promisify(execFile)('mvn', ['-q', '-B', 'package'], { cwd: folder });
    } finally {
      rmdirSync(lock);
    }
  }
}
