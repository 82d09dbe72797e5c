import { describe, expect, it } from '@jest/globals';
import type { AccountOverview } from '../../src/identity/index.ts';
import { claimsOf, consentItems, consentRights } from '../../src/portal/consent-items.ts';
import { describeDevice, describeMethod, maskAddress } from '../../src/portal/describe.ts';
import { fault, limitedFault, statusOf, wrongCodeFault } from '../../src/portal/faults.ts';
import { findObstacle } from '../../src/portal/step-up.ts';

const now = Date.parse('2026-11-22T04:00:00Z');
const person = (over: Partial<AccountOverview> = {}): AccountOverview => ({
  id: 'a',
  status: 'active',
  maskedName: '赵*',
  identifiers: [
    { type: '111', masked: '52**************14', since: now, source: 'police', isVerified: true },
  ],
  maskedPhone: '139****0001',
  proofingLevel: 1,
  assurance: [],
  passkeys: [],
  blockedMethods: [],
  previousNames: [],
  alerts: [],
  createdAt: now,
  ...over,
});
const passkey = { credentialId: 'c', name: 'n', createdAt: now, isBackedUp: false };

describe('what stands between a person and a level', () => {
  it.each([
    ['a register that has not answered', 1, { status: 'pending-proof', proofingLevel: 0 }, 'pending'],
    ['the operator of the phone', 2, {}, 'phone'],
    ['the days after a recovery', 2, { heldUntil: now + 1 }, 'held'],
    ['nothing but a better method, once the days are over', 2, { heldUntil: now, proofingLevel: 2 }, 'login'],
    ['a counter', 3, { proofingLevel: 2 }, 'counter'],
    ['a passkey that is not there', 3, { proofingLevel: 3 }, 'no-passkey'],
    [
      'a passkey that was added in a weak session',
      3,
      { proofingLevel: 3, passkeys: [{ ...passkey, carriesLevel3: false }] },
      'no-passkey',
    ],
    [
      'the passkey that is there',
      3,
      { proofingLevel: 3, passkeys: [{ ...passkey, carriesLevel3: true }] },
      'passkey',
    ],
  ] as const)('is %s', (_, wanted, over, obstacle) => {
    expect(findObstacle(wanted, person(over as Partial<AccountOverview>), now)).toBe(obstacle);
  });
});

describe('what a site would learn', () => {
  it('is each claim once, in one order, whether by scope or by claim', () => {
    const asked = { scopes: ['openid', 'phone', 'profile'], claims: ['id_number', 'name', 'unheard_of'] };
    expect(claimsOf(asked)).toEqual(['name', 'phone_number', 'id_number']);
  });

  it('is shown with the person’s own values, masked, or said to be missing', () => {
    const asked = { scopes: ['phone', 'id_number'], claims: [] };
    expect(consentItems(asked, person({ maskedPhone: undefined }))).toEqual([
      { claim: 'phone_number', word: 'claim.value.none' },
      { claim: 'id_type', value: { zh: '公民身份号码', en: 'Citizen ID number' }, isNumber: false },
      { claim: 'id_number', value: '52******14', isNumber: true },
    ]);
  });

  it('is told apart from what it may do', () => {
    expect(consentRights({ scopes: ['openid', 'offline_access', 'licences:read'] })).toEqual([
      'offline_access',
      'api',
    ]);
    expect(consentRights({ scopes: ['openid', 'profile'] })).toEqual([]);
  });
});

describe('a place where somebody is logged in', () => {
  it.each([
    [
      'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36',
      'Chrome · Android',
    ],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1', 'Safari · iPhone'],
    ['Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0', 'Edge · Windows'],
    ['Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0 Chrome/120.0', 'WeChat · Android'],
    ['curl/8.0', undefined],
    [undefined, undefined],
  ])('is called by its browser and system: %s', (userAgent, words) => {
    expect(describeDevice(userAgent)).toBe(words);
  });

  it('has an address without the part that singles out a line', () => {
    expect(maskAddress('203.0.113.7')).toBe('203.0.*.*');
    expect(maskAddress('::ffff:203.0.113.7')).toBe('203.0.*.*');
    expect(maskAddress('2001:db8:1:2::7')).toBe('2001:db8:*');
    expect(maskAddress(undefined)).toBeUndefined();
  });

  it('names one method, a passkey before all others', () => {
    expect(describeMethod(['pwd', 'sms'])).toBe('sms');
    expect(describeMethod(['pop', 'user', 'mfa'])).toBe('passkey');
    expect(describeMethod(['pwd'])).toBe('password');
  });
});

describe('a page with faults', () => {
  it('answers 422, and 429 with the time to wait when there were too many acts', () => {
    expect(statusOf([], now)).toEqual({ status: 200 });
    expect(statusOf([fault('', 'loginRefused')], now)).toEqual({ status: 422 });
    expect(statusOf([limitedFault('', now + 61_000)], now)).toEqual({
      status: 429,
      headers: { 'Retry-After': '61' },
    });
  });

  it('says how many tries of a code are left', () => {
    expect(wrongCodeFault(1).text.en).toBe('The code is wrong; 1 try left');
    expect(wrongCodeFault(0).text.zh).toContain('试错次数已满');
  });
});
