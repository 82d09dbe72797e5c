/**
 * app: the composition root. One straight function by level puts the rooms together; nothing else knows them all.
 *
 * foundation.ts makes the rooms that commands need without a listening service; `createApp` goes on to the pages.
 * `overrides` is the whole test seam: time, randomness, the destination of the log.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { accountsOf } from './accounts.ts';
import type { Config } from './config.ts';
import { type Bilingual, Problem } from './core/index.ts';
import { createDrawingPool, type Drawing, openDrawing } from './drawing/index.ts';
import { type Foundation, type Overrides, openFoundation } from './foundation.ts';
import { createHttp, type Http } from './http/index.ts';
import { createIdentity, type Identity } from './identity/index.ts';
import {
  createLicences,
  type Licences,
  licencePageRoutes,
  licenceRoutes,
  licencesLink,
} from './licences/index.ts';
import { createNotices, createOutbound, createSmsGateway } from './outbound/index.ts';
import { createPortal, footerLinks } from './portal/index.ts';
import { createReceipts, type Receipts, receiptRoutes } from './receipts/index.ts';
import { createRegistries } from './registries/index.ts';
import { createSeals, type Seals, sealsLink } from './seals/index.ts';
import { createSso, type Sso } from './sso/index.ts';
import { createHousekeeping, createRateCounter, createRelay, createRepeatRecords } from './storage/index.ts';
import {
  counterLink,
  createServiceItems,
  createVerification,
  type Verification,
} from './verification/index.ts';
import { createWallet, objectionsLink, type Wallet } from './wallet/index.ts';

/** The whole service, ready to listen. */
export interface Service extends Foundation {
  http: Http;
  identity: Identity;
  sso: Sso;
  seals: Seals;
  licences: Licences;
  wallet: Wallet;
  verification: Verification;
  receipts: Receipts;
}

/** Puts the service together on an opened foundation. */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<Service> {
  const foundation = await openFoundation(config, overrides);
  const { clock, random, logger, metrics, keyring, store, audit } = foundation;
  const base = { store, keyring, audit, clock, random, logger, metrics };
  const rate = createRateCounter(store, clock);

  const outbound = createOutbound({ allow: config.outboundAllow, clock, metrics, logger });
  const notices = createNotices({ ...base, outbound });
  const http = createHttp({
    ...base,
    issuer: config.issuer,
    trustProxy: config.trustProxy,
    province: config.province,
    demo: config.demo,
    footerLinks,
    viewsFolder: fileURLToPath(new URL('../views', import.meta.url)),
    csrfKey: keyring.derive('http'),
    rateCounter: rate,
    repeats: createRepeatRecords(store, clock),
    authenticators: {
      bearer: async (token) => {
        const answer = await sso.verifyAccessToken(token);
        return 'caller' in answer ? answer.caller : new Problem('token-invalid', { cause: answer.fault });
      },
      person: (ctx, requirement) => portal.authenticate(ctx, requirement),
      staff: (ctx, requirement) => portal.authenticateStaff(ctx, requirement),
    },
    probes: { store: () => store.ping() },
  });

  const receipts = createReceipts({ ...base, issuer: config.issuer });
  http.mount(receiptRoutes(receipts));

  const { tokens, urls } = registerSettings(config);
  const registries = createRegistries({ outbound, clock, metrics, urls, tokens });
  const sms = createSmsGateway({ outbound, url: config.smsUrl, token: config.registerTokens.sms, metrics });
  const siteName = nameOf(config);
  const identity = createIdentity({
    ...base,
    registries,
    sms,
    rate,
    settings: { issuer: config.issuer, siteName },
  });

  let opened: Promise<Drawing> | undefined;
  const drawing = (): Promise<Drawing> => {
    opened ??= openDrawing();
    return opened;
  };
  const seals = createSeals({
    ...base,
    outbound,
    drawing,
    authorities: identity.authorities,
    settings: { anchors: config.anchors, tsaUrl: config.tsaUrl, level: config.sealLevel },
  });

  const sso: Sso = createSso({
    ...base,
    issuer: config.issuer,
    fetch: outbound.fetch,
    notices,
    accounts: accountsOf(identity),
    licenceRequests: { refusal: (request, client) => wallet.shares.refusal(request, client) },
    portal: { callbackPath: '/portal/callback', name: siteName },
    pages: {
      renderError: (ctx, fault) => portal.pages.renderError(ctx, fault),
      renderLogout: (ctx, question) => portal.pages.renderLogout(ctx, question),
      renderReturn: (ctx, answer) => portal.pages.renderReturn(ctx, answer),
      renderLoggedOut: (ctx, done) => portal.pages.renderLoggedOut(ctx, done),
    },
    addressOf: http.addressOf,
  });
  http.attach(sso);

  const pool = createDrawingPool({ workers: Math.max(1, Math.min(4, availableParallelism() - 1)) });
  const licences = createLicences({
    ...base,
    seals,
    drawing: pool,
    authorities: identity.authorities,
    rightsOf: sso.clients.rightsOf,
    settings: licenceSettings(config),
  });
  http.mount(licenceRoutes(licences));
  http.mount(licencePageRoutes({ ...base, licences }));
  await licences.start();

  const names = {
    ofClient: sso.clients.findName,
    ofAuthority: async (code: string) => (await identity.authorities.find(code))?.name,
  };
  const { library } = licences;
  const serviceItems = createServiceItems({ ...base, types: library.types, issuers: identity.authorities });
  const wallet = createWallet({ ...base, rate, identity, library, matters: serviceItems, names });
  http.mount(wallet.routes);
  const issuers = identity.authorities;
  const verification = createVerification({
    ...{ ...base, rate, library, seals, issuers, receipts, wallet, names, serviceItems },
  });
  http.mount(verification.routes);
  await verification.start();

  const portal = createPortal({
    ...{ ...base, issuer: config.issuer, identity, sso, http },
    licenceConsents: wallet.shares,
    adminLinks: [licencesLink, sealsLink, objectionsLink, counterLink],
  });
  http.mount(portal.routes);
  http.mount(seals.routes);

  const relay = createRelay({
    ...base,
    consumers: [
      audit.append,
      seals.onEvents,
      (events) => Promise.all(events.map(identity.onEvent)),
      (events) => Promise.all(events.map(sso.onEvent)),
      (events) => Promise.all(events.map(wallet.onEvent)),
    ],
  });
  const housekeeping = createHousekeeping({ store, logger, isNamed: licences.hasFile });
  relay.start();
  housekeeping.start();
  notices.start();
  identity.start();

  const close = async (): Promise<void> => {
    await identity.close();
    await relay.close();
    await housekeeping.close();
    await notices.close();
    sso.close();
    await pool.close();
    await seals.close();
    await outbound.close();
    await foundation.close();
  };
  return { ...foundation, http, identity, sso, seals, licences, wallet, verification, receipts, close };
}

function registerSettings({ registerTokens, ...config }: Config) {
  const { police, business, 'social-security': socialSecurity, telecom } = registerTokens;
  return {
    urls: {
      police: config.policeUrl,
      business: config.businessUrl,
      socialSecurity: config.socialSecurityUrl,
      telecom: config.telecomUrl,
    },
    tokens: { police, business, socialSecurity, telecom },
  };
}

/** A demo world has an authority that defines types, and a word on its papers that says what they are. */
const licenceSettings = ({ issuer, demo, definingAuthority }: Config) =>
  demo
    ? { issuer, definingAuthority: definingAuthority ?? '11520000000000019J', specimen: '演示证照　不作凭证' }
    : { issuer, definingAuthority };

/** The name people know the service by. */
const nameOf = ({ province }: Config): Bilingual => ({
  zh: `${province.zh}通行`,
  en: `Tongxing ${province.en}`.trim(),
});
