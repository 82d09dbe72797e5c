import { defineProblems } from '../core/index.ts';

/** What outbound can say. Both carry `reason` in their extensions. */
export const outboundProblems = defineProblems({
  'outbound-refused': {
    status: 502,
    title: { zh: '目标地址不被允许', en: 'Address not allowed' },
    text: {
      zh: '该地址不允许访问：须为公网 https 地址，或由管理员列入 TONGXING_OUTBOUND_ALLOW。',
      en: 'This address may not be called: use a public https address, or have the operator list its host:port in TONGXING_OUTBOUND_ALLOW.',
    },
    meaning:
      'The guard of outgoing requests stopped one. `reason` is scheme, credentials, plain-http (not on the allow-list), method, or special-use-address (loopback, private or otherwise not public, after resolving the name, on any hop).',
  },
  'outbound-failed': {
    status: 502,
    title: { zh: '对方系统无应答', en: 'The other system did not answer' },
    text: {
      zh: '对方系统暂时没有正常应答，请稍后重试。',
      en: 'The other system did not answer as it should. Try again later.',
    },
    meaning:
      'An outgoing request got no usable answer. `reason` is timeout, unreachable (name, connection or TLS), too-large, redirected where no redirect was expected, or aborted by us.',
  },
});
