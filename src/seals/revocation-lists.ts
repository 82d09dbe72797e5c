import { type Clock, sha256Hex } from '../core/index.ts';
import type { Outbound } from '../outbound/index.ts';
import type { Store } from '../storage/index.ts';
import type { Logger } from '../telemetry/index.ts';
import { children, Malformed, readTime, readWhole } from './der.ts';
import { crlCollection } from './store.ts';

/** Lists of revoked certificates beneath the anchors, as fresh as they can be had. */
export interface RevocationLists {
  /** What there is, DER. A list that is past its time proves nothing; the validator sees to that. */
  current(): Promise<readonly Buffer[]>;
}

export interface RevocationListsDependencies {
  store: Store;
  outbound: Outbound;
  clock: Clock;
  logger: Pick<Logger, 'warn'>;
  /**
   * Where the lists are, from the configuration. Addresses within certificates are never asked: a stranger's file must not
   * choose where this service goes.
   */
  urls: readonly string[];
}

interface Held {
  der: Buffer;
  fetchedAt: number;
  thisUpdate: number;
  nextUpdate: number;
}

/** A list or an answer is asked for again after so long, although it would be valid longer. */
export const refreshMs = 10 * 60_000;
/** After a failure nobody waits for another try within this time. */
export const retryMs = 30_000;
const greatestListBytes = 8 * 1024 * 1024;

/** Makes the cache: in memory, then in the store (which other processes and the next start read), then the network. */
export function createRevocationLists(deps: RevocationListsDependencies): RevocationLists {
  const { clock, urls } = deps;
  const kept = deps.store.collection(crlCollection);
  const held = new Map<string, Held>();
  const triedAt = new Map<string, number>();
  const running = new Map<string, Promise<void>>();

  async function readKept(url: string): Promise<void> {
    const value = (await kept.get(sha256Hex(url)))?.value;
    if (value) held.set(url, { ...value, der: Buffer.from(value.der, 'base64') });
  }

  async function fetchList(url: string): Promise<void> {
    triedAt.set(url, clock.now());
    try {
      const answer = await deps.outbound.request(url, {
        kind: 'revocation-list',
        maxBytes: greatestListBytes,
      });
      if (answer.status !== 200)
        throw new Error(`the list of revoked certificates answered ${answer.status}`);
      const times = timesOf(answer.body);
      const before = held.get(url);
      // An older list than the one we have would take revocations back.
      if (before && times.thisUpdate < before.thisUpdate) throw new Error('an older list was sent');
      const list = { der: answer.body, fetchedAt: clock.now(), ...times };
      held.set(url, list);
      await kept.put({ ...list, key: sha256Hex(url), der: list.der.toString('base64') });
    } catch (err) {
      deps.logger.warn(
        { err, url },
        'a list of revoked certificates could not be fetched; the last one counts',
      );
    }
  }

  function refresh(url: string): Promise<void> {
    const work = running.get(url) ?? fetchList(url).finally(() => running.delete(url));
    running.set(url, work);
    return work;
  }

  async function bring(url: string): Promise<void> {
    if (!held.has(url)) await readKept(url);
    const now = clock.now();
    const list = held.get(url);
    const isOld = !list || now - list.fetchedAt > refreshMs;
    if (!isOld || now - (triedAt.get(url) ?? Number.NEGATIVE_INFINITY) < retryMs) return;
    const work = refresh(url);
    if (!list || list.nextUpdate < now) await work;
  }

  return {
    async current() {
      await Promise.all(urls.map(bring));
      return urls.flatMap((url) => held.get(url)?.der ?? []);
    },
  };
}

/** @see RFC 5280 5.1.2 */
function timesOf(der: Buffer): { thisUpdate: number; nextUpdate: number } {
  const fields = children(children(readWhole(der, 0x30))[0], 0x30);
  if (fields[0]?.tag === 0x02) fields.shift();
  const [, , thisUpdate, nextUpdate] = fields;
  if (nextUpdate?.tag !== 0x17 && nextUpdate?.tag !== 0x18) throw new Malformed('a list without an end');
  return { thisUpdate: readTime(thisUpdate), nextUpdate: readTime(nextUpdate) };
}
