import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestApp, type TestApp } from '../support/app.ts';
import { enterPortal, faultsOf, heading, openSite, send, type TestSite, visit } from '../support/pages.ts';
import { personAt, type TestPerson } from '../support/people.ts';
import type { Answer, Visitor } from '../support/relying-party.ts';

let app: TestApp;
let site: TestSite;
const password = 'quiet-harbour-1880';

beforeAll(async () => {
  app = await createTestApp();
  site = await openSite(app);
});
beforeEach(() => app.registers.control('/reset'));
afterAll(() => app.close());

/** Somebody whom the registers know. */
async function knownPerson(
  n: number,
  options: { phone?: boolean; card?: boolean } = {},
): Promise<TestPerson> {
  const person = personAt(n);
  const { idNumber: id_number, name, phoneNumber: phone_number, cardNumber: card_number } = person;
  await app.registers.control('/people', { id_number, name });
  if (options.phone !== false) await app.registers.control('/subscribers', { phone_number, id_number });
  if (options.card) await app.registers.control('/cards', { id_number, card_number });
  return person;
}

/** Opens the first step, coming from the site's login page. */
async function startRegistration(visitor: Visitor, params?: Record<string, string>) {
  const { page, attempt } = await site.open(visitor, params);
  const link = /href="([^"]+\/register)"/.exec(page.text)?.[1] ?? '';
  return { page: await visitor.get(link), attempt };
}

const identify = (visitor: Visitor, page: Answer, person: TestPerson, values: Record<string, string> = {}) =>
  send(visitor, page, '/register', {
    name: person.name,
    idType: '111',
    idNumber: person.idNumber,
    agree: 'yes',
    ...values,
  });

/** Types the phone and the code that comes. */
async function confirmPhone(visitor: Visitor, page: Answer, phoneNumber: string): Promise<Answer> {
  const ask = await send(visitor, page, '/register/phone', { phoneNumber: phoneNumber.slice(3) });
  expect(heading(ask)).toBe('输入短信验证码');
  return send(visitor, ask, '/register/code', { code: await app.registers.lastCode(phoneNumber) });
}

describe('registration in the middle of a login', () => {
  it('says that no message can be sent, keeps what was typed, and sends one when asked again', async () => {
    const person = await knownPerson(219);
    const visitor = app.visitor();
    const { page } = await startRegistration(visitor);
    const phone = await identify(visitor, page, person);
    await app.registers.control('', { register: 'sms', mode: 'error' });
    const values = { phoneNumber: person.phoneNumber.slice(3) };
    const refused = await send(visitor, phone, '/register/phone', values);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d?$/);
    expect(faultsOf(refused).join()).toContain('验证码短信暂时发不出去');
    expect(refused.text).toContain(values.phoneNumber);
    await app.registers.control('', { register: 'sms', mode: 'normal' });
    app.clock.advance(61);
    expect(heading(await send(visitor, refused, '/register/phone', values))).toBe('输入短信验证码');
  });

  it('takes three steps and ends at the site, logged in at level 2', async () => {
    const person = await knownPerson(200);
    const visitor = app.visitor();
    const { page, attempt } = await startRegistration(visitor);
    expect(heading(page)).toBe('您是谁');
    expect(page.text).toContain('aria-current="step"');
    const phone = await identify(visitor, page, person);
    expect(heading(phone)).toBe('您的手机号');
    expect(phone.url).not.toContain(person.idNumber);
    const last = await confirmPhone(visitor, phone, person.phoneNumber);
    expect(heading(last)).toBe('以后怎样登录');
    expect(last.text).toContain('注册后是中级实名');
    const done = await send(visitor, last, '/register/finish', {
      method: 'password',
      password,
      password2: password,
    });
    const back = done.location ? done : await send(visitor, done, '/allow');
    const tokens = await site.party.finish(attempt, back.location ?? '');
    expect(tokens.claims()).toMatchObject({ acr: 'urn:tongxing:loa:2', amr: ['pwd', 'sms'] });
  });

  it('shows what is wrong beside the field and keeps what was typed', async () => {
    const person = personAt(201);
    const visitor = app.visitor();
    const { page } = await startRegistration(visitor);
    const unread = await identify(visitor, page, person, { agree: '' });
    expect(faultsOf(unread)).toEqual(['请先阅读并勾选同意《隐私说明》']);
    const bad = await identify(visitor, unread, person, { idNumber: '520102188001010015' });
    expect(bad.status).toBe(422);
    expect(bad.text).toContain('id="idNumber-fault"');
    expect(bad.text).toContain(`value="${person.name}"`);
    const short = await identify(visitor, bad, person, { idNumber: '5201' });
    expect(faultsOf(short)[0]).toContain('位数不对');
  });

  it('says so when name and number do not match, and when nobody can use the identity', async () => {
    const person = await knownPerson(202);
    const visitor = app.visitor();
    const { page } = await startRegistration(visitor);
    const mismatch = await identify(visitor, page, person, { name: '赵冒名' });
    expect(faultsOf(mismatch)[0]).toContain('姓名和证件号码对不上');
    expect(mismatch.text).toContain('派出所');
    await app.registers.control('/people', { id_number: person.idNumber, name: person.name, deceased: true });
    const refused = await identify(visitor, mismatch, person);
    expect(heading(refused)).toBe('不能用这个身份注册');
  });

  it('saves everything when the police register is down, and goes on', async () => {
    const person = await knownPerson(203);
    await app.registers.control('', { register: 'police', mode: 'error' });
    const visitor = app.visitor();
    const { page } = await startRegistration(visitor);
    const phone = await identify(visitor, page, person);
    expect(phone.text).toContain('您的信息已保存');
    const last = await confirmPhone(visitor, phone, person.phoneNumber);
    expect(last.text).toContain('恢复后我们会自动核对身份');
    const done = await send(visitor, last, '/register/finish', {
      method: 'password',
      password,
      password2: password,
    });
    expect(done.location ?? heading(done)).toMatch(/code=|示例网站/);
  });

  it('asks for a second proof when the phone is not the person’s own: another phone, or the card', async () => {
    const person = await knownPerson(204, { phone: false, card: true });
    const visitor = app.visitor();
    const { page } = await startRegistration(visitor);
    const second = await confirmPhone(visitor, await identify(visitor, page, person), person.phoneNumber);
    expect(heading(second)).toBe('还要再确认一次是您本人');
    const wrong = await send(visitor, second, '/register/card', { cardNumber: 'G00000000' });
    expect(faultsOf(wrong)[0]).toContain('卡号和您的身份对不上');
    const last = await send(visitor, wrong, '/register/card', { cardNumber: person.cardNumber });
    expect(heading(last)).toBe('以后怎样登录');
  });

  it('tells a stranger nothing about an identity that has an account, and the owner to log in', async () => {
    const owner = await knownPerson(205);
    await app.enrol(owner, { password });
    const stranger = app.visitor();
    const { page } = await startRegistration(stranger);
    const phone = await identify(stranger, page, owner);
    expect(heading(phone)).toBe('您的手机号');
    const foreign = await confirmPhone(stranger, phone, personAt(905).phoneNumber);
    expect(heading(foreign)).toBe('还要再确认一次是您本人');

    const visitor = app.visitor();
    const { page: again } = await startRegistration(visitor);
    const yours = await confirmPhone(visitor, await identify(visitor, again, owner), owner.phoneNumber);
    expect(heading(yours)).toBe('您已经注册过');
    const link = /id="login" href="([^"]+)"/.exec(yours.text)?.[1] ?? '';
    expect(heading(await visitor.get(link))).toBe('登录');
  });

  it('starts at the first step when the site or the portal asks for registration', async () => {
    const visitor = app.visitor();
    const { page } = await site.open(visitor, { prompt: 'create' });
    expect(heading(page)).toBe('您是谁');
    expect(heading(await visit(app.visitor(), '/register'))).toBe('您是谁');
  });

  it('with a number that had another owner: it moves to whom the operator names, and the earlier owner reads it', async () => {
    const earlier = await knownPerson(217);
    await app.enrol(earlier, { password });
    const heir = await knownPerson(218, { phone: false });
    const { phoneNumber } = earlier;
    await app.registers.control('/subscribers', { phone_number: phoneNumber, id_number: heir.idNumber });
    const visitor = app.visitor();
    const { page } = await startRegistration(visitor);
    const last = await confirmPhone(visitor, await identify(visitor, page, heir), phoneNumber);
    expect(heading(last)).toBe('以后怎样登录');
    await send(visitor, last, '/register/finish', { method: 'password', password, password2: password });
    const account = await enterPortal(app.visitor(), { identifier: earlier.idNumber, password });
    expect(account.text).toContain('原来绑定的手机号已由另一位本人办理者使用');
    expect(account.text).not.toContain(phoneNumber.slice(-4));
    const wrongDoor = await enterPortal(app.visitor(), { identifier: phoneNumber.slice(3), password });
    expect(wrongDoor.text).not.toContain('原来绑定的手机号');
  });

  it('cannot be taken over in another browser', async () => {
    const person = await knownPerson(206);
    const visitor = app.visitor();
    const { page } = await startRegistration(visitor);
    const phone = await identify(visitor, page, person);
    const { page: foreign } = await startRegistration(app.visitor());
    const draft = new URL(phone.url).searchParams.get('r') ?? '';
    const thief = app.visitor();
    const { page: own } = await startRegistration(thief);
    const answer = await thief.get(`${new URL(own.url).pathname}?r=${draft}`);
    expect(heading(answer)).toBe('您是谁');
    expect(answer.text).not.toContain(person.idNumber.slice(0, 2).concat('******'));
    expect(heading(foreign)).toBe('您是谁');
  });
});

describe('recovery in the middle of a login', () => {
  /** Opens recovery, coming from the site's login page. */
  async function startRecovery(visitor: Visitor) {
    const { page, attempt } = await site.open(visitor);
    const link = /id="recover" href="([^"]+)"/.exec(page.text)?.[1] ?? '';
    return { page: await visitor.get(link), attempt };
  }
  const claim = (visitor: Visitor, page: Answer, { name, idNumber }: TestPerson) =>
    send(visitor, page, '/recover', { name, idType: '111', idNumber });

  it('asks the register, sends a code to the phone of the account, and makes everything old worthless', async () => {
    const person = await knownPerson(210);
    await app.enrol(person, { password });
    const visitor = app.visitor();
    const { page, attempt } = await startRecovery(visitor);
    expect(page.text).toContain('找回之后会这样');
    const ask = await claim(visitor, page, person);
    const code = await app.registers.lastCode(person.phoneNumber);
    const last = await send(visitor, ask, '/recover/code', { code });
    expect(heading(last)).toBe('以后怎样登录');
    const fresh = 'evening-lantern-1890';
    const done = await send(visitor, last, '/recover/finish', {
      method: 'password',
      password: fresh,
      password2: fresh,
    });
    const back = done.location ? done : await send(visitor, done, '/allow');
    const tokens = await site.party.finish(attempt, back.location ?? '');
    expect(tokens.claims()?.acr).toBe('urn:tongxing:loa:1');
    const { page: login } = await site.open(app.visitor());
    const refused = await send(visitor, login, '/password', { identifier: person.idNumber, password });
    expect(refused.status).not.toBe(200);
  });

  it('answers the same for people who have no account', async () => {
    const person = await knownPerson(211);
    const visitor = app.visitor();
    const { page } = await startRecovery(visitor);
    const ask = await claim(visitor, page, person);
    expect(heading(ask)).toBe('输入短信验证码');
    const wrong = await send(visitor, ask, '/recover/code', { code: '123456' });
    expect(faultsOf(wrong)[0]).toContain('验证码不对');
  });

  it('says so when the register is down: nobody is recovered unseen', async () => {
    const person = await knownPerson(212);
    await app.enrol(person, { password });
    await app.registers.control('', { register: 'police', mode: 'error' });
    const visitor = app.visitor();
    const { page } = await startRecovery(visitor);
    expect(faultsOf(await claim(visitor, page, person))[0]).toContain('公安人口库暂时连不上');
  });
});
