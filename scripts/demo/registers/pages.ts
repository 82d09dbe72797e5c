import { personas } from '../personas.ts';
import type { Simulation } from './control.ts';
import { type Mode, modes, type Target, targets } from './faults.ts';
import type { InboxMessage } from './inbox.ts';

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => entities[character] ?? '');

const targetNames: Record<Target, string> = {
  police: '公安人口库 · Police population',
  business: '市场主体登记 · Business register',
  'social-security': '社会保障 · Social security',
  telecom: '电信运营商 · Telecom operators',
  sms: '短信网关 · SMS gateway',
  tsa: '时间戳服务 · Time-stamping authority',
};

const modeNames: Record<Mode, string> = {
  normal: '正常 · normal',
  error: '报错 500 · error 500',
  'no-answer': '断开不答 · no answer',
  malformed: '乱答 · malformed',
};

function page(title: string, main: string, refreshSeconds?: number): string {
  return `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${refreshSeconds ? `<meta http-equiv="refresh" content="${refreshSeconds}">` : ''}
<title>${title}</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header>
<strong>演示模拟器 · Simulators</strong>
<nav aria-label="页面 · pages"><a href="/inbox">短信 · Messages</a><a href="/control">登记库 · Registers</a></nav>
</header>
<main>
${main}
</main>
<footer>仅用于演示，数据均为虚构，关闭即清空。For demonstration only: nothing here is real, and all is gone when it stops.</footer>
</body>
</html>
`;
}

const time = new Intl.DateTimeFormat('zh-CN', { dateStyle: 'short', timeStyle: 'medium', hour12: false });

/** The text with its code of six digits made easy to find, and its address to be followed as on a phone. */
const withCode = (text: string): string =>
  escaped(text)
    .replace(/^[^:]*?(?<!\d)\d{6}(?!\d)/, (start) => start.replace(/\d{6}$/, '<mark>$&</mark>'))
    .replace(/https?:\/\/[\w.:/-]*[\w/-]/, '<a href="$&">$&</a>');

function messageItem({ phoneNumber, text, at }: InboxMessage): string {
  const phone = phoneNumber.replace(/^\+86(\d{3})(\d{4})(\d{4})$/, '$1 $2 $3');
  const owner = personas.find(({ identifiers }) => `+86${identifiers.phone}` === phoneNumber);
  return `<li>
<div class="from"><strong>${escaped(phone)}${owner ? ` ${owner.name}` : ''}</strong>
<time class="quiet" datetime="${new Date(at).toISOString()}">${time.format(at)}</time></div>
<p>${withCode(text)}</p>
</li>`;
}

/** The phones' messages, newest first, of all or of one phone. */
export function inboxPage(messages: readonly InboxMessage[], phone: string, follows: boolean): string {
  const query = phone ? `phone=${encodeURIComponent(phone)}&amp;` : '';
  const list = messages.length
    ? `<ol class="messages">\n${messages.slice(0, 100).map(messageItem).join('\n')}\n</ol>`
    : `<p class="card">还没有短信。发送验证码后，短信会出现在这里。<br>No messages yet. A code that the service sends will appear here.</p>`;
  return page(
    '短信收件箱 · SMS inbox',
    `<h1>短信收件箱 · SMS inbox</h1>
<p class="quiet">所有演示手机收到的短信，最新的在最上面。What the phones of the demo received, newest first.</p>
<form method="get" action="/inbox">
<label>手机号 · phone <input name="phone" inputmode="tel" value="${escaped(phone)}" list="phones" autocomplete="off"></label>
<datalist id="phones">${personas.map(({ identifiers, name }) => `<option value="${identifiers.phone}">${name}</option>`).join('')}</datalist>
<button>筛选 · filter</button>
</form>
<p>${
      follows
        ? `每 5 秒自动刷新 · refreshing every 5 s. <a href="/inbox?${query}">停止 · stop</a>`
        : `<a href="/inbox?${query}follow=on">每 5 秒自动刷新 · refresh every 5 s</a>`
    }</p>
${list}`,
    follows ? 5 : undefined,
  );
}

function faultForm(target: Target, { faults }: Simulation): string {
  const { mode, delayMs } = faults[target];
  const isFine = mode === 'normal' && delayMs === 0;
  const state = isFine ? '<span class="good">● 正常</span>' : '<span class="bad">▲ 受扰 · disturbed</span>';
  const options = modes.map(
    (one) => `<option value="${one}"${one === mode ? ' selected' : ''}>${modeNames[one]}</option>`,
  );
  return `<section class="card" aria-labelledby="t-${target}">
<h2 id="t-${target}">${targetNames[target]} ${state}</h2>
<form method="post" action="/control">
<input type="hidden" name="register" value="${target}">
<label>表现 · behaviour <select name="mode">${options.join('')}</select></label>
<label>延迟毫秒 · delay ms <input name="delay_ms" type="number" min="0" max="60000" value="${delayMs}"></label>
<button>应用 · apply</button>
</form>
</section>`;
}

/** The registers with a form to disturb each, and who is in them. */
export function controlPage(simulation: Simulation): string {
  const rows = [...simulation.facts.people.values()].map(
    ({ idNumber, name, isDeceased, isUnderRevision }) =>
      `<tr><td>${escaped(name)}${isDeceased ? ' <span class="bad">已故 · deceased</span>' : ''}${isUnderRevision ? ' <span class="bad">维护中 · under revision</span>' : ''}</td><td>${escaped(idNumber)}</td><td>${escaped(simulation.facts.cards.get(idNumber) ?? '')}</td></tr>`,
  );
  return page(
    '登记库 · Registers',
    `<h1>登记库 · Registers</h1>
<p class="quiet">可让任一登记库变慢、报错、不答或乱答，观察系统如何应对。Make any of them slow, failing or wrong, and see what the service does.</p>
${targets.map((target) => faultForm(target, simulation)).join('\n')}
<form method="post" action="/control/reset"><button>全部恢复，清空短信 · reset everything, empty the inbox</button></form>
<h2 id="people">公安库中的人 · People in the police register</h2>
<div class="scroll" role="region" aria-labelledby="people" tabindex="0"><table>
<thead><tr><th scope="col">姓名 · name</th><th scope="col">证件号码 · ID number</th><th scope="col">社保卡号 · card</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>`,
  );
}
