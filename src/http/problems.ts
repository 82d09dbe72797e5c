import { defineProblems } from '../core/index.ts';

/** What the guard of every route answers with. */
export const httpProblems = defineProblems({
  'malformed-request': {
    status: 400,
    title: { zh: '请求格式不正确', en: 'Malformed request' },
    text: {
      zh: '提交的内容格式不正确，请返回上一页重新操作。',
      en: 'The request cannot be read. Check its syntax and send it again.',
    },
    meaning:
      'The body is not valid JSON or not a valid form, a parameter appears twice, a member has a forbidden name, or the nesting is too deep.',
    oauth: 'invalid_request',
  },
  'token-missing': {
    status: 401,
    title: { zh: '缺少访问令牌', en: 'Access token missing' },
    text: {
      zh: '请在 Authorization 头中携带访问令牌。',
      en: 'Send an access token for this API in the Authorization header.',
    },
    meaning: 'The route needs an access token and the request carried none.',
  },
  'token-invalid': {
    status: 401,
    title: { zh: '访问令牌无效', en: 'Access token not valid' },
    text: {
      zh: '访问令牌无效或已过期，请重新获取。',
      en: 'The access token is expired, revoked, or not meant for this API. Get a new one.',
    },
    meaning:
      'The access token has a wrong signature, type, issuer or audience, is expired, or its grant was withdrawn.',
    oauth: 'invalid_token',
  },
  'scope-missing': {
    status: 403,
    title: { zh: '访问令牌权限不足', en: 'Scope missing' },
    text: {
      zh: '访问令牌缺少所需的权限范围，请申请该权限后重试。',
      en: 'The access token lacks the scope that this route needs. Ask for a token with it.',
    },
    meaning: 'The access token is valid, but was not issued with the scope that `scope` names.',
    oauth: 'insufficient_scope',
  },
  'login-required': {
    status: 401,
    title: { zh: '请先登录', en: 'Log in first' },
    text: {
      zh: '您的登录已失效，请重新登录后继续。',
      en: 'Your login has ended or does not reach the level needed. Log in again to go on.',
    },
    meaning:
      'The route needs a person in a portal session, or a fresher or higher one than this. `login` is where to go.',
  },
  'staff-only': {
    status: 403,
    title: { zh: '当前账号不能办理', en: 'Not with this account' },
    text: {
      zh: '这项工作由具有相应职责的工作人员办理，当前登录的账号没有这一职责。您是工作人员的，请联系所在单位的安全管理员开通职责；另有工作人员账号的，请退出登录后用该账号的通行密钥登录。',
      en: 'This is the work of members of staff with a duty for it, and the account that you are logged in with has none. If you are a member of staff, ask the security administrator of your authority for the duty; if you have another account that holds it, log out and log in with the passkey of that one.',
    },
    meaning:
      'The session belongs to somebody who is no member of staff, or who holds none of the roles of the route, or who would change their own account of staff.',
  },
  'csrf-failed': {
    status: 403,
    title: { zh: '页面已失效', en: 'This page is no longer valid' },
    text: {
      zh: '为保护您的账号，这次提交没有执行。可能是页面打开时间过长，或浏览器禁用了 Cookie。请返回后重新提交。',
      en: 'To protect your account, nothing was done. The page may have been open for too long, or cookies may be switched off. Go back and submit it again.',
    },
    meaning:
      'A form came without the token of this browser, or from another origin. Nothing was done with its content.',
  },
  'method-not-allowed': {
    status: 405,
    title: { zh: '不支持该请求方法', en: 'Method not allowed' },
    text: {
      zh: '该地址不支持这种操作，请返回上一页重新操作。',
      en: 'This address exists but not for this method. `Allow` lists the methods that it has.',
    },
    meaning: 'The path is known, the method is not. The Allow header lists those that are.',
  },
  'content-too-large': {
    status: 413,
    title: { zh: '提交的内容过大', en: 'Content too large' },
    text: {
      zh: '提交的内容超过大小限制，请缩减后重新提交。',
      en: 'The body is larger than this route accepts. Send less.',
    },
    meaning: 'The body exceeds the limit of the route, which the API description states.',
  },
  'unsupported-media-type': {
    status: 415,
    title: { zh: '不支持的内容类型', en: 'Unsupported media type' },
    text: {
      zh: '不支持这种内容类型，请按接口说明提交。',
      en: 'Send application/json to the API and application/x-www-form-urlencoded from forms, without content encoding.',
    },
    meaning: 'The Content-Type or Content-Encoding is not one that the route reads.',
  },
  'uploads-busy': {
    status: 503,
    title: { zh: '正在处理的文件过多', en: 'Too many files at once' },
    text: {
      zh: '正在处理的文件过多，请稍后再试。',
      en: 'Too many files are being read at the moment. Please send it again in a few seconds.',
    },
    meaning:
      'This process already holds as many uploaded files in memory as it may. Retry-After says when to send it again.',
  },
  'rate-limited': {
    status: 429,
    title: { zh: '操作过于频繁', en: 'Too many requests' },
    text: {
      zh: '操作过于频繁，请过几分钟再试。',
      en: 'This was asked for too often in a short time. Please try again in a few minutes.',
    },
    meaning: 'The limit of the route for this caller or address is used up until Retry-After has passed.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: { zh: '幂等键已用于其他请求', en: 'Idempotency key already used' },
    text: {
      zh: '该 Idempotency-Key 已用于内容不同的请求，请为新的请求生成新的键。',
      en: 'This Idempotency-Key was used for another request within the last 24 hours. Make a new key for a new request.',
    },
    meaning: 'The same key came with another body, path or method. Nothing was done.',
  },
  'request-running': {
    status: 409,
    title: { zh: '相同请求正在处理', en: 'The same request is still running' },
    text: {
      zh: '相同的请求正在处理，请按 Retry-After 的时间稍后重试。',
      en: 'The same request is still being worked on. Wait for the time in Retry-After and send it again.',
    },
    meaning:
      'A request with this Idempotency-Key was begun and has not been answered. If the process died over it, a repeat finishes it some seconds later.',
  },
  'insecure-transport': {
    status: 403,
    title: { zh: '连接不安全', en: 'Insecure connection' },
    text: {
      zh: '请使用 https 访问本服务。',
      en: 'Use https. Operators: list the TLS proxy in TONGXING_TRUST_PROXY and let it send X-Forwarded-Proto.',
    },
    meaning:
      'The issuer is https, but the request came in without TLS as far as this process can tell. Usually TONGXING_TRUST_PROXY does not list the proxy.',
  },
  'not-ready': {
    status: 503,
    title: { zh: '服务尚未就绪', en: 'Not ready' },
    text: {
      zh: '服务暂时不可用，请稍后重试。',
      en: 'The service cannot do its work at the moment. `checks` says which part is missing.',
    },
    meaning: 'Answer of /readyz when something that the service needs does not work, or while it shuts down.',
  },
  'address-in-use': {
    status: 500,
    title: { zh: '端口已被占用', en: 'Port in use' },
    text: {
      zh: '监听端口已被占用，请停止占用它的程序或更换端口。',
      en: 'Something else listens on this port. Stop it, or choose another port.',
    },
    meaning: 'The start found its port taken, usually by another instance of the service.',
  },
});
