import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { RateCounter } from '../../src/core/index.ts';
import { Problem, systemRandom } from '../../src/core/index.ts';
import type { Http, HttpDeps, Route } from '../../src/http/index.ts';
import { api, createHttp, faultText, page, parseForm } from '../../src/http/index.ts';
import { createLogger, createMetrics, type Metrics } from '../../src/telemetry/index.ts';

/** A clock that stands until it is moved. */
export const testClock = { at: Date.parse('2026-11-22T06:02:07Z'), now: () => testClock.at };

/** Counts in memory, by the real rules of a fixed window. */
export function createMemoryCounter(): RateCounter & { keys: () => string[] } {
  const counts = new Map<string, { used: number; resetAt: number }>();
  const read = (key: string, windowSeconds: number) => {
    const found = counts.get(key);
    if (found && found.resetAt > testClock.now()) return found;
    return { used: 0, resetAt: testClock.now() + windowSeconds * 1000 };
  };
  return {
    keys: () => [...counts.keys()],
    async take(key, { max, windowSeconds }) {
      const count = read(key, windowSeconds);
      count.used += 1;
      counts.set(key, count);
      return { allowed: count.used <= max, remaining: Math.max(0, max - count.used), resetAt: count.resetAt };
    },
    async peek(key, { max, windowSeconds }) {
      const { used, resetAt } = read(key, windowSeconds);
      return { allowed: used < max, remaining: Math.max(0, max - used), resetAt };
    },
  };
}

const Parcel = z.strictObject({
  label: z
    .string()
    .min(2)
    .max(20)
    .meta({ description: 'What is written on it', examples: ['books'] }),
  weight_grams: z.int().positive().optional(),
});
const StoredParcel = z
  .strictObject({ id: z.string(), label: z.string() })
  .meta({ id: 'StoredParcel', description: 'A parcel as it is kept.' });

const nameForm = z.object({ name: z.string().min(2, faultText('至少两个字', 'At least two characters')) });

/** The sample page: a form with a field, a hint and all the parts that pages are put together from. */
const samplePage = `<% layout('/layout', { title: 'Sample', wide: it.wide, nav: it.nav }) %>
<%~ include('/partials/site-card', { card: { name: '省医疗保障服务平台', text: '请您登录后继续「异地就医备案」' } }) %>
<div class="panel">
<%~ include('/partials/tabs', { tabs: { label: '登录方式', items: [{ href: '#a', label: '个人', current: true }, { href: '#b', label: '单位' }, { href: '#c', label: '手机扫码' }] } }) %>
<h1>登录</h1>
<%~ include('/partials/error-summary') %>
<form method="post" action="/sample">
<%~ include('/partials/csrf') %>
<p class="buttons"><button class="button" type="submit">使用通行密钥登录</button></p>
<p class="muted">指纹、面容或设备锁屏密码，最快也最安全</p>
<p class="or"><%= it.t('common.or') %></p>
<%~ include('/partials/field', { field: { name: 'name', label: '手机号或身份证号', hint: '只用于核对身份', value: it.name, autocomplete: 'username' } }) %>
<%~ include('/partials/field', { field: { name: 'code', label: '验证码', className: 'code-input', inputmode: 'numeric', maxlength: 6 } }) %>
<fieldset class="choices"><legend>范围</legend><label><input type="checkbox" name="a" value="1" checked> 姓名（王*明）</label><label><input type="checkbox" name="b" value="1"> 手机号（138****1899）</label></fieldset>
<div class="buttons"><button id="submit" type="submit">登录</button><a class="button button-plain" href="#sms">改用短信验证码</a></div>
</form>
<p class="links"><a href="#r">没有账号？实名注册</a><a href="#f">忘记密码或换了手机</a></p>
</div>
<%~ include('/partials/steps', { steps: { label: '步骤', current: 2, items: ['身份', '手机', '登录方式'] } }) %>
<%~ include('/partials/verdict', { verdict: { state: 'valid', title: '有效', text: '营业执照在今天 14:02 有效。', heading: 'h2' } }) %>
<%~ include('/partials/verdict', { verdict: { state: 'refused', title: '无效', text: '已被吊销。', heading: 'h2' } }) %>
<%~ include('/partials/verdict', { verdict: { state: 'doubt', title: '暂时无法判断', text: '请 10 分钟后再试。', heading: 'h2' } }) %>
<div class="panel"><h2>资料</h2>
<dl class="facts"><div><dt>身份证号</dt><dd class="number">52 **** **** 0014</dd></div><div><dt>等级</dt><dd><span class="badge badge-valid">✓ 二级</span> <span class="badge badge-doubt">! 16 天后到期</span> <span class="badge badge-refused">✗ 已停用</span></dd></div></dl>
<ul class="list"><li><span>省办事大厅<br><span class="muted"><%= it.date('2026-11-22') %> · <%= it.dateTime(1795240927000) %></span></span><button class="button-plain button-small" type="submit">结束</button></li><li><span>医保</span><button class="button-danger button-small" type="submit">停用账号</button></li></ul>
<p class="notice">提示：您的信息已保存。</p><p class="notice notice-doubt">登记系统暂时无法访问。</p>
<p class="empty">还没有授权的网站。您同意后会显示在这里。</p></div>
`;

/** The route tables of the test room. */
const testRoutes: Route[] = [
  page({
    method: 'GET',
    path: '/sample',
    access: { anyone: 'a test' },
    summary: 'The form',
    query: z.object({ wide: z.string().optional(), nav: z.string().optional(), ui: z.string().optional() }),
    handle: async ({ query, suggestLocales }) => {
      if (query.ui) suggestLocales(query.ui.split(' '));
      return {
        view: 'sample',
        data: {
          wide: query.wide === '1',
          nav:
            query.nav === '1'
              ? [
                  { href: '#x', label: '证照', current: true },
                  { href: '#y', label: '账号' },
                ]
              : [],
        },
        formAction: ['https://site.example'],
      };
    },
  }),
  page({
    method: 'POST',
    path: '/sample',
    access: { anyone: 'a test' },
    summary: 'The form, sent',
    bodyLimitBytes: 2048,
    handle: async ({ body }) => {
      const form = parseForm(nameForm, body);
      if (form.ok) return { redirect: '/done' };
      return { view: 'sample', status: 422, data: { faults: form.faults, name: body.name } };
    },
  }),
  page({
    method: 'GET',
    path: '/mine',
    access: { person: { level: 2, freshSeconds: 300 } },
    summary: 'A page of a person',
    handle: async ({ caller }) => ({
      file: Buffer.from(JSON.stringify(caller)),
      type: 'application/json',
      name: '我.json',
    }),
  }),
  page({
    method: 'GET',
    path: '/mine/gone',
    access: { person: { level: 1 } },
    summary: 'What a person had once',
    handle: async () => {
      throw new Problem('not-found');
    },
  }),
  page({
    method: 'GET',
    path: '/breaks',
    access: { anyone: 'a test' },
    summary: 'A fault of the program',
    handle: async () => {
      throw new Error('secret detail 4711');
    },
  }),
  page({
    method: 'GET',
    path: '/store-down',
    access: { anyone: 'a test' },
    summary: 'The store is away',
    handle: async () => {
      throw new Problem('store-unavailable', { cause: new Error('host db1 refused') });
    },
  }),
  api({
    method: 'POST',
    path: '/api/v1/parcels',
    access: { scope: 'parcels:create' },
    limit: { max: 20, windowSeconds: 60, by: 'caller' },
    summary: 'Keeps a parcel',
    body: Parcel,
    response: { status: 201, schema: StoredParcel },
    handle: async ({ body }) => ({
      body: { id: 'p1', label: body.label },
      headers: { Location: '/api/v1/parcels/p1' },
    }),
  }),
  api({
    method: 'GET',
    path: '/api/v1/parcels/{id}',
    access: { anyone: 'a test' },
    limit: { max: 3, windowSeconds: 60, by: 'address' },
    summary: 'One parcel',
    params: z.object({ id: z.string().regex(/^p\d+$/) }),
    query: z.strictObject({ part: z.enum(['label', 'all']).optional() }),
    response: { status: 200, schema: StoredParcel },
    handle: async ({ params, address }) => ({ body: { id: params.id, label: address } }),
  }),
  api({
    method: 'GET',
    path: '/api/v1/leak',
    access: { anyone: 'a test' },
    summary: 'Answers more than its contract names',
    response: { status: 200, schema: StoredParcel },
    handle: async () => ({ body: { id: 'p1', label: 'x', id_number: '520102188001010014' } }),
  }),
  api({
    method: 'POST',
    path: '/api/v1/mine',
    access: { person: { level: 1 } },
    summary: 'A script of a page calls it',
    body: z.record(z.string(), z.unknown()),
    response: { status: 204, schema: z.undefined() },
    handle: async () => ({ body: undefined }),
  }),
];

/** A test room in the real views folder, with what it logged. */
export interface TestRoom {
  http: Http;
  metrics: Metrics;
  counter: ReturnType<typeof createMemoryCounter>;
  log: string[];
  handler: ReturnType<Http['app']['callback']>;
}

/** Makes the room; `overrides` replace its parts. */
export function createTestRoom(overrides: Partial<HttpDeps> = {}): TestRoom {
  const viewsFolder = mkdtempSync(path.join(tmpdir(), 'http-room-'));
  cpSync('views', viewsFolder, { recursive: true });
  writeFileSync(path.join(viewsFolder, 'sample.eta'), samplePage);
  const log: string[] = [];
  const metrics = createMetrics({ processMetrics: false });
  const counter = createMemoryCounter();
  const http = createHttp({
    issuer: 'http://localhost:3000',
    trustProxy: [],
    province: { zh: '示例省', en: 'Example Province' },
    viewsFolder,
    csrfKey: Buffer.alloc(32, 7),
    logger: createLogger({ level: 'debug', destination: { write: (line) => void log.push(line) } }),
    metrics,
    clock: testClock,
    random: systemRandom,
    rateCounter: counter,
    authenticators: {
      bearer: async (token) => {
        if (token === 'good') return { kind: 'client', clientId: 'c1', scopes: new Set(['parcels:create']) };
        if (token === 'poor') return { kind: 'client', clientId: 'c2', scopes: new Set(['openid']) };
        return new Problem('token-invalid');
      },
      staff: async () => {
        throw new Problem('staff-only');
      },
      person: async (ctx, requirement) => {
        const level = Number(ctx.get('X-Test-Level') || -1);
        if (level < requirement.level) return { redirect: `/login?level=${requirement.level}` };
        const person = { accountId: 'a1', sessionId: 's1', level: 2, amr: ['pwd'], authTime: 1 } as const;
        const organisation = { organisationId: 'o1', name: '示例省演示食品有限公司' };
        return { kind: 'person', ...person, ...(ctx.get('X-Test-Acting') && { actingFor: organisation }) };
      },
    },
    ...overrides,
  });
  http.mount(testRoutes);
  return { http, metrics, counter, log, handler: http.app.callback() };
}
