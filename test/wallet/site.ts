import { freePort } from '../../scripts/demo/processes.ts';
import { Problem, systemRandom } from '../../src/core/index.ts';
import { createHttp, type PersonCaller } from '../../src/http/index.ts';
import { createLogger, createMetrics } from '../../src/telemetry/index.ts';
import { createMemoryCounter } from '../support/http-room.ts';
import { createVisitor, type Visitor } from '../support/relying-party.ts';
import { authorityCode, type WalletHouse } from './kit.ts';

/** The pages of a wallet on a port, for browsers that say in a cookie who they are. */
export interface WalletSite {
  issuer: string;
  log: string[];
  /** A browser without JavaScript in which this person is logged in. */
  person(accountId: string, options?: { level?: 2 | 3; actingFor?: PersonCaller['actingFor'] }): Visitor;
  /** A browser of an issuing clerk. */
  clerk(authority?: string): Visitor;
  /** The cookie of such a browser. */
  cookieOf(who: Record<string, unknown>): { name: string; value: string };
  close(): Promise<void>;
}

const name = 'test_caller';

/** Puts the pages on a port. */
export async function openWalletSite(house: WalletHouse): Promise<WalletSite> {
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const log: string[] = [];
  const readCaller = (header: string | undefined): Record<string, unknown> | undefined => {
    const value = new RegExp(`${name}=([^;]+)`).exec(header ?? '')?.[1];
    return value ? JSON.parse(Buffer.from(value, 'base64url').toString()) : undefined;
  };
  const http = createHttp({
    ...{ issuer, trustProxy: [], province: { zh: '贵州省', en: 'Guizhou Province' }, demo: true },
    viewsFolder: 'views',
    csrfKey: Buffer.alloc(32, 7),
    logger: createLogger({ level: 'info', destination: { write: (line) => void log.push(line) } }),
    metrics: createMetrics({ processMetrics: false }),
    clock: house.clock,
    random: systemRandom,
    rateCounter: createMemoryCounter(),
    authenticators: {
      bearer: async () => new Problem('token-invalid'),
      async person(ctx, { level }) {
        const caller = readCaller(ctx.get('Cookie'));
        if (caller?.kind !== 'person' || Number(caller.level) < level)
          return { redirect: `/login?level=${level}` };
        return caller as unknown as PersonCaller;
      },
      async staff(ctx, { roles }) {
        const caller = readCaller(ctx.get('Cookie'));
        if (caller?.kind !== 'staff') throw new Problem('staff-only');
        const duties = [{ role: 'issuing-clerk' as const, authorityCode: String(caller.authority) }];
        const mine = duties.filter(({ role }) => roles.includes(role));
        if (mine.length === 0) throw new Problem('staff-only');
        return { kind: 'staff', accountId: 'clerk-1', sessionId: 's', duties: mine, authTime: 0 };
      },
    },
  });
  http.mount(house.wallet.routes);
  const listener = await http.listen({ host: '127.0.0.1', port });
  const cookieOf = (who: Record<string, unknown>) => ({
    name,
    value: Buffer.from(JSON.stringify(who)).toString('base64url'),
  });
  const browser = (who: Record<string, unknown>) => {
    const visitor = createVisitor(issuer);
    visitor.setCookie(`${name}=${cookieOf(who).value}; Path=/`);
    return visitor;
  };
  return {
    ...{ issuer, log, cookieOf },
    person: (accountId, { level = 2, actingFor } = {}) =>
      browser({ kind: 'person', accountId, sessionId: 's', level, amr: ['pwd'], authTime: 0, actingFor }),
    clerk: (authority = authorityCode) => browser({ kind: 'staff', authority }),
    close: () => listener.close({ graceMs: 500 }),
  };
}
