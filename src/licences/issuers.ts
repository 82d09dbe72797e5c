import { type Clock, readAll } from '../core/index.ts';
import type { Authorities, Authority } from '../identity/index.ts';

/** The register of authorities as this room asks it: lists are remembered for seconds. */
export interface Issuers {
  find(code: string): Promise<Authority | undefined>;
  /** Codes of the authorities that issue a type, closed ones too: what they issued lives on. */
  issuing(typeCode: string): Promise<readonly string[]>;
  /** Every authority, for pages that offer a choice. */
  all(): Promise<readonly Authority[]>;
}

/** How long a change of the register may go unseen here. */
const cacheMs = 5_000;

/** Makes the view of the register. */
export function createIssuers({
  authorities,
  clock,
}: {
  authorities: Pick<Authorities, 'find' | 'list'>;
  clock: Clock;
}): Issuers {
  let known: { until: number; all: readonly Authority[] } | undefined;

  async function read(): Promise<readonly Authority[]> {
    if (known && known.until > clock.now()) return known.all;
    const all = await readAll((from) => authorities.list({ limit: 500, ...from }));
    known = { until: clock.now() + cacheMs, all };
    return all;
  }

  return {
    find: authorities.find,
    async issuing(typeCode) {
      const codes = (await read()).filter(({ issues }) => issues.includes(typeCode)).map(({ code }) => code);
      // Nobody issues it: perhaps since a moment ago somebody does.
      if (codes.length === 0) known = undefined;
      return codes;
    },
    all: read,
  };
}
