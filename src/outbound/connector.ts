import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { buildConnector } from 'undici';
import { Problem } from '../core/index.ts';
import { type AllowList, isPublicAddress, literalAddress, type ResolvedAddress } from './address-guard.ts';

/** Names to addresses; all of them, in the order to try. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** A connection to make: only to one of `addresses`, which have passed the guard. */
export interface DialTarget extends buildConnector.Options {
  addresses: readonly ResolvedAddress[];
}

/** Opens a socket to one of the target's addresses, with TLS for https. */
export type Dial = (target: DialTarget, callback: buildConnector.Callback) => void;

const connectTimeoutMs = 3_000;

/** The system's resolver (hosts file and DNS). */
export const systemResolve: Resolve = async (hostname) => {
  const found = await lookup(hostname, { all: true });
  return found.map(({ address }) => ({ address, family: isIP(address) === 6 ? 6 : 4 }));
};

/** TCP and TLS by the runtime. The name stays the TLS server name; the address is the one that was checked. */
export const systemDial: Dial = ({ addresses, ...target }, callback) => {
  const connect = buildConnector({
    timeout: connectTimeoutMs,
    allowH2: false,
    // Answers from the checked addresses: nothing is resolved between check and use.
    lookup: (_hostname, options, done) => {
      const [first] = addresses;
      if (options.all) return done(null, [...addresses]);
      return first
        ? done(null, first.address, first.family)
        : done(new Error(`${target.hostname} has no address`), '', 4);
    },
  });
  connect(target, callback);
};

/**
 * The guard at the only place where connections are made, so that no caller, redirect or retry can get round it. A
 * connection that is kept alive leads where it was checked to lead.
 */
export function guardedConnector(
  allow: AllowList,
  resolve: Resolve,
  dial: Dial,
): (target: buildConnector.Options, callback: buildConnector.Callback) => void {
  async function checkedAddresses(target: buildConnector.Options): Promise<readonly ResolvedAddress[]> {
    const port = target.port || (target.protocol === 'https:' ? '443' : '80');
    const literal = literalAddress(target.hostname);
    const addresses = literal ? [literal] : await resolve(target.hostname);
    const spelt = literal?.family === 6 ? `[${literal.address}]` : target.hostname;
    if (allow.has(`${spelt}:${port}`)) return addresses;
    // One private address among public ones is an attack or a mistake; trying the others would hide it.
    if (target.protocol !== 'https:' || !addresses.every(({ address }) => isPublicAddress(address))) {
      throw new Problem('outbound-refused', { extensions: { reason: 'special-use-address' } });
    }
    return addresses;
  }

  return (target, callback) => {
    checkedAddresses(target).then(
      (addresses) => dial({ ...target, addresses }, callback),
      (error: Error) => callback(error, null),
    );
  };
}
