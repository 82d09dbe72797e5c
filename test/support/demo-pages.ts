import type { Application } from '../../scripts/demo/site/application.ts';
import { createDeskPages } from '../../scripts/demo/site/desk-pages.ts';
import { createHallPages } from '../../scripts/demo/site/hall-pages.ts';
import type { CounterCase } from '../../scripts/demo/site/health.ts';
import { createHealthPages } from '../../scripts/demo/site/health-pages.ts';
import { createPages, type Visit } from '../../scripts/demo/site/pages.ts';
import type { Credentials, SiteSettings } from '../../scripts/demo/site/settings.ts';
import type { Language } from '../../scripts/demo/site/texts.ts';
import { type ClientName, clientsOf, siteSettings } from '../../scripts/demo/sites.ts';

const acting = {
  id_number: '91520000MA0DEM005M',
  name: '示例省演示食品有限公司',
  role: 'legal_representative',
} as const;

const visit: Visit = {
  sub: 'FxwkR59gF_h9ODUrHtfJag',
  sid: 'session',
  idToken: 'a.b.c',
  claims: {
    sub: 'FxwkR59gF_h9ODUrHtfJag',
    acr: 'urn:tongxing:loa:2',
    amr: ['pwd'],
    auth_time: 1_795_324_064,
  },
  userinfo: {
    name: '王示例',
    phone_number: '+8613800001812',
    phone_number_verified: true,
    id_type: '111',
    acting_for: acting,
  },
  accessTokenReadable: { opaque: '43 characters, meaningless to the site' },
};

const openedAt = 1_795_324_064_000;
const fresh: Application = {
  ...{ number: 'FOOD-20261122-0000001', openedAt, verifications: [] },
  applicant: { name: acting.name, idNumber: acting.id_number },
  answers: { premises: '示例市样板区演示街道虚构路1号', form: '餐饮服务经营者', items: '热食类食品制售' },
};
const verified = (
  conclusion: 'valid' | 'not_valid' | 'cannot_tell',
  facts: Record<string, unknown> = {},
): Application => ({
  ...fresh,
  shareId: 'share',
  verifications: [
    {
      ...{ at: openedAt, conclusion, facts, receipt: 'a.b.c' },
      reasons: conclusion === 'valid' ? [] : ['这件证照已被吊销'],
    },
  ],
});
const facts = { legal_representative: '周演示', address: '示例省示例市虚构路1号' };
const ready = verified('valid', { ...facts, sells_food: true });
/** An application at every stage. */
const applications: Readonly<Record<string, Application>> = {
  fresh,
  unclear: verified('cannot_tell'),
  refused: verified('not_valid', facts),
  scope: verified('valid', { ...facts, sells_food: false }),
  ready,
  returned: { ...ready, returned: { by: '冯示范', at: openedAt, words: '经营场所请写到门牌号。' } },
  issued: {
    ...{ ...ready, decision: { by: '冯示范', on: '2026-11-22' } },
    licence: { id: 'id', number: 'JY25201000000001', identifier: '1.2.156' },
  },
};
const company = { name: acting.name };
const clerk = { name: '冯示范' };

function hallPages(settings: SiteSettings, language: Language): Record<string, string> {
  const pages = createHallPages(settings, language);
  const all = Object.entries(applications);
  return {
    ...Object.fromEntries(all.map(([name, file]) => [`case-${name}`, pages.application(file)])),
    stranger: pages.apply({ isLoggedIn: false, company: undefined, mine: [] }),
    person: pages.apply({ isLoggedIn: true, company: undefined, mine: [] }),
    apply: pages.apply({ isLoggedIn: true, company, mine: [fresh] }),
    faults: pages.apply({ isLoggedIn: true, company, mine: [], faults: ['premises', 'form', 'items'] }),
    missing: pages.missing(false),
    empty: pages.desk(clerk, []),
    list: pages.desk(clerk, Object.values(applications)),
    ready: pages.decision(ready),
    'not-issued': pages.decision(ready, { refusal: '该颁发机关没有可用的印章。' }),
    wordless: pages.decision(ready, { words: '' }),
    withdrawn: pages.decision(applications.unclear ?? fresh),
    'given-back': pages.decision(applications.returned ?? fresh),
    decided: pages.decision(applications.issued ?? fresh),
  };
}

/** A receipt as a case file keeps it, without a signature. */
function receiptOf(conclusion: 'valid' | 'cannot_tell'): string {
  const checks = [{ result: 'passed' }, { result: conclusion === 'valid' ? 'passed' : 'indeterminate' }];
  const claims = {
    ...{ jti: 'kT4vR1mPz0aQxW7sYc2LdA', iat: openedAt / 1000, conclusion, checks },
    ...{ purpose: '异地就医备案，核对居住证', freshness: { as_of: new Date(openedAt).toISOString() } },
  };
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.e30`;
}

function healthPages(settings: SiteSettings, language: Language): Record<string, string> {
  const pages = createHealthPages(settings, language);
  const open: CounterCase = { number: 'MEDICAL-20261122-0000001', openedAt, by: '蒋示范', receipts: [] };
  const receipts = (['valid', 'cannot_tell'] as const).map((conclusion) => ({
    ...{ at: openedAt, conclusion, receipt: receiptOf(conclusion) },
  }));
  return {
    empty: pages.desk(clerk, []),
    list: pages.desk(clerk, [open, { ...open, receipts }]),
    open: pages.counterCase(open),
    'other-case': pages.counterCase(open, 'other-case'),
    verified: pages.counterCase({ ...open, receipts }),
  };
}

/** Every page of the demo sites in both languages, by its path. */
export function demoPages(): Map<string, string> {
  const names = Object.keys(clientsOf(3000)) as ClientName[];
  const credentials = names.map((name) => [name, { client_id: name }]);
  const clients = Object.fromEntries(credentials) as Record<ClientName, Credentials>;
  const all = siteSettings(3000, '/nowhere', clients).flatMap((settings) =>
    (['zh', 'en'] as const).flatMap((language) => {
      const site = createPages(settings, language);
      const desk = createDeskPages(settings, language);
      const own = {
        ...{ home: site.home('bye'), visit: site.visit(visit), failure: site.failure('access_denied', '') },
        ...{ entrance: desk.entrance(false), foreign: desk.entrance(true) },
        ...(settings.id === 'hall' ? hallPages : healthPages)(settings, language),
      };
      const at = (name: string): string => `/${settings.id}/${language}/${name}`;
      return Object.entries(own).map(([name, html]) => [at(name), html] as const);
    }),
  );
  return new Map(all);
}
