import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4 } from 'node:net';

/** Tells the caller's address and whether the next hop is one of our own proxies. */
export interface AddressReader {
  /**
   * Resolves the caller's address and rewrites the forwarding headers to what may be believed, so that whoever reads them
   * later (Koa, oidc-provider) reads the truth.
   */
  read(req: IncomingMessage): { address: string; viaProxy: boolean };
}

/** IPv4-mapped IPv6 as plain IPv4, so that one machine has one name. */
const plain = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address);

function trustList(entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (!isIP(address)) throw new Error(`${entry} is not an address or range`);
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  // Proxies are few and ask all day; the list makes objects of an address each time that it is asked.
  const answers = new Map<string, boolean>();
  return (address) => {
    let answer = answers.get(address);
    if (answer === undefined) {
      answer = list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
      if (answers.size >= 1000) answers.clear();
      answers.set(address, answer);
    }
    return answer;
  };
}

/**
 * Makes the reader. X-Forwarded-For is walked from the right, past our own proxies only: whatever stands left of the first
 * stranger was written by the stranger.
 */
export function createAddressReader(trustProxy: readonly string[]): AddressReader {
  if (trustProxy.length === 0) {
    return { read: (req) => ({ address: plain(req.socket.remoteAddress ?? ''), viaProxy: false }) };
  }
  const isTrusted = trustList(trustProxy);
  return {
    read(req) {
      let address = plain(req.socket.remoteAddress ?? '');
      const viaProxy = isIP(address) !== 0 && isTrusted(address);
      if (!viaProxy) {
        for (const name of ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host']) {
          if (req.headers[name] !== undefined) delete req.headers[name];
        }
        return { address, viaProxy };
      }
      const hops = String(req.headers['x-forwarded-for'] ?? '')
        .split(',')
        .map((hop) => plain(hop.trim()));
      while (hops.length > 0 && isTrusted(address)) {
        const hop = hops.pop() ?? '';
        if (isIP(hop) === 0) break;
        address = hop;
      }
      req.headers['x-forwarded-for'] = address;
      delete req.headers['x-forwarded-host'];
      return { address, viaProxy };
    },
  };
}

/** The part of an address that limits are counted by: an IPv6 household owns a whole /64. */
export function limitAddress(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.split('::');
  const left = head.split(':').filter(Boolean);
  const right = address.includes('::') ? tail.split(':').filter(Boolean) : [];
  const groups = [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
