import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { isFree } from '../../scripts/demo/processes.ts';
import { tempDirectory } from './temp-store.ts';

/** A phone of the demo world, as its owner reads it. */
export interface Phone {
  /** The six digits of the next message that was not answered here before; waits for it. */
  nextCode(): Promise<string>;
  /** Puts away what has arrived so far. */
  readAll(): Promise<void>;
}

/** The demo world as `tongxing demo` runs it, in a folder and on ports of its own. */
export interface World {
  /** Origins of its processes. */
  service: string;
  hall: string;
  health: string;
  registers: string;
  /** Links by which the staff enrol, by persona. */
  staff: readonly { id: string; link: string }[];
  portBase: number;
  folder: string;
  phone(number: string): Phone;
  /** Disturbs a register of the simulators, or lets it work again. */
  disturb(register: 'police' | 'telecom', mode: 'no-answer' | 'normal'): Promise<void>;
  close(): Promise<void>;
}

/** Offsets of the ports that the world listens on. */
const offsets = [0, 1, 2, 10, 64];

/** A port base with all ports of a world free, below the range from which the system hands out its own. */
export async function freePortBase(): Promise<number> {
  for (;;) {
    const base = 12_000 + 100 * Math.floor(Math.random() * 200);
    const free = await Promise.all(offsets.map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
}

/** Starts the world by a command and waits until all of it answers. */
export async function startWorld(
  command: readonly string[] = [process.execPath, 'src/main.ts', 'demo'],
): Promise<World> {
  const [program = '', ...words] = command;
  const folder = tempDirectory('world');
  const portBase = await freePortBase();
  const place = ['--json', '--data', folder, '--port-base', String(portBase)];
  const child = spawn(program, [...words, ...place], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  child.stderr.on('data', (text: Buffer) => void said.push(text.toString()));
  const addresses = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', () => reject(new Error(`the demo world ended: ${said.join('')}`)));
  });
  return {
    ...(JSON.parse(addresses) as Pick<World, 'service' | 'hall' | 'health' | 'registers' | 'staff'>),
    portBase,
    folder,
    phone: (number) => phoneOf(`http://127.0.0.1:${portBase + 10}`, number),
    disturb: (register, mode) => disturb(`http://127.0.0.1:${portBase + 10}`, register, mode),
    async close() {
      const ended = once(child, 'exit');
      if (child.kill('SIGTERM')) await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function phoneOf(registers: string, number: string): Phone {
  const read = new Set<string>();
  async function unread(): Promise<string[]> {
    const response = await fetch(`${registers}/inbox.json?phone=${number}`);
    const messages = (await response.json()) as { text: string; reference: string }[];
    const fresh = messages.filter(({ reference }) => !read.has(reference));
    for (const { reference } of fresh) read.add(reference);
    return fresh.map(({ text }) => text);
  }
  return {
    readAll: async () => void (await unread()),
    async nextCode() {
      const until = Date.now() + 15_000;
      while (Date.now() < until) {
        const codes = (await unread()).map((text) => /(?<!\d)\d{6}(?!\d)/.exec(text)?.[0]);
        const code = codes.find(Boolean);
        if (code) return code;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`no new code has arrived at ${number}`);
    },
  };
}

async function disturb(registers: string, register: string, mode: string): Promise<void> {
  const response = await fetch(`${registers}/control`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ register, mode }),
  });
  if (!response.ok) throw new Error(`the simulators refused: ${await response.text()}`);
}
