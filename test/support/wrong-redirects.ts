/** Addresses that are not `https://site.example/callback`, the one registered, each with what is wrong with it. */
export const wrongRedirects: [string, string][] = [
  ['a suffix', 'https://site.example/callback/extra'],
  ['another query', 'https://site.example/callback?next=https://evil.example'],
  ['a fragment', 'https://site.example/callback#x'],
  ['a user before the host', 'https://evil@site.example/callback'],
  ['the host as a user', 'https://site.example@evil.example/callback'],
  ['another port', 'https://site.example:8443/callback'],
  ['the port written out', 'https://site.example:443/callback'],
  ['another case', 'https://site.example/Callback'],
  ['another case of the host', 'https://SITE.example/callback'],
  ['a way round', 'https://site.example/x/../callback'],
  ['an encoded way round', 'https://site.example/x/%2e%2e/callback'],
  ['a backslash', 'https://evil.example\\@site.example/callback'],
  ['another scheme', 'http://site.example/callback'],
  ['a script', 'javascript:alert(1)//https://site.example/callback'],
  ['a host that begins alike', 'https://site.example.evil.example/callback'],
  ['nothing', ''],
];
