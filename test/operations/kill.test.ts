import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createInstallation, type Installation } from '../support/installation.ts';
import { enterPortal, heading, openSite, send, type TestSite, visit } from '../support/pages.ts';
import { personAt, type TestPerson } from '../support/people.ts';
import type { Answer, Visitor } from '../support/relying-party.ts';
import { logIn, password } from './flows.ts';

const rounds = 4;
const registrantsPerRound = 2;

/** Somebody who changes the password again and again, and what they were told became of it. */
interface Changer {
  person: TestPerson;
  visitor: Visitor;
  /** The last one that the page called saved. */
  told: string;
  /** Typed after that, without an answer. */
  unanswered: string[];
  changes: { told: number; unanswered: number };
}

interface Registrant {
  person: TestPerson;
  visitor: Visitor;
  wasTold: boolean;
  lastPage?: Answer;
}

let installation: Installation;
let site: TestSite;
let changers: Changer[];
let accounts: string[];
let typed = 0;

beforeAll(async () => {
  installation = await createInstallation();
  const people = [personAt(1), personAt(2), personAt(3)];
  accounts = await installation.enrol(people, password);
  changers = people.map((person) => ({
    ...{ person, visitor: installation.visitor(), told: password, unanswered: [] },
    changes: { told: 0, unanswered: 0 },
  }));
});
afterAll(() => installation?.close());

/** Changes the password until the process is gone. */
async function changeOn(changer: Changer, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const form = await visit(changer.visitor, '/account/password');
    if (form.status === 502) return;
    // Whoever was logged in before the kill still is.
    expect(heading(form)).toBe('修改密码');
    typed += 1;
    const next = `evening-lantern-${typed}`;
    changer.unanswered.push(next);
    changer.changes.unanswered += 1;
    const saved = await send(changer.visitor, form, '/account/password', { password: next, password2: next });
    if (!saved.text.includes('密码已更新')) return;
    changer.told = next;
    changer.unanswered = [];
    changer.changes.told += 1;
    changer.changes.unanswered -= 1;
  }
}

async function register(registrant: Registrant): Promise<void> {
  const { person, visitor } = registrant;
  const go = async (action: string, values: Record<string, string>) => {
    registrant.lastPage = await send(visitor, registrant.lastPage as Answer, action, values);
  };
  registrant.lastPage = await visit(visitor, '/register');
  await go('/register', { name: person.name, idType: '111', idNumber: person.idNumber, agree: 'yes' });
  await go('/register/phone', { phoneNumber: person.phoneNumber.slice(3) });
  await go('/register/code', { code: await installation.registers.lastCode(person.phoneNumber) });
  const page = registrant.lastPage;
  const done = await send(visitor, page, '/register/finish', {
    method: 'password',
    ...{ password, password2: password },
  });
  registrant.wasTold = done.status < 500;
}

async function knownToRegisters({ idNumber, name, phoneNumber }: TestPerson): Promise<void> {
  const { registers } = installation;
  await registers.control('/people', { id_number: idNumber, name });
  await registers.control('/subscribers', { phone_number: phoneNumber, id_number: idNumber });
}

const canLogIn = (person: TestPerson, secret: string): Promise<boolean> =>
  logIn(site, installation.visitor(), person, secret).then(
    () => true,
    () => false,
  );

it('kill -9 at random moments: everybody has what they were told, nobody half of anything, and the log is whole', async () => {
  const registrants: Registrant[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const process = await installation.serve();
    site ??= await openSite(installation);
    if (round === 0)
      for (const { person, visitor } of changers)
        await enterPortal(visitor, { identifier: person.idNumber, password });
    const fresh = Array.from({ length: registrantsPerRound }, (_, n): Registrant => {
      const person = personAt(100 + round * registrantsPerRound + n);
      return { person, visitor: installation.visitor(), wasTold: false };
    });
    registrants.push(...fresh);
    await Promise.all(fresh.map(({ person }) => knownToRegisters(person)));
    let isOver = false;
    // A page that could not be read is what a killed process looks like; what matters is what is true afterwards.
    const survive = (flow: Promise<void>) =>
      flow.catch((error: { message: string }) => {
        if (!/no form|no new message|fetch failed/.test(error.message)) throw error;
      });
    const changing = changers.map((changer) => survive(changeOn(changer, () => isOver)));
    const registering = fresh.map((registrant) => survive(register(registrant)));
    // In the last round the kill follows at once on the page that says that they are registered.
    if (round === rounds - 1) await Promise.all(registering);
    else await delay(300 + Math.random() * 1500);
    isOver = true;
    await process.end('SIGKILL');
    installation.balancer.leave(process.port);
    await Promise.all([...changing, ...registering]);
  }

  const beforeRestart = await installation.run(['audit', 'check', '--json']);
  expect(JSON.parse(beforeRestart.stdout)).toMatchObject({ whole: true });
  const process = await installation.serve();

  for (const { person, told, unanswered } of changers) {
    const opens = [];
    for (const secret of [told, ...unanswered]) if (await canLogIn(person, secret)) opens.push(secret);
    // One password at a time: the one that the person was told, or one whose answer the kill swallowed.
    expect(opens).toHaveLength(1);
    if (unanswered.length === 0) expect(opens).toEqual([told]);
  }
  expect(registrants.filter(({ wasTold }) => wasTold).length).toBeGreaterThanOrEqual(registrantsPerRound);
  let registered = 0;
  for (const { person, visitor, wasTold, lastPage } of registrants) {
    const isThere = await canLogIn(person, password);
    if (wasTold) expect(isThere).toBe(true);
    if (isThere) registered += 1;
    // Whoever was cut off goes on, or begins again; nobody meets a fault.
    const address = lastPage?.url.startsWith(installation.issuer) ? lastPage.url : '/register';
    expect((await visitor.get(address)).status).toBeLessThan(500);
  }

  expect(await process.end('SIGTERM')).toEqual({ code: 0, signal: null });
  const exported = await installation.run(['audit', 'export']);
  const events = exported.stdout
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => (JSON.parse(line) as { events?: AuditLine[] }).events ?? []);
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  expect(events.filter(({ type }) => type === 'identity.account.registered')).toHaveLength(registered);
  for (const [n, { changes }] of changers.entries()) {
    const recorded = events.filter(
      ({ type, data }) => type === 'identity.password.changed' && data.account === accounts[n],
    ).length;
    expect(recorded).toBeGreaterThanOrEqual(changes.told);
    expect(recorded).toBeLessThanOrEqual(changes.told + changes.unanswered);
  }
  expect(changers.reduce((sum, { changes }) => sum + changes.told, 0)).toBeGreaterThan(rounds);
  const check = await installation.run(['audit', 'check', '--json']);
  expect(JSON.parse(check.stdout)).toMatchObject({ whole: true });
}, 180_000);

interface AuditLine {
  id: string;
  type: string;
  data: { account?: string };
}
