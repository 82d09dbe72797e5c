import ipaddr from 'ipaddr.js';

/** One address of a host, as the system's resolver gives it. */
export interface ResolvedAddress {
  address: string;
  family: 4 | 6;
}

/** Host and port pairs that may be reached whatever their address, and by plain http. */
export type AllowList = ReadonlySet<string>;

/** Why a request does not leave; the text of outbound-refused. */
export type Refusal = 'scheme' | 'credentials' | 'plain-http' | 'special-use-address';

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** `host:port` of a URL in the one spelling that the allow-list uses: lower case, IPv6 in brackets, port always there. */
function hostPortOf(url: URL): string {
  return `${url.hostname}:${url.port || defaultPorts[url.protocol]}`;
}

/**
 * Reads the entries of the allow-list. Hosts go through the URL parser, so that an entry is spelt as requests will be.
 * @throws {Error} for an entry that is not host:port
 */
export function parseAllowList(entries: readonly string[]): AllowList {
  return new Set(
    entries.map((entry) => {
      const port = /:(\d{1,5})$/.exec(entry)?.[1];
      if (!port || !URL.canParse(`http://${entry}`)) throw new Error(`${entry} is not host:port`);
      return `${new URL(`http://${entry}`).hostname}:${Number(port)}`;
    }),
  );
}

/** Everything of a URL that can be judged without asking a resolver. Undefined when nothing speaks against it. */
export function refuseUrl(url: URL, allow: AllowList): Refusal | undefined {
  if (!(url.protocol in defaultPorts)) return 'scheme';
  // Credentials in a URL end up in logs, and `https://trusted.example@evil.example` deceives readers.
  if (url.username || url.password) return 'credentials';
  if (url.protocol === 'http:' && !allow.has(hostPortOf(url))) return 'plain-http';
  return undefined;
}

const globalUnicast: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/**
 * True for an address of the public internet. Everything else is refused: loopback, private, link-local, shared (CGNAT),
 * multicast, broadcast, documentation, benchmarking and reserved ranges, unique local, and every IPv6 form that carries an
 * IPv4 address inside (mapped, compatible, translated, NAT64, 6to4, Teredo), because it may lead to any of the others.
 * @see RFC 6890 2.2.2 and 2.2.3
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  // ::/96 (IPv4-compatible) and all that is not yet assigned count as unicast to the library.
  return parsed.kind() === 'ipv4' || (parsed as ipaddr.IPv6).match(globalUnicast);
}

/** The address that a URL's host already is, in whatever notation it was written: WHATWG parsing has made it canonical. */
export function literalAddress(hostname: string): ResolvedAddress | undefined {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  if (!ipaddr.isValid(bare)) return undefined;
  return { address: bare, family: bare.includes(':') ? 6 : 4 };
}
