import { defineProblems } from '../core/index.ts';

/** What only the login protocol can say. OAuth endpoints answer with OAuth bodies; these are for our pages and commands. */
export const ssoProblems = defineProblems({
  'interaction-expired': {
    status: 400,
    title: { zh: '登录已超时', en: 'This login has expired' },
    text: {
      zh: '这次登录已超时，或不是在当前浏览器中发起的。请回到您要使用的网站，重新点击登录。',
      en: 'This login took too long, or was started in another browser. Go back to the site you came from and log in again.',
    },
    meaning:
      'The interaction named in the address is unknown, finished or expired, or its cookie is not that of this browser. Nothing was done.',
  },
  'client-metadata-invalid': {
    status: 422,
    title: { zh: '站点登记信息有误', en: 'Client metadata not valid' },
    text: {
      zh: '站点登记信息有误，请按提示修改后重新提交。',
      en: 'The registration was refused. Correct what `detail` names and send it again.',
    },
    meaning:
      'A client registration breaks a rule of OpenID Connect Dynamic Client Registration 1.0 or of this service. `errors` locates the member.',
    oauth: 'invalid_client_metadata',
  },
});
