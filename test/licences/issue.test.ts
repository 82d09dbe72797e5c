import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isProblem } from '../../src/core/index.ts';
import type { LicenceDraft } from '../../src/licences/index.ts';
import {
  allTypes,
  createLicenceWorld,
  draftOf,
  issueLicence,
  type LicenceWorld,
  otherAuthority,
  testActor,
  testAuthority,
  typeCodeOf,
} from '../support/licences.ts';

let world: LicenceWorld;

beforeAll(async () => {
  world = await createLicenceWorld();
});
afterAll(() => world.close());

/** Code and pointers of what a call is refused with. */
async function refusalOf(work: Promise<unknown>): Promise<{ code: string; pointers: string[] }> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isProblem(error)) throw error ?? new Error('nothing was refused');
  return {
    code: error.code,
    pointers: (error.extensions.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`),
  };
}

describe('a licence that is issued', () => {
  it('is one document with file, identifier and first state, found by id, number, holder, file and status token', async () => {
    const issued = await issueLicence(world.licences, 'driving-licence', {}, 'now');
    const { library } = world.licences;
    const [version] = issued.versions;
    expect(issued.id).toMatch(/^[\w-]{22}$/);
    expect(version?.identifier).toMatch(
      new RegExp(
        `^1\\.2\\.156\\.3005\\.2\\.${issued.typeCode}\\.${testAuthority}\\.[0-9A-Z]{25}\\.001\\.[0-9A-Z]$`,
      ),
    );
    expect(version?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await library.findById(issued.id)).toEqual(issued);
    expect(await library.findByNumber({ typeCode: issued.typeCode, number: issued.number })).toEqual(issued);
    const { items } = await library.findByHolder({ idType: '111', idNumber: '520382189506151231' });
    expect(items).toEqual([issued]);
    const { sha256 = '' } = version?.file ?? {};
    expect(await library.findByFile(sha256)).toEqual({ licence: issued, version });
    expect(await library.findByStatusToken(version?.statusToken ?? '')).toEqual({ licence: issued, version });
    expect((await library.fileOf(issued.id, 1)).sha256).toBe(sha256);
    expect(await library.stateAt(issued, world.clock.now())).toMatchObject({
      status: 'valid',
      isDisputed: false,
    });
  });

  it.each(allTypes)('is possible for %s with the fields of its template', async (name) => {
    const issued = await issueLicence(
      world.licences,
      name,
      name === 'driving-licence'
        ? {
            number: '520102188001010014',
            holders: [{ idType: '111', idNumber: '520382189506151231', name: '李演示' }],
          }
        : {},
    );
    expect(issued.versions[0]?.file).toBeUndefined();
    expect(issued.typeCode).toBe(typeCodeOf(name));
  });

  it('has its number once: the second one is told that it is taken, and nothing of it is stored', async () => {
    await issueLicence(world.licences, 'food-business-licence', { number: 'JY25201000000099' });
    const again = issueLicence(world.licences, 'food-business-licence', { number: 'JY25201000000099' });
    expect(await refusalOf(again)).toEqual({ code: 'licence-number-taken', pointers: [] });
  });

  it('is sealed on first use when it was kept as data only, once for any number of readers', async () => {
    const { id } = await issueLicence(world.licences, 'hygiene-licence', {
      number: '黔示卫公证字［2024］第000077号',
    });
    const other = world.sibling();
    const readers = [world.licences, other, world.licences, other, other].map(({ library }) =>
      library.fileOf(id, 1),
    );
    const hashes = new Set((await Promise.all(readers)).map(({ sha256 }) => sha256));
    expect(hashes.size).toBe(1);
    expect((await world.licences.library.findById(id))?.versions[0]?.file?.sha256).toBe([...hashes][0]);
  });

  it('is painted from its sealed file, which a first look makes, and not at all once nothing may be sealed', async () => {
    const { library, move } = world.licences;
    const { id } = await issueLicence(world.licences, 'residence-permit', { number: '520100202400000076' });
    const picture = await library.pictureOf(id, 1, 'small');
    const { bytes } = await library.fileOf(id, 1);
    expect(Buffer.from(picture.bytes).equals(bytes)).toBe(true);
    const widths = await Promise.all(
      (['blurred', 'small', 'large'] as const).map((size) => library.pictureOf(id, 1, size)),
    );
    expect(widths.map(({ width }) => width)).toEqual([96, 480, 960]);
    expect(await refusalOf(library.pictureOf(id, 2, 'small'))).toMatchObject({ code: 'licence-not-found' });
    const ended = await issueLicence(world.licences, 'residence-permit', { number: '520100202400000077' });
    await move(ended.id, { to: 'rescinded', reason: '撤销' }, testActor);
    expect(await refusalOf(library.pictureOf(ended.id, 1, 'small'))).toMatchObject({ code: 'licence-ended' });
  });
});

describe('a draft', () => {
  it('is refused before anything else where the issuer has no right, for unknown and forbidden types alike', async () => {
    const { licences } = world;
    const forbidden = draftOf('hygiene-licence', { issuingAuthorityCode: otherAuthority, holders: [] });
    const unknown = draftOf('hygiene-licence', { typeCode: `${testAuthority}999`, holders: [] });
    expect(await refusalOf(licences.issue(forbidden, testActor))).toEqual({
      code: 'not-entitled',
      pointers: [],
    });
    expect(await refusalOf(licences.issue(unknown, testActor))).toEqual({
      code: 'not-entitled',
      pointers: [],
    });
    const stranger = { id: 'somebody', authorityCodes: [] };
    expect((await refusalOf(licences.issue(draftOf('hygiene-licence'), stranger))).code).toBe('not-entitled');
  });

  it('is told all its faults at once, each with a pointer', async () => {
    const draft: LicenceDraft = draftOf('residence-permit', {
      number: 'ABC',
      holders: [{ idType: '111', idNumber: '520102188001010013', name: ' ' }],
      issuedOn: '2024-02-30',
      areaCode: '990000',
      data: { sex: 'x', ethnicity: '汉', residence_address: 5, surprise: true },
    });
    expect(await refusalOf(world.licences.issue(draft, testActor))).toEqual({
      code: 'invalid-input',
      pointers: [
        '/holders/0/name missing',
        '/holders/0/id_number check',
        '/issued_on not-a-date',
        '/area_code area',
        '/data/born_on missing',
        '/data/household_address missing',
        '/data/surprise unknown',
        '/data/sex not-listed',
        '/data/residence_address wrong-type',
        '/number wrong-form',
      ],
    });
  });

  it('that was left empty is told so of each member by its name', async () => {
    const nobody = { idType: '', idNumber: '', name: '' } as const;
    const empty: Partial<LicenceDraft> = {
      ...{ number: '', holders: [nobody, nobody], issuedOn: '', validFrom: '' },
      data: { registered_on: '2024-03-05', registrar: '钱演示', remarks: '无', holders: [{}, {}] },
    };
    const faults = await world.licences.faultsOf(draftOf('marriage-certificate', empty), testActor);
    expect(faults.map(({ pointer, code, text }) => `${pointer} ${code} ${text?.zh}`)).toEqual([
      ...[0, 1].flatMap((index) => [
        `/holders/${index}/name missing 请填写姓名或名称。`,
        `/holders/${index}/id_type missing 请选择证件类型。`,
        `/holders/${index}/id_number missing 请填写证件号码。`,
      ]),
      '/issued_on missing 请填写颁发日期。',
      '/valid_from missing 请填写有效期起。',
      ...[0, 1].flatMap((index) => [
        `/data/holders/${index}/sex missing 请填写性别。`,
        `/data/holders/${index}/nationality missing 请填写国籍。`,
        `/data/holders/${index}/born_on missing 请填写出生日期。`,
      ]),
      '/number missing 请填写证照编号，例如 J520100-2024-000001。',
    ]);
    const food = draftOf('food-business-licence', { validUntil: null });
    const [end] = await world.licences.faultsOf(food, testActor);
    expect(end?.text).toEqual({ zh: '请填写有效期止。', en: 'Valid until is missing.' });
  });

  it('with wrong days and kinds of values is told what to write, in no words of programs', async () => {
    const days: Partial<LicenceDraft> = {
      issuedOn: '2999-01-01',
      validFrom: '5.3.2024',
      validUntil: '2024-02-30',
    };
    const faulty = [
      draftOf('marriage-certificate', { validUntil: '2034-03-04' }),
      draftOf('residence-permit', { ...days, data: { sex: 1, ethnicity: null, born_on: '1.1.1880' } }),
    ];
    const faults = (
      await Promise.all(faulty.map((draft) => world.licences.faultsOf(draft, testActor)))
    ).flat();
    const said = faults.map(({ pointer, text }) => `${pointer} ${text?.zh}`);
    const asIn = '不是真实的日期，请按“2024-03-05”的样式填写年、月、日。';
    for (const line of [
      '/valid_until 该类证照长期有效，请勿填写有效期止。',
      '/issued_on 颁发日期不能晚于今天。',
      `/valid_from 有效期起${asIn}`,
      `/valid_until 有效期止${asIn}`,
      `/data/born_on 出生日期${asIn}`,
      '/data/ethnicity 民族应为文字。',
    ])
      expect(said).toContain(line);
    for (const { text } of faults)
      expect(`${text?.zh} ${text?.en}`).not.toMatch(/null|string|integer|boolean|array|object|YYYY|JSON/);
    // The answer of the API may name what a system has to send.
    expect(faults.find(({ code }) => code === 'has-no-end')?.detail).toContain('send null');
  });

  it.each<[string, Partial<LicenceDraft>, string]>([
    ['a day of issue in the future', { issuedOn: '2999-01-01' }, '/issued_on in-future'],
    ['a validity that ends before it begins', { validUntil: '2024-03-04' }, '/valid_until before-start'],
    ['a validity longer than the type allows', { validUntil: '2029-03-06' }, '/valid_until too-late'],
    ['no end where the type has one', { validUntil: null }, '/valid_until missing'],
    ['no holder', { holders: [] }, '/holders holder-count'],
    [
      'a person where the type is for organisations',
      { holders: [{ idType: '111', idNumber: '520102188001010014', name: '赵示例' }] },
      '/holders/0/id_type wrong-holder',
    ],
    [
      'a credit code whose checks fail',
      { holders: [{ idType: '001', idNumber: '91520000MA0DEM0055', name: '示例' }] },
      '/holders/0/id_number check',
    ],
  ])('is refused for %s', async (_, changes, expected) => {
    const draft = draftOf('food-business-licence', { number: 'JY25201000000050', ...changes });
    expect((await refusalOf(world.licences.issue(draft, testActor))).pointers).toContain(expected);
  });

  it('is refused when sex or birth differ from the ID number, also in rows of several holders', async () => {
    const permit = draftOf('residence-permit');
    const wrong = { ...permit, data: { ...permit.data, sex: '男', born_on: '1889-12-30' } };
    expect((await refusalOf(world.licences.issue(wrong, testActor))).pointers).toEqual([
      '/data/sex differs-from-id-number',
      '/data/born_on differs-from-id-number',
    ]);
    const marriage = draftOf('marriage-certificate');
    const turned = { ...marriage, number: 'J520100-2024-000002', holders: marriage.holders.toReversed() };
    expect((await refusalOf(world.licences.issue(turned, testActor))).pointers).toContain(
      '/data/holders/0/sex differs-from-id-number',
    );
  });
});
