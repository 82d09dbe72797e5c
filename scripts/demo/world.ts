/**
 * The demo world: the production program with simulators beside it, each a process of its own on loopback. Nothing here is
 * reachable from production code but the `demo` command; the people are registered through the same use cases as anybody.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApp } from '../../src/app.ts';
import { table } from '../../src/cli/output.ts';
import { readConfig } from '../../src/config.ts';
import type { Clock } from '../../src/core/index.ts';
import { personas } from './personas.ts';
import { answers, isFree, type Running, start, stopAll } from './processes.ts';
import { registerClients } from './register-clients.ts';
import { registerLicences } from './register-licences.ts';
import { registerPersonas } from './register-personas.ts';
import { registerSeals } from './register-seals.ts';
import { inviteStaff, registerAuthorities, type StaffLink } from './register-staff.ts';
import { serviceItems } from './service-items.ts';
import type { SiteSettings } from './site/settings.ts';
import { addresses, type ClientName, clientsOf, siteSettings } from './sites.ts';

const script = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The environment of the service in the demo world: nothing but the documented settings. `folder` is absolute. */
export function demoEnvironment(portBase: number, folder: string): Record<string, string> {
  const registers = `http://127.0.0.1:${portBase + 10}`;
  return {
    TONGXING_DEMO: 'yes',
    TONGXING_ISSUER: `http://localhost:${portBase}`,
    TONGXING_LISTEN: `127.0.0.1:${portBase}`,
    TONGXING_METRICS_LISTEN: `127.0.0.1:${portBase + 64}`,
    TONGXING_DRAIN_SECONDS: '0',
    TONGXING_STORE: process.env.TONGXING_STORE ?? `sqlite:${folder}/tongxing.db`,
    TONGXING_KEYS: `${folder}/keys`,
    TONGXING_OUTBOUND_ALLOW: `127.0.0.1:${portBase + 10},localhost:${portBase + 1},localhost:${portBase + 2}`,
    TONGXING_POLICE_URL: `${registers}/police`,
    TONGXING_BUSINESS_URL: `${registers}/business`,
    TONGXING_SOCIAL_SECURITY_URL: `${registers}/social-security`,
    TONGXING_TELECOM_URL: `${registers}/telecom`,
    TONGXING_SMS_URL: `${registers}/sms`,
    TONGXING_TSA_URL: `${registers}/tsa`,
    TONGXING_ANCHORS: `${folder}/anchors`,
    TONGXING_PROVINCE: '示例省|Sample Province',
  };
}

/** Prints who lives in the demo world. */
export function showPersonas(json: boolean): void {
  const rows = personas.map(({ id, name, identifiers, password, acr, may }) => ({
    id,
    name,
    identifiers,
    ...(password === undefined ? {} : { password }),
    acr,
    may,
  }));
  if (json) return void process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  const text = table(
    ['who', 'name', 'ID number', 'phone', 'credit code', 'password', 'level', 'may show'],
    rows.map((row) => [
      row.id,
      row.name,
      row.identifiers.id_number,
      row.identifiers.phone,
      row.identifiers.credit_code ?? '',
      row.password ?? '',
      row.acr.replace('urn:tongxing:loa:', 'L'),
      row.may,
    ]),
  );
  process.stdout.write(`${text}\n`);
}

/** How to run the world. */
export interface DemoOptions {
  /** Forget what the folder holds. */
  fresh: boolean;
  portBase: number;
  /** Folder of everything that the world keeps: store, keys, registrations of the sites, logs. */
  data: string;
  json: boolean;
}

/** Runs the world until it is told to stop. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { portBase } = options;
  const at = addresses(portBase);
  const folder = resolve(options.data);
  for (const url of Object.values(at)) {
    const port = Number(new URL(url).port);
    if (await isFree(port)) continue;
    process.stderr.write(
      `Port ${port} is in use: the demo may already be running (open ${at.service}). Stop it, or start with --port-base 4000.\n`,
    );
    process.exitCode = 1;
    return;
  }
  if (options.fresh) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });

  const running: Running[] = [];
  const told = listenForTheEnd();
  try {
    process.stderr.write('Starting the demo world: registers, people, the service, two sites ...\n');
    const links = await Promise.race([startWorld({ portBase, folder }, running, told), told.toStop]);
    if (!links) return;
    announce(at, links, options);
    await Promise.race([anyEnded(running, told, folder), told.toStop]);
  } catch (error) {
    process.stderr.write(
      `The demo did not start: ${(error as Error).message} — logs are in ${folder}/log.\n`,
    );
    process.exitCode = 1;
  } finally {
    await stopAll(running.reverse());
  }
}

/** Where one world lives. */
interface Place {
  portBase: number;
  folder: string;
}

async function startWorld(place: Place, running: Running[], told: Told): Promise<StaffLink[]> {
  const { portBase, folder } = place;
  const at = addresses(portBase);
  const environment = demoEnvironment(portBase, folder);
  const launch = async (name: string, words: string[], extra: Record<string, string>, probe: string) => {
    if (told.isTold) throw new Error('told to stop');
    const process = start(name, words, extra, folder);
    running.push(process);
    if (!(await answers(process, probe))) throw new Error(`${name} does not answer at ${probe}`);
  };
  const authority = ['--authority', `${folder}/authority.json`, '--anchors', `${folder}/anchors`];
  const simulators = [script('./registers.ts'), '--port', String(portBase + 10), ...authority];
  await launch('registers', simulators, {}, at.registers);
  const { sites, links, systems } = await prepare(place, environment);
  writeEnvironment(`${folder}/env`, { ...environment, ...systems });
  await Promise.all([
    launch('service', [script('../../src/main.ts'), 'serve'], environment, `${at.service}/readyz`),
    ...sites.map(({ id, file }) => launch(id, [script('./site/main.ts'), file], {}, at[id])),
  ]);
  return links;
}

/** The settings as a file that a shell can `source`, so that other commands find the store of the demo and curl its systems. */
function writeEnvironment(file: string, environment: Record<string, string>): void {
  const quoted = (value: string): string => `'${value.replaceAll("'", String.raw`'\''`)}'`;
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${quoted(value)}\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
}

/** People of the demo registered two days ago, so that today's limits on codes and checks are theirs to use. */
const twoDaysMs = 48 * 3600 * 1000;

/** What the world is ready with before the service listens. */
interface Prepared {
  sites: { id: SiteSettings['id']; file: string }[];
  links: StaffLink[];
  /** Systems for people who try the API: `id:secret`, by the name of a variable. */
  systems: Record<string, string>;
}

/** Registers people, authorities, seals, licences, clients and what matters may learn, once; invites the staff each time. */
async function prepare({ portBase, folder }: Place, environment: Record<string, string>): Promise<Prepared> {
  const config = readConfig({ ...environment, TONGXING_LOG_LEVEL: 'error' });
  const { service: origin, registers } = addresses(portBase);
  let behindMs = twoDaysMs;
  const clock: Clock = { now: () => Date.now() - behindMs };
  const service = await createApp(config, { clock });
  try {
    await registerPersonas(service.identity, registers, (instant) => {
      behindMs = Math.min(behindMs, Date.now() - instant - 1);
    });
    await registerAuthorities(service.identity);
    await registerSeals(service, registers);
    await registerLicences(service);
    const file = `${folder}/clients-${portBase}.json`;
    const clients = await registerClients(service.sso.clients, file, clientsOf(portBase));
    await service.verification.serviceItems.put(serviceItems({ hall: clients.hall.client_id }));
    const sites = siteSettings(portBase, folder, clients).map((settings) => {
      const place = `${folder}/${settings.id}-${portBase}.json`;
      writeFileSync(place, JSON.stringify(settings), { mode: 0o600 });
      return { id: settings.id, file: place };
    });
    behindMs = 0;
    const links = await inviteStaff(service.identity, origin);
    const login = (name: ClientName) => `${clients[name].client_id}:${clients[name].client_secret}`;
    return { sites, links, systems: { DEMO_BUREAU: login('social-security'), DEMO_HALL: login('hall') } };
  } finally {
    await service.close();
  }
}

function announce(
  at: ReturnType<typeof addresses>,
  staff: readonly StaffLink[],
  { data, json }: DemoOptions,
): void {
  if (json) return void process.stdout.write(`${JSON.stringify({ ...at, staff })}\n`);
  process.stdout.write(`
DEMO: impossible people, simulated registers, plain http on this machine only. Never use it for anything real.

  ${at.service}    通行 the service
  ${at.hall}    政务服务大厅 a service site
  ${at.health}    医疗保障服务平台 a second site
  ${at.registers}    registers, and the SMS inbox

`);
  showPersonas(false);
  announceStaff(staff, `${at.service}/admin`);
  process.stdout.write(
    `\nLogs: ${data}/log   State: ${data} (--fresh clears it)   Stop: Ctrl-C\nOther commands find this world after:  source ${data}/env\n`,
  );
}

/** Staff have no password: each opens a link once and binds a passkey of this computer. */
function announceStaff(staff: readonly StaffLink[], desk: string): void {
  const width = Math.max(...staff.map(({ id }) => id.length));
  const links = staff.map(({ id, name, link }) => `  ${id.padEnd(width)}  ${name}  ${link}\n`).join('');
  const intro = `工作人员首次登录请在 15 分钟内打开下面的一次性链接，设置通行密钥；之后从 ${desk} 登录。\nStaff enrol a passkey by these links: once, within 15 minutes (start again for new ones). After that: ${desk}`;
  process.stdout.write(staff.length > 0 ? `\n${intro}\n${links}` : `\n工作人员登录 Staff: ${desk}\n`);
}

/** Resolves when one of the processes of the world ends by itself. */
async function anyEnded(running: readonly Running[], told: Told, folder: string): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const { name, child } of running) {
      child.once('exit', () => {
        // Ctrl-C reaches the children too: their end is then no news.
        if (told.isTold) return;
        process.stderr.write(`${name} ended; see ${folder}/log/${name}.log\n`);
        process.exitCode = 1;
        resolve();
      });
    }
  });
}

/** Whether the world was told to stop: from the first moment on, or what had been started would outlive it. */
interface Told {
  isTold: boolean;
  toStop: Promise<void>;
}

function listenForTheEnd(): Told {
  const told: Told = { isTold: false, toStop: Promise.resolve() };
  told.toStop = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        told.isTold = true;
        resolve();
      });
  });
  return told;
}
