import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { faultsOf, heading, send } from '../support/pages.ts';
import { readForms, type Visitor } from '../support/relying-party.ts';
import {
  counter,
  createWalletHouse,
  creditCode,
  matter,
  site,
  typeCodes,
  usedBy,
  type WalletHouse,
} from './kit.ts';
import { openWalletSite, type WalletSite } from './site.ts';

const me = { idType: '111', idNumber: '520102188001010014', name: '王示例' };
const company = { idType: '001', idNumber: creditCode, name: '贵阳示例食品有限公司' };

let house: WalletHouse;
let pages: WalletSite;
let accountId: string;
let mine: Visitor;
beforeAll(async () => {
  house = await createWalletHouse();
  pages = await openWalletSite(house);
  accountId = house.people.open(me.idNumber);
  mine = pages.person(accountId);
});
afterAll(async () => {
  await pages.close();
  await house.close();
});

const codeOf = async (visitor: Visitor, licenceId: string) =>
  (await visitor.get(`/wallet/${licenceId}/show`)).status;

describe('the wallet', () => {
  it('says what will appear while there is nothing, and shows a licence that was issued before the account', async () => {
    const idNumber = '520382189506151231';
    const early = house.shelf.issue({ ...me, idNumber });
    const nobody = await pages.person(house.people.open('522626188811118887')).get('/wallet');
    expect(nobody.text).toContain('不用申领');
    const late = await pages.person(house.people.open(idNumber)).get('/wallet');
    expect(late.text).toContain(`/wallet/${early.id}/show`);
    expect(late.text).not.toContain(idNumber);
  });

  it('puts what expires soon on top, then the newest, masks, and pages by cursor', async () => {
    const idNumber = '520102188912310026';
    const holder = { ...me, idNumber };
    const person = pages.person(house.people.open(idNumber));
    const later = house.shelf.issue(holder, { validUntil: '2026-12-22' });
    const soon = house.shelf.issue(holder, { validUntil: '2026-12-08' });
    const ended = house.shelf.issue(holder, { validUntil: '2026-12-01' });
    house.shelf.statuses.set(ended.id, 'revoked');
    house.shelf.issue(holder, { validUntil: '2026-12-23' });
    const ids = Array.from({ length: 26 }, () => house.shelf.issue(holder).id);
    const first = await person.get('/wallet');
    expect(first.text.indexOf(String(ids[25]))).toBeLessThan(first.text.indexOf(String(ids[24])));
    expect(first.text).toContain('王**');
    const next = /id="more" href="([^"]+)"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&');
    const second = await person.get(String(next));
    expect(second.text).toContain(`/wallet/${ids[0]}"`);
    // Whatever lies pages away stands on top when it ends soon; what has ended otherwise, or later, does not.
    const onTop = first.text.slice(first.text.indexOf('即将到期'), first.text.indexOf('其他证照'));
    expect([...onTop.matchAll(/href="\/wallet\/([\w-]{22})"/g)].map(([, id]) => id)).toEqual([
      soon.id,
      later.id,
    ]);
    expect(onTop).toMatch(/16 天后到期[\s\S]*30 天后到期/);
    expect(first.text).not.toContain(ended.id);
    expect(second.text).toContain(ended.id);
    expect(second.text).not.toContain('即将到期');
  });

  it('orders by the day of issue what one page holds, in whatever order it came into the library', async () => {
    const idNumber = '520102188001010162';
    const days = ['2024-03-01', '2026-05-02', '1999-01-31'];
    const [older, newest, oldest] = days.map(
      (issuedOn) => house.shelf.issue({ ...me, idNumber }, { issuedOn }).id,
    );
    const { text } = await pages.person(house.people.open(idNumber)).get('/wallet');
    const shown = [...text.matchAll(/<a href="\/wallet\/([\w-]{22})"/g)].map(([, id]) => id);
    expect(shown).toEqual([newest, older, oldest]);
  });

  it('answers for a licence of somebody else as for none, also after a binding ended', async () => {
    const theirs = house.shelf.issue({ ...me, idNumber: '520102188001010099' });
    const account = house.people.open('520102188001010022');
    const organisationId = house.people.bind(account);
    const licence = house.shelf.issue(company, { typeCode: typeCodes.business });
    const visitor = pages.person(account, { actingFor: { organisationId, name: company.name } });
    for (const path of ['', '/show', '/file', '/picture', '/picture?size=large', '/objection']) {
      const foreign = await visitor.get(`/wallet/${theirs.id}${path}`);
      const absent = await visitor.get(`/wallet/${'A'.repeat(22)}${path}`);
      const plain = (answer: { text: string }) => answer.text.replaceAll(/[\w-]{22,}/g, '');
      expect([foreign.status, plain(foreign)]).toEqual([404, plain(absent)]);
      expect((await visitor.get(`/wallet/${licence.id}${path}`)).status).toBe(200);
    }
    expect((await visitor.get('/wallet')).text).toContain(licence.id);
    house.people.release(account);
    for (const path of ['', '/show', '/file', '/picture', '/objection'])
      for (const one of [visitor, pages.person(account)])
        expect((await one.get(`/wallet/${licence.id}${path}`)).status).toBe(404);
    const list = await visitor.get('/wallet');
    expect(list.text).not.toContain(licence.id);
    expect(list.text).toContain('不能代表');
  });

  it('keeps to what is the person’s own while the register is down, and says so', async () => {
    const account = house.people.open('520102188001010103');
    const organisationId = house.people.bind(account);
    const own = house.shelf.issue({ ...me, idNumber: '520102188001010103' });
    const theirs = house.shelf.issue(company, { typeCode: typeCodes.business });
    const acting = pages.person(account, { actingFor: { organisationId, name: company.name } });
    expect((await acting.get('/wallet')).text).toContain(theirs.id);
    house.people.register.isDown = true;
    const list = await acting.get('/wallet');
    expect(list.text).toMatch(/登记系统暂时连不上/);
    expect(list.text).not.toContain(theirs.id);
    expect((await acting.get(`/wallet/${theirs.id}`)).status).toBe(503);
    expect(list.text).toContain('action="/account/acting/self"');
    const alone = pages.person(account);
    expect((await alone.get('/wallet')).text).toContain(own.id);
    expect(heading(await alone.get(`/wallet/${own.id}`))).toBe('居住证');
    house.people.register.isDown = false;
  });

  it('is that of whom the session acts for; a link to what is theirs by another choice shows nothing and offers that choice', async () => {
    const account = house.people.open('520102188001010146');
    const organisationId = house.people.bind(account);
    const own = house.shelf.issue({ ...me, idNumber: '520102188001010146' });
    const theirs = house.shelf.issue(company, { typeCode: typeCodes.business });
    const alone = pages.person(account);
    const acting = pages.person(account, { actingFor: { organisationId, name: company.name } });
    const tabs = (page: { text: string }) =>
      /<nav class="tabs"[\s\S]*?<\/nav>/.exec(page.text)?.[0].replaceAll(/<[^>]*>|\s/g, '');
    const cases = [
      { visitor: alone, mine: own, other: theirs, title: `这是「${company.name}」的证照`, banner: false },
      { visitor: acting, mine: theirs, other: own, title: '这是您本人的证照', banner: true },
    ];
    for (const { visitor, mine, other, title, banner } of cases) {
      const list = await visitor.get('/wallet');
      expect([list.text.includes(mine.id), list.text.includes(other.id)]).toEqual([true, false]);
      expect(tabs(list)).toBe(`本人${company.name}`);
      for (const path of ['', '/show', '/file', '/picture?size=large', '/objection']) {
        const page = await visitor.get(`/wallet/${other.id}${path}`);
        expect([path, heading(page)]).toEqual([path, title]);
        expect(page.text).toContain(`name="back" value="/wallet/${other.id}"`);
        expect(page.text).not.toMatch(new RegExp(`居住证|营业执照|${other.number.slice(-4)}`));
        expect(page.text.includes('class="acting"')).toBe(banner);
      }
    }
    expect((await house.audit.eventsOfLicence(theirs.id)).items).toEqual([]);
  });

  it('at a desk offers the licences of whom the session acts for, and shows no others', async () => {
    const account = house.people.open('520102188001010154');
    const organisationId = house.people.bind(account);
    const own = house.shelf.issue({ ...me, idNumber: '520102188001010154' });
    const theirs = house.shelf.issue(company, { typeCode: typeCodes.business });
    const actingFor = { organisationId, name: company.name };
    for (const [visitor, mine, other] of [
      [pages.person(account), own, theirs],
      [pages.person(account, { actingFor }), theirs, own],
    ] as const) {
      const { deskId } = await house.wallet.desks.open({ verifier: counter, matter });
      const state = await house.wallet.desks.state(deskId, counter.id);
      const code = state.outcome === 'waiting' ? state.code : '';
      const asks = await send(visitor, await visitor.get('/wallet/desk'), '/wallet/desk', { code });
      expect([asks.text.includes(mine.id), asks.text.includes(other.id)]).toEqual([true, false]);
      await send(visitor, asks, '/wallet/desk/confirm', { licence: other.id });
      expect(await house.wallet.desks.take(deskId, counter.id)).toBeUndefined();
      await send(visitor, asks, '/wallet/desk/confirm', { licence: mine.id });
      expect(await house.wallet.desks.take(deskId, counter.id)).toMatchObject({ licenceId: mine.id });
    }
  });

  it('shows nothing of a type above the level of the login, and leads to a stronger one', async () => {
    const licence = house.shelf.issue(me, { typeCode: typeCodes.secret });
    const list = await mine.get('/wallet');
    expect(list.text).toContain(`/wallet/${licence.id}/raise`);
    expect(list.text).not.toContain(licence.number.slice(-4));
    for (const path of ['', '/show', '/file', '/picture', '/picture?size=small'])
      expect((await mine.get(`/wallet/${licence.id}${path}`)).location).toMatch(/raise$/);
    expect((await mine.get(`/wallet/${licence.id}/raise`)).location).toContain('/login?level=3');
    const strong = pages.person(accountId, { level: 3 });
    expect((await strong.get(`/wallet/${licence.id}/raise`)).location).toContain(`/wallet/${licence.id}`);
    expect(heading(await strong.get(`/wallet/${licence.id}`))).toBe('生育登记');
    house.shelf.statuses.set(licence.id, 'superseded');
  });

  it('shows a licence masked, in full once asked and with a trace, and gives its sealed file', async () => {
    const licence = house.shelf.issue(me);
    const page = await mine.get(`/wallet/${licence.id}`);
    expect(page.text).toContain('贵阳市示例路 1 号');
    expect(page.text).not.toMatch(new RegExp(`${licence.number}|${me.idNumber}|${me.name}`));
    const full = await send(mine, page, '/reveal');
    // Long numbers break at the ends of their groups, and are copied as they are.
    expect(full.text).toContain('520102<wbr>18800101<wbr>0014');
    const copied = full.text.replaceAll('<wbr>', '');
    expect(copied).toContain(licence.number);
    expect(copied).toContain(me.idNumber);
    expect(full.text).toMatch(/id="download"[\s\S]*改动一个字[\s\S]*id="object"/);
    const file = await mine.get(`/wallet/${licence.id}/file`);
    expect(file.text).toContain('%PDF');
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename=.*\.pdf/);
    house.shelf.statuses.set(licence.id, 'revoked');
    const ended = await mine.get(`/wallet/${licence.id}`);
    expect(ended.text).toContain('已吊销');
    expect(ended.text).not.toContain('id="download"');
    const types = (await house.audit.eventsOfLicence(licence.id)).items.map(({ type }) => type);
    expect(types).toEqual(['wallet.file.downloaded', 'wallet.licence.revealed']);
  });

  it('shows the sealed page blurred while the licence is masked and sharp in full, the sharp one with a trace', async () => {
    const licence = house.shelf.issue(me, { isSealed: true });
    const at = `/wallet/${licence.id}/picture`;
    const page = await mine.get(`/wallet/${licence.id}`);
    expect(page.text).toContain(`src="${at}?size=blurred" alt="盖章的居住证的模糊图片`);
    expect(page.text).not.toMatch(/size=(small|large)/);
    const full = await send(mine, page, '/reveal');
    expect(full.text).not.toContain('size=blurred');
    expect(full.text).toMatch(`<a href="${at}?size=large"><img src="${at}?size=small" srcset=`);
    // A slip in the address, or none at all, shows nothing that can be read.
    for (const query of ['', '?size=', '?size=blurred', '?size=LARGE', '?size=960'])
      expect((await mine.get(at + query)).text).toBe(`picture ${licence.id} 1 blurred`);
    for (const size of ['small', 'large']) {
      const answer = await mine.get(`${at}?size=${size}`);
      expect(answer.text).toBe(`picture ${licence.id} 1 ${size}`);
      expect(answer.headers.get('content-type')).toBe('image/jpeg');
      expect(answer.headers.get('content-disposition')).toMatch(/^inline; filename=.*-1\.jpg/);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
    const trace = (await house.audit.eventsOfLicence(licence.id)).items;
    const shown = {
      type: 'wallet.page.shown',
      data: { account: accountId, licence: licence.id, version: 1 },
    };
    expect(trace).toMatchObject([shown, shown, { type: 'wallet.licence.revealed' }]);
  });

  it('makes no sealed page by a masked look, and shows none where nothing may be sealed any more', async () => {
    const licence = house.shelf.issue(me);
    const page = await mine.get(`/wallet/${licence.id}`);
    expect(page.text).toContain('盖章的证照在第一次查看或下载时制作');
    expect(page.text).not.toContain('/picture');
    expect((await send(mine, page, '/reveal')).text).toContain('/picture?size=small');
    house.shelf.statuses.set(licence.id, 'revoked');
    const ended = await mine.get(`/wallet/${licence.id}`);
    expect(ended.text).not.toContain('盖章的证照');
    expect((await send(mine, ended, '/reveal')).text).not.toContain('/picture');
    const sealed = house.shelf.issue(me, { isSealed: true });
    house.shelf.statuses.set(sealed.id, 'revoked');
    expect((await mine.get(`/wallet/${sealed.id}`)).text).toContain('/picture?size=blurred');
  });

  it('paints no more pictures than somebody who looks around needs', async () => {
    const person = pages.person(house.people.open('520102188001010138'));
    const licence = house.shelf.issue({ ...me, idNumber: '520102188001010138' });
    const statuses: number[] = [];
    for (let turn = 0; turn < 121; turn += 1)
      statuses.push((await person.get(`/wallet/${licence.id}/picture`)).status);
    expect([statuses[119], statuses[120]]).toEqual([200, 429]);
    expect((await person.get(`/wallet/${licence.id}/file`)).status).toBe(200);
  });

  it('lists who used a licence, for which matter, also where nobody had an account then', async () => {
    const licence = house.shelf.issue(me);
    const about = { licence: licence.id };
    const record = (use: Parameters<typeof usedBy>[0]) =>
      house.audit.record('verification.licence.verified', usedBy(use));
    await record({ ...about, by: 'code', conclusion: 'valid', client: site.id });
    await record({ ...about, by: 'desk', conclusion: 'cannot_tell', authority: counter.authorityCode ?? '' });
    const page = await mine.get(`/wallet/${licence.id}?lang=en`);
    expect(page.text).toMatch(/Demo health insurance[\s\S]*at a desk[\s\S]*C-77[\s\S]*Could not be told/);
    expect(page.text).toMatch(/Demo hall[\s\S]*by your QR code[\s\S]*Found valid/);
    await mine.get('/wallet?lang=zh-CN');
  });

  it('names what a use by holder rests on: a consent or a statute, and neither where the log does not say', async () => {
    const licence = house.shelf.issue(me);
    const statute = { zh: '《示例条例》第一条', en: 'Sample Regulation, article 1' };
    const wayOf = async (ground: { share?: string; statute?: typeof statute }) => {
      const use = { licence: licence.id, by: 'holder', conclusion: 'valid', client: site.id, ...ground };
      await house.audit.record('verification.licence.verified', usedBy(use));
      const texts = await Promise.all(
        ['zh-CN', 'en'].map(async (lang) => (await mine.get(`/wallet/${licence.id}?lang=${lang}`)).text),
      );
      await mine.get('/wallet?lang=zh-CN');
      return texts.map((text) => / · ([^<]+)<br>/.exec(text.slice(text.indexOf('id="uses"')))?.[1]);
    };
    expect(await wayOf({ share: 'A'.repeat(22) })).toEqual(['经您授权核验', 'by your consent']);
    expect(await wayOf({ statute })).toEqual([`依据${statute.zh}核验`, `under ${statute.en}`]);
    expect(await wayOf({})).toEqual(['按持证人信息核验', 'by the holder’s details']);
  });
});

describe('showing', () => {
  const presentedBy = (code: string) => house.wallet.presentations.consume(code, site);

  it('draws a code for a minute that works once; a GET uses nothing up, and a screenshot later says no', async () => {
    const licence = house.shelf.issue(me);
    const page = await mine.get(`/wallet/${licence.id}/show`);
    expect(page.text).toMatch(/<svg[^>]* viewBox/);
    expect(page.text).toContain('只能用一次');
    const shown = await house.wallet.presentations.show({ holder: { accountId }, licenceId: licence.id });
    const code = shown?.code ?? '';
    expect(code).toMatch(/^TXS[0-9A-HJKMNP-TV-Z]{26}$/);
    await mine.get(`/wallet/${licence.id}/show`);
    expect(await presentedBy(` ${code.toLowerCase()}\n`)).toMatchObject({ outcome: 'presented' });
    expect(await presentedBy(code)).toEqual({ outcome: 'refused' });
    const late = await house.wallet.presentations.show({ holder: { accountId }, licenceId: licence.id });
    house.clock.advance(60_000);
    expect(await presentedBy(late?.code ?? '')).toEqual({ outcome: 'refused' });
    expect(await presentedBy('TXS-guess')).toEqual({ outcome: 'refused' });
  });

  it('tells on the page of the code who scanned it and why: to its script, and to whoever opens it again', async () => {
    const licence = house.shelf.issue(me);
    const at = `/wallet/${licence.id}`;
    const page = await mine.get(`${at}/show`);
    const ask = /data-ask="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const state = (answer: { text: string }) => /id="shown" data-state="(\w+)"/.exec(answer.text)?.[1];
    const waiting = await mine.get(ask);
    expect([state(waiting), waiting.headers.get('cache-control')]).toEqual(['waiting', 'no-store']);
    // Scanned for a matter that has no use for it: nothing is in the list of uses, and the code is spent all the same.
    const other = await mine.get(`${at}/show`);
    const code = /id="shown-code">([^<]+)</.exec(other.text)?.[1] ?? '';
    const askOther = /data-ask="([^"]+)"/.exec(other.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(state(await mine.get(askOther))).toBe('waiting');
    await presentedBy(code);
    expect([state(await mine.get(askOther)), state(await mine.get(ask))]).toEqual(['spent', 'waiting']);
    const use = { licence: licence.id, conclusion: 'valid', client: site.id };
    const record = (by: string) =>
      house.audit.record('verification.licence.verified', usedBy({ ...use, by }));
    await record('number');
    expect(state(await mine.get(ask))).toBe('waiting');
    await record('code');
    const used = await mine.get(ask);
    expect(state(used)).toBe('used');
    expect(used.text).toMatch(/已核验[\s\S]*示例大厅[\s\S]*核验有效[\s\S]*参保登记[\s\S]*C-77/);
    const again = await mine.get(`${at}/show`);
    expect([state(again), again.text.includes('<svg')]).toEqual(['used', false]);
    // The next code is for the next counter: what was before is not told again.
    const next = await mine.get(/id="renew" href="([^"]+)"/.exec(again.text)?.[1] ?? '');
    expect([state(next), next.text.includes('class="qr"')]).toEqual([undefined, true]);
    for (const since of ['', '-1', 'x', '1e999'])
      expect(state(await mine.get(`${at}/shown?since=${since}`))).toBe('used');
    expect((await pages.person(house.people.open('520102188001010189')).get(ask)).status).toBe(404);
    house.clock.advance(120_001);
    expect((await mine.get(`${at}/show`)).text).toContain('class="qr"');
  });

  it('says beside the code what the counter will be told of a licence that is disputed', async () => {
    const licence = house.shelf.issue(me);
    expect((await mine.get(`/wallet/${licence.id}/show`)).text).not.toContain('异议处理中');
    await house.shelf.library.setDisputed(licence.id, { objectionId: 'x', since: house.clock.now() });
    expect((await mine.get(`/wallet/${licence.id}/show`)).text).toMatch(/异议处理中[\s\S]*暂时无法判断/);
  });

  it('makes no more codes than a hurried person needs', async () => {
    const person = pages.person(house.people.open('520102188001010111'));
    const licence = house.shelf.issue({ ...me, idNumber: '520102188001010111' });
    const statuses: number[] = [];
    for (let turn = 0; turn < 61; turn += 1)
      statuses.push((await person.get(`/wallet/${licence.id}/show`)).status);
    expect([statuses[59], statuses[60]]).toEqual([200, 429]);
  });

  it('limits a verifier that guesses, and never a right code', async () => {
    const guesser = { ...site, id: 'guesser' };
    const answers: string[] = [];
    for (let turn = 0; turn < 31; turn += 1)
      answers.push((await house.wallet.presentations.consume(`TXS${'0'.repeat(26)}`, guesser)).outcome);
    expect(answers.slice(29)).toEqual(['refused', 'limited']);
    const licence = house.shelf.issue(me);
    const shown = await house.wallet.presentations.show({ holder: { accountId }, licenceId: licence.id });
    expect(await house.wallet.presentations.consume(shown?.code ?? '', guesser)).toMatchObject({
      outcome: 'presented',
    });
  });

  it('at a desk: digits, who asks and what they learn, one licence, and the desk has it', async () => {
    const { desks } = house.wallet;
    const licence = house.shelf.issue(me);
    const { deskId } = await desks.open({ verifier: counter, matter, typeCodes: [typeCodes.permit] });
    const state = await desks.state(deskId, counter.id);
    if (state.outcome !== 'waiting') throw new Error('the desk does not wait');
    const page = await mine.get(`/wallet/${licence.id}/show`);
    const code = `${state.code.slice(0, 3)} ${state.code.slice(3)}`;
    const asks = await send(mine, page, '/wallet/desk', { code });
    expect(heading(asks)).toBe('向示例医保局出示证照');
    expect(asks.text).toMatch(/参保登记[\s\S]*C-2026-0001[\s\S]*办理参保登记[\s\S]*对方会知道：是否有效/);
    const done = await send(mine, asks, '/wallet/desk/confirm', { licence: licence.id });
    expect(heading(done)).toBe('已经出示');
    expect(await desks.state(deskId, counter.id)).toEqual({ outcome: 'presented' });
    expect(await desks.state(deskId, 'another')).toEqual({ outcome: 'ended' });
    expect(await desks.take(deskId, 'another')).toBeUndefined();
    expect(await desks.take(deskId, counter.id)).toMatchObject({ licenceId: licence.id, accountId });
    expect(await desks.take(deskId, counter.id)).toBeUndefined();
    const again = await send(mine, asks, '/wallet/desk/confirm', { licence: licence.id });
    expect(faultsOf(again)[0]).toContain('不在等待');
  });

  it('at a desk shows nothing of others, of other types, or by a ticket of others', async () => {
    const { desks } = house.wallet;
    const theirs = house.shelf.issue({ ...me, idNumber: '520102188001010099' });
    const business = house.shelf.issue(me, { typeCode: typeCodes.business });
    const { deskId } = await desks.open({ verifier: counter, matter, typeCodes: [typeCodes.permit] });
    const state = await desks.state(deskId, counter.id);
    const code = state.outcome === 'waiting' ? state.code : '';
    const asks = await send(mine, await mine.get('/wallet/desk'), '/wallet/desk', { code });
    expect(asks.text).not.toContain(business.id);
    for (const licence of [theirs.id, business.id, 'A'.repeat(22), '']) {
      const answer = await send(mine, asks, '/wallet/desk/confirm', { licence });
      expect([answer.status, faultsOf(answer).length]).toEqual([422, 1]);
    }
    const ticket = readForms(asks).find(({ action }) => action.endsWith('/confirm'))?.fields.ticket ?? '';
    const other = house.people.open('520102188001010030');
    const own = house.shelf.issue({ ...me, idNumber: '520102188001010030' });
    expect(await desks.present({ ticket, holder: { accountId: other }, licenceId: own.id })).toEqual({
      outcome: 'ended',
    });
    house.clock.advance(300_000);
    expect((await desks.present({ ticket, holder: { accountId }, licenceId: own.id })).outcome).toBe('ended');
  });

  it('digits change, work a little longer than they are shown, then lead nowhere; guesses are limited', async () => {
    const { desks } = house.wallet;
    const { deskId } = await desks.open({ verifier: counter, matter });
    const first = await desks.state(deskId, counter.id);
    expect(await desks.state(deskId, counter.id)).toEqual(first);
    house.clock.advance(46_000);
    const second = await desks.state(deskId, counter.id);
    if (first.outcome !== 'waiting' || second.outcome !== 'waiting')
      throw new Error('the desk does not wait');
    expect(second.code).not.toBe(first.code);
    const person = house.people.open('520102188001010049');
    expect((await desks.find({ code: first.code, accountId: person })).outcome).toBe('found');
    house.clock.advance(45_000);
    expect((await desks.find({ code: first.code, accountId: person })).outcome).toBe('unknown');
    for (let turn = 0; turn < 13; turn += 1) await desks.find({ code: '1', accountId: person });
    expect((await desks.find({ code: second.code, accountId: person })).outcome).toBe('limited');
    const visitor = pages.person(person);
    const page = await send(visitor, await visitor.get('/wallet/desk'), '/wallet/desk', {
      code: second.code,
    });
    expect(faultsOf(page)[0]).toMatch(/次数太多了。请在 \d\d:\d\d 以后再试/);
    expect([page.status, Number(page.headers.get('retry-after')) > 600]).toEqual([429, true]);
    house.clock.advance(900_000);
    expect(await desks.state(deskId, counter.id)).toEqual({ outcome: 'ended' });
  });

  it('says what is wrong with digits that are none, and counts them as no guess', async () => {
    const person = pages.person(house.people.open('520102188001010197'));
    for (let turn = 0; turn < 20; turn += 1) {
      const code = ['12ab', '', '12345', '1234567'][turn % 4] ?? '';
      const page = await send(person, await person.get('/wallet/desk'), '/wallet/desk', { code });
      expect([code, page.status, faultsOf(page)]).toEqual([code, 422, ['请输入 6 位数字。']]);
    }
  });

  it('names the types that a desk takes to whoever has none of them, and where else one may lie', async () => {
    const { deskId } = await house.wallet.desks.open({
      ...{ verifier: counter, matter, typeCodes: [typeCodes.permit, typeCodes.business] },
    });
    const state = await house.wallet.desks.state(deskId, counter.id);
    const code = state.outcome === 'waiting' ? state.code : '';
    const account = house.people.open('520102188001010200');
    const person = pages.person(account);
    const typed = async () =>
      (await send(person, await person.get('/wallet/desk'), '/wallet/desk', { code })).text;
    expect(await typed()).toContain('这个窗口需要居住证或营业执照。');
    expect(await typed()).not.toContain('切换身份');
    house.people.bind(account);
    expect(await typed()).toContain('切换身份');
  });

  it('opens no desk for a service item that nobody registered', async () => {
    const opening = house.wallet.desks.open({
      verifier: counter,
      matter: { ...matter, serviceItemCode: 'x' },
    });
    await expect(opening).rejects.toMatchObject({ code: 'service-item-unknown' });
  });
});

describe('consents', () => {
  const request = { licenceTypes: [typeCodes.permit], matter, reads: 2 };
  const use = (shareId?: string, changes: object = {}) =>
    house.wallet.shares.use({
      ...{ shareId, clientId: site.id, holder: me, typeCode: typeCodes.permit, matter, ...changes },
    });

  it('are offered with the person’s own licences, granted for those ticked, and withdrawn on their page', async () => {
    const account = house.people.open(me.idNumber);
    const visitor = pages.person(account);
    expect((await visitor.get('/wallet/shares')).text).toContain('还没有授权');
    const kept = house.shelf.issue(me);
    const left = house.shelf.issue(me);
    const offer = await house.wallet.shares.offer({ accountId: account }, request);
    expect(offer).toMatchObject({ reads: 2, serviceItem: { zh: '参保登记' } });
    expect(offer?.types[0]?.licences.map(({ licenceId }) => licenceId)).toEqual(
      expect.arrayContaining([kept.id, left.id]),
    );
    expect(offer?.types[0]?.licences[0]?.tells).toEqual({ valid: { value: true } });
    const share = await house.wallet.shares.grant({
      ...{ holder: { accountId: account }, clientId: site.id, request, licenceIds: [kept.id], once: 'a' },
    });
    expect(await use(share?.id)).toMatchObject({ licenceIds: [kept.id] });
    const page = await visitor.get('/wallet/shares');
    expect(page.text).toMatch(
      /示例大厅[\s\S]*居住证，共 1 张[\s\S]*C-2026-0001[\s\S]*已核验 1 次，最多 2 次/,
    );
    const stranger = pages.person(house.people.open('520102188001010057'));
    await stranger.post('/wallet/shares/withdraw', { share: share?.id ?? '' });
    expect(await house.wallet.shares.find(share?.id ?? '', site.id)).toBeDefined();
    const after = await send(visitor, page, '/shares/withdraw');
    expect(after.text).toMatch(/授权已收回[\s\S]*已收回/);
    expect(await use(share?.id)).toBeUndefined();
    expect(await house.wallet.shares.find(share?.id ?? '', site.id)).toBeUndefined();
    await house.audit.drain();
    const types = (await house.audit.eventsOf(account)).items.map(({ type }) => type);
    expect(types).toEqual(['wallet.share.withdrawn', 'wallet.share.granted']);
  });

  it('open nothing for another site, holder, type, item, case or purpose, nor past their end or after the account', async () => {
    const idNumber = '520102188001010065';
    const holder = { ...me, idNumber };
    const account = house.people.open(idNumber);
    const licence = house.shelf.issue(holder);
    const end = house.clock.now() + 3_600_000;
    const share = await house.wallet.shares.grant({
      ...{ holder: { accountId: account }, clientId: site.id, licenceIds: [licence.id], once: 'b' },
      request: { ...request, reads: 50, validUntil: end },
    });
    const id = share?.id;
    for (const changes of [
      { clientId: 'site-2' },
      { holder: me },
      { typeCode: typeCodes.business },
      { matter: { ...matter, caseNumber: 'C-2' } },
      { matter: { ...matter, serviceItemCode: 'other' } },
      { matter: { ...matter, purpose: '另作他用' } },
      { shareId: 'unknown' },
    ])
      expect([changes, await use(id, { holder, ...changes })]).toEqual([changes, undefined]);
    expect(await use(undefined, { holder })).toMatchObject({ shareId: id });
    house.people.disable(account);
    expect(await use(id, { holder })).toBeUndefined();
    const other = house.people.open(idNumber);
    const last = await house.wallet.shares.grant({
      ...{ holder: { accountId: other }, clientId: site.id, licenceIds: [licence.id], once: 'c' },
      request: { ...request, validUntil: end },
    });
    expect(await use(last?.id, { holder })).toBeDefined();
    house.clock.advance(3_600_000);
    expect(await use(last?.id, { holder })).toBeUndefined();
  });

  it('cannot be given for licences of others, of other types, or for what a site may not ask', async () => {
    const account = house.people.open('520102188001010073');
    const own = house.shelf.issue(
      { ...me, idNumber: '520102188001010073' },
      { typeCode: typeCodes.business },
    );
    const theirs = house.shelf.issue(me);
    const grant = (licenceIds: string[], changes: object = {}) =>
      house.wallet.shares.grant({
        ...{ holder: { accountId: account }, clientId: site.id, licenceIds, once: 'd' },
        request: { ...request, ...changes },
      });
    for (const ids of [[theirs.id], [own.id], ['A'.repeat(22)], []]) expect(await grant(ids)).toBeUndefined();
    expect(await grant([own.id], { licenceTypes: [typeCodes.secret] })).toBeUndefined();
    const { refusal } = house.wallet.shares;
    const year = house.clock.now() + 365 * 24 * 3_600_000;
    for (const [changes, words] of [
      [{ licenceTypes: ['x'] }, 'does not exist'],
      [{ licenceTypes: [typeCodes.secret] }, 'may learn nothing'],
      [{ matter: { ...matter, serviceItemCode: 'x' } }, 'not registered'],
      [{ validUntil: house.clock.now() }, 'has passed'],
      [{ validUntil: year }, '180 days'],
      [{ reads: 101 }, 'from 1 to 100'],
      [{ matter: { ...matter, purpose: '联系 13900000001' } }, 'purpose: '],
      [{ matter: { ...matter, caseNumber: '520102188001010014' } }, 'case_number: '],
    ] as const)
      expect(await refusal({ ...request, ...changes })).toContain(words);
    expect(await refusal(request)).toBeUndefined();
    // Cases are numbered as verification takes them, in as many digits as an ID number has.
    expect(
      await refusal({ ...request, matter: { ...matter, caseNumber: '202600000000000017' } }),
    ).toBeUndefined();
  });

  it('of an organisation die with the binding of whoever gave them', async () => {
    const account = house.people.open('520102188001010081');
    const organisationId = house.people.bind(account);
    const licence = house.shelf.issue(company, { typeCode: typeCodes.business });
    const share = await house.wallet.shares.grant({
      ...{
        holder: { accountId: account, organisationId },
        clientId: site.id,
        licenceIds: [licence.id],
        once: 'e',
      },
      request: { ...request, licenceTypes: [typeCodes.business] },
    });
    const reading = { holder: company, typeCode: typeCodes.business };
    expect(await use(share?.id, reading)).toMatchObject({ licenceIds: [licence.id] });
    house.people.release(account);
    expect(await use(share?.id, reading)).toBeUndefined();
  });
});

describe('an objection', () => {
  it('reaches the authority with a clock, marks the licence until it is answered, and comes back to the holder', async () => {
    const licence = house.shelf.issue(me);
    const form = await mine.get(`/wallet/${licence.id}/objection`);
    expect(form.text).toContain('15 天');
    const short = await send(mine, form, '/objection', { text: '错' });
    expect(faultsOf(short)[0]).toContain('至少 5 个字');
    const long = await send(mine, form, '/objection', { text: '错'.repeat(1001) });
    expect(faultsOf(long)[0]).toContain('最多');
    const raised = await send(mine, form, '/objection', { text: '住址写成了 1 号，\r\n实际是 11 号。' });
    expect(raised.text).toMatch(/已经送到发证机关[\s\S]*异议处理中/);
    expect(raised.text).not.toContain('id="object"');
    expect(house.shelf.get(licence.id)?.disputed).toBeDefined();
    await send(mine, form, '/objection', { text: '第二次提出的异议' });
    // Who comes for another form is led to the one that waits.
    const again = await mine.get(`/wallet/${licence.id}/objection`);
    expect(again.location).toMatch(/\/wallet\/[\w-]{22}#objections$/);

    const stranger = pages.clerk('11520000000000002Y');
    expect((await stranger.get('/admin/objections')).text).toContain('没有等待答复');
    const clerk = pages.clerk();
    const list = await clerk.get('/admin/objections');
    const links = [...list.text.matchAll(/href="(\/admin\/objections\/[\w-]{22})"/g)].map(([, href]) =>
      String(href),
    );
    expect(links).toHaveLength(1);
    expect((await stranger.get(String(links[0]))).status).toBe(404);
    const one = await clerk.get(String(links[0]));
    expect(one.text).toContain(licence.number);
    expect(faultsOf(await send(clerk, one, String(links[0]), { text: '已经改好' }))).toHaveLength(2);
    const done = await send(clerk, one, String(links[0]), {
      decision: 'corrected',
      text: '住址已改为 11 号。',
    });
    expect(done.text).toContain('答复已经送出');
    const late = await send(clerk, one, String(links[0]), { decision: 'rejected', text: '同事已经答复过了' });
    expect(late.text).toContain('住址已改为 11 号。');
    expect(house.shelf.get(licence.id)?.disputed).toBeUndefined();
    const hint = '发证机关已答复您对「居住证」的异议';
    expect((await mine.get('/wallet')).text).toContain(hint);
    const page = await mine.get(`/wallet/${licence.id}`);
    expect((await mine.get('/wallet')).text).not.toContain(hint);
    expect(page.text).toMatch(/已更正[\s\S]*住址已改为 11 号。/);
    expect(page.text).toContain('id="object"');
    expect((await clerk.get('/admin/objections?state=answered')).text).toContain('已更正');
  });

  it('is overdue after fifteen days, and its mark is made up by the relay when the process died in between', async () => {
    const licence = house.shelf.issue({ ...me, idNumber: '520102188001010014' });
    const form = await mine.get(`/wallet/${licence.id}/objection`);
    await send(mine, form, '/objection', { text: '有效期不对，少了一年。' });
    await house.shelf.library.setDisputed(licence.id, undefined);
    await house.audit.drain();
    const [event] = (await house.audit.eventsOfLicence(licence.id)).items;
    expect(event?.type).toBe('wallet.objection.raised');
    await house.wallet.onEvent(event as NonNullable<typeof event>);
    expect(house.shelf.get(licence.id)?.disputed).toBeDefined();
    house.clock.advance(16 * 24 * 3_600_000);
    expect((await pages.clerk().get('/admin/objections')).text).toContain('已超期');
  });

  it('is told to whoever raised it when it is answered, by the relay, and to nobody who may not see the licence any more', async () => {
    const account = house.people.open('520102188001010170');
    const organisationId = house.people.bind(account);
    const licence = house.shelf.issue(company, { typeCode: typeCodes.business });
    const objector = pages.person(account, { actingFor: { organisationId, name: company.name } });
    const form = await objector.get(`/wallet/${licence.id}/objection`);
    await send(objector, form, '/objection', { text: '经营范围少了一项。' });
    const clerk = pages.clerk();
    const list = await clerk.get('/admin/objections');
    const hrefs = [...list.text.matchAll(/href="(\/admin\/objections\/[\w-]{22})"/g)].map(([, href]) => href);
    const pagesOf = await Promise.all(hrefs.map((href) => clerk.get(String(href))));
    const one = pagesOf.find(({ text }) => text.includes('经营范围少了一项'));
    const action = one ? new URL(one.url).pathname : '';
    await send(clerk, one as NonNullable<typeof one>, action, {
      decision: 'rejected',
      text: '登记就是如此。',
    });
    await house.audit.drain();
    const events = (await house.audit.eventsOfLicence(licence.id)).items;
    const event = events.find(({ type }) => type === 'wallet.objection.answered');
    const relayed = () => house.wallet.onEvent(event as NonNullable<typeof event>);
    await relayed();
    expect(house.people.told).toEqual([
      {
        id: event?.id,
        accountId: account,
        text: { zh: expect.stringContaining('已经答复'), en: expect.anything() },
      },
    ]);
    // The person's own wallet says nothing of what they raised for the company.
    expect((await pages.person(account).get('/wallet')).text).not.toContain('营业执照');
    expect((await objector.get('/wallet')).text).toContain('您对「营业执照」的异议');
    house.people.release(account);
    await relayed();
    expect(house.people.told).toHaveLength(1);
  });

  it('is for issuing clerks only', async () => {
    expect((await mine.get('/admin/objections')).status).toBe(403);
    expect(await codeOf(pages.person('nobody'), 'A'.repeat(22))).toBe(404);
  });
});
