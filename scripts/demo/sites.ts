import type { ClientMetadata } from '../../src/sso/index.ts';
import { healthInsurance, humanResources, market, typeCode } from './authorities.ts';
import { matters } from './service-items.ts';
import type { Credentials, SiteSettings } from './site/settings.ts';

/** Addresses of the world, all moved by the port base. */
export function addresses(portBase: number) {
  return {
    service: `http://localhost:${portBase}`,
    hall: `http://localhost:${portBase + 1}`,
    health: `http://localhost:${portBase + 2}`,
    registers: `http://localhost:${portBase + 10}`,
    metrics: `http://127.0.0.1:${portBase + 64}/metrics`,
  };
}

const names = {
  hall: { zh: '政务服务大厅', en: 'Service hall' },
  health: { zh: '医疗保障服务平台', en: 'Health insurance' },
};

/** What every site registers: the code flow, and being told of logouts. `place` is '' or the path of its desk. */
const login = (origin: string, place: string) => ({
  redirect_uris: [`${origin}${place}/callback`],
  post_logout_redirect_uris: [`${origin}${place}/?said=bye`],
  backchannel_logout_uri: `${origin}${place}/backchannel-logout`,
  backchannel_logout_session_required: true,
  id_token_signed_response_alg: 'ES256',
});

const named = ({ zh, en }: { zh: string; en: string }) => ({ client_name: zh, 'client_name#en': en });

/** The desks of a site know their clerks by the accounts of staff. */
const desk = (name: { zh: string; en: string }, origin: string): ClientMetadata => ({
  ...named({ zh: `${name.zh}（工作人员）`, en: `${name.en} (staff)` }),
  ...login(origin, '/desk'),
  ...{ staff_login: true, scope: 'openid profile staff' },
});

/** A system of an authority that issues on approval. */
const bureau = (zh: string, en: string, authorityCode: string, suffix: number): ClientMetadata => ({
  ...named({ zh, en }),
  ...{ grant_types: ['client_credentials'], redirect_uris: [], scope: 'licences:issue' },
  ...{ authority_code: authorityCode, licence_types: [typeCode(suffix)] },
});

/** Everything that the sites and the authorities' systems register with the service, by the names of this world. */
export function clientsOf(portBase: number) {
  const { hall, health } = addresses(portBase);
  return {
    hall: {
      ...named(names.hall),
      ...login(hall, ''),
      // People log in, and the hall verifies what they consented to under the same registration.
      grant_types: ['authorization_code', 'client_credentials'],
      scope: 'openid profile phone id_number organisation verifications:create',
      authorization_details_types: ['licence_verification'],
    },
    'hall-desk': desk(names.hall, hall),
    health: {
      ...named(names.health),
      ...login(health, ''),
      ...{ scope: 'openid profile id_number', token_endpoint_auth_method: 'private_key_jwt' },
    },
    'health-desk': desk(names.health, health),
    'market-bureau': bureau('示例市市场监督管理局审批系统', 'Sample City market licensing', market, 202),
    'social-security': bureau('示例市社会保障卡系统', 'Sample City cards', humanResources, 104),
  } satisfies Record<string, ClientMetadata>;
}

/** Names of the registrations. */
export type ClientName = keyof ReturnType<typeof clientsOf>;

/** What each site is started with. `folder` is absolute. */
export function siteSettings(
  portBase: number,
  folder: string,
  clients: Readonly<Record<ClientName, Credentials>>,
): SiteSettings[] {
  const { service, hall, health } = addresses(portBase);
  const common = (id: SiteSettings['id'], url: string) => ({
    ...{ id, port: Number(new URL(url).port), issuer: service, name: names[id] },
    cases: `${folder}/${id}-cases`,
  });
  return [
    {
      ...common('hall', hall),
      neighbours: [{ name: names.health, url: health }],
      mark: '政',
      scope: 'openid profile phone id_number organisation',
      services: [
        { zh: '食品经营许可', en: 'Food business licence', level: 2, path: '/food-licence' },
        { zh: '不动产转移登记', en: 'Transfer of real estate', level: 3 },
        { zh: '居住证办理', en: 'Residence permit', level: 2 },
        { zh: '办件进度查询', en: 'Progress of a case', level: 1 },
      ],
      client: clients.hall,
      desk: {
        client: clients['hall-desk'],
        duty: { role: 'issuing-clerk', authorityCode: market },
        serviceItem: { code: matters.foodLicence, zh: '食品经营许可新办', en: 'New food business licence' },
      },
      application: {
        proofType: typeCode(201),
        licenceType: typeCode(202),
        bureau: clients['market-bureau'],
        authority: {
          ...{ code: market, areaCode: '520100' },
          ...{ zh: '示例市市场监督管理局', en: 'Sample City Market Supervision Bureau' },
        },
      },
    },
    {
      ...common('health', health),
      neighbours: [{ name: names.hall, url: hall }],
      mark: '医',
      scope: 'openid profile id_number',
      services: [
        { zh: '异地就医备案', en: 'Treatment in another province', level: 2 },
        { zh: '缴费记录查询', en: 'Contribution record', level: 1 },
      ],
      client: clients.health,
      desk: {
        client: clients['health-desk'],
        duty: { role: 'approver', authorityCode: healthInsurance },
        serviceItem: {
          ...{ code: matters.treatmentElsewhere, zh: '异地就医备案' },
          en: 'Treatment in another province',
        },
      },
    },
  ];
}
