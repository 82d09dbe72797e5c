import { describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import {
  acrOf,
  allProblems,
  assuranceLevels,
  canonicalJson,
  formatCursor,
  isProblem,
  lowestLevel,
  maskIdentifier,
  maskIdNumber,
  maskIdNumbersIn,
  maskLicenceNumber,
  maskName,
  maskNameOf,
  maskPhoneNumber,
  Problem,
  parseAcr,
  parseCursor,
  readAll,
  sessionLevel,
  sha256Hex,
  shortMask,
  systemClock,
  systemRandom,
} from '../../src/core/index.ts';

describe('masking', () => {
  it('shows two and two characters of an ID number', () => {
    expect(maskIdNumber('520102188001010014')).toBe('52**************14');
    expect(maskIdNumber('1234')).toBe('****');
    expect(maskIdNumbersIn('原号520102188001010014，新号 52010218800101001x；编号5201021880010100149')).toBe(
      '原号52******14，新号 52******1x；编号5201021880010100149',
    );
  });

  it('never tells on a page how much is hidden', () => {
    expect([shortMask('52**************14'), shortMask('139****0001')]).toEqual([
      '52******14',
      '139****0001',
    ]);
  });

  it('shows two and four characters of the number of a licence, less of a short one or of an ID number', () => {
    expect(maskLicenceNumber('JY15201020000017')).toBe('JY******0017');
    expect(maskLicenceNumber('A12345678')).toBe('A******78');
    expect(maskLicenceNumber('A12')).toBe('***');
    expect(maskLicenceNumber('520102188001010014')).toBe('52******14');
    expect(maskLicenceNumber('示例字第520102188001010014号')).toBe('示例******4号');
  });

  it('shows three and four digits of a mobile number', () => {
    expect(maskPhoneNumber('+8613900000001')).toBe('139****0001');
    expect(maskPhoneNumber('13900000001')).toBe('139****0001');
  });

  it('shows the first character of a name', () => {
    expect(maskName('王小')).toBe('王*');
    expect(maskName('王小二')).toBe('王**');
    expect(maskName('王')).toBe('*');
    expect(maskName('𠮷田')).toBe('𠮷*');
    expect(maskName('古丽·艾合买提江')).toBe('古****');
    expect(maskNameOf({ type: '111', number: '520102188001010014' }, '王示例')).toBe('王**');
    expect(maskNameOf({ type: '001', number: '91520100MA6WXYQ21N' }, '示例公司')).toBe('示例公司');
    expect(maskNameOf({ type: '001', number: '92520100MA6WXYQ21N' }, '示例小店')).toBe('示***');
  });

  it('hides persons and shows organisations, a sole trader being a person', () => {
    expect(maskIdentifier({ type: '001', number: '91520000000000000D' })).toBe('91520000000000000D');
    expect(maskIdentifier({ type: '001', number: '92520100MA6WXYQ21N' })).toBe('92**************1N');
    expect(maskIdentifier({ type: '111', number: '520102188001010014' })).toBe('52**************14');
    expect(maskIdentifier({ type: 'MOBILE', number: '+8613900000001' })).toBe('139****0001');
  });
});

describe('canonical JSON (RFC 8785)', () => {
  it('gives the text of the RFC for its example', () => {
    const value = {
      numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts members by UTF-16 code units and drops undefined ones', () => {
    expect(canonicalJson({ '\ufb33': 1, '\u{1f600}': 2, a: undefined, '1': 3 })).toBe(
      '{"1":3,"\u{1f600}":2,"\ufb33":1}',
    );
  });

  it('says what an independent implementation says, however names are ordered and whatever they are', () => {
    const pieces = ['a', 'B', '1', '10', '9', '\u{1f600}', '\ufb33', '__proto__', 'toString', '~', '!', ''];
    const scalars = ['', '"\n\u2028', '测试', 0, -0, 1e21, 4.5e-7, -3, true, false, null];
    let seed = 1;
    const next = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    const make = (depth: number): unknown => {
      const kind = depth > 3 ? 0 : next(4);
      if (kind < 2) return scalars[next(scalars.length)];
      if (kind === 2) return Array.from({ length: next(4) }, () => make(depth + 1));
      const names = Array.from({ length: next(6) }, () => pieces[next(pieces.length)] + String(next(3)));
      return Object.fromEntries(
        [...names, pieces[next(pieces.length)]].map((name) => [name, make(depth + 1)]),
      );
    };
    for (let round = 0; round < 5_000; round += 1) {
      const value = make(0);
      expect(canonicalJson(value)).toBe(canonicalize(value));
    }
  });

  it('refuses what JSON cannot say', () => {
    for (const value of [undefined, Number.NaN, Number.POSITIVE_INFINITY, '\ud800', () => 0])
      expect(() => canonicalJson(value)).toThrow();
  });

  it('is hashed as UTF-8', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('assurance levels', () => {
  it('are an order written as acr values', () => {
    expect(assuranceLevels.map(acrOf)).toEqual([0, 1, 2, 3].map((n) => `urn:tongxing:loa:${n}`));
    expect(assuranceLevels.map((level) => parseAcr(acrOf(level)))).toEqual(assuranceLevels);
    expect(parseAcr('urn:tongxing:loa:4')).toBeUndefined();
    expect(parseAcr('urn:tongxing:loa:01')).toBeUndefined();
  });

  it('are satisfied at or above the lowest of those asked for, whoever else is asked for', () => {
    expect(lowestLevel(['urn:tongxing:loa:3', 'urn:other', 'urn:tongxing:loa:1'])).toBe(1);
    expect(lowestLevel(['urn:other'])).toBeUndefined();
  });

  it('of a session are the lower of person and method', () => {
    expect(sessionLevel(3, 2)).toBe(2);
    expect(sessionLevel(1, 3)).toBe(1);
  });
});

describe('cursors', () => {
  it('carry sort values and key, opaque and safe in URLs', () => {
    const parts = ['2026-01-01', 7, true, null, '钥'];
    const cursor = formatCursor(parts);
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(parseCursor(cursor)).toEqual(parts);
  });

  it('that are not ours are no cursors', () => {
    const foreign = [{ $ne: 1 }, [['x']], { a: 1 }, 'x'].map((v) =>
      Buffer.from(JSON.stringify(v)).toString('base64url'),
    );
    for (const cursor of ['', '!!', 'e30', 'a'.repeat(4000), ...foreign])
      expect(parseCursor(cursor)).toBeUndefined();
    expect(parseCursor(formatCursor([]))).toEqual([]);
  });

  it('lead to the end of a list, each page once', async () => {
    const asked: (string | undefined)[] = [];
    const all = await readAll(async ({ after }: { after?: string }) => {
      asked.push(after);
      return after === 'c' ? { items: [4] } : { items: [1, 2, 3], next: 'c' };
    });
    expect([all, asked]).toEqual([
      [1, 2, 3, 4],
      [undefined, 'c'],
    ]);
  });
});

describe('problems', () => {
  it('have a next action in two languages for every code', () => {
    expect(allProblems().length).toBeGreaterThan(8);
    for (const [code, { status, title, text, meaning }] of allProblems()) {
      expect([code, status >= 400 && status < 600]).toEqual([code, true]);
      expect([code, title.zh, title.en, text.zh, text.en, meaning].every((part) => part.length > 1)).toBe(
        true,
      );
    }
  });

  it('are told apart by code', () => {
    const problem = new Problem('version-conflict', { cause: new Error('inside') });
    expect(isProblem(problem)).toBe(true);
    expect(isProblem(problem, 'not-found', 'version-conflict')).toBe(true);
    expect(isProblem(problem, 'not-found')).toBe(false);
    expect(isProblem(new Error('x'))).toBe(false);
    expect(problem.status).toBe(409);
    expect(() => new Problem('never-heard-of')).toThrow("not in any room's table");
  });
});

describe('the system', () => {
  it('tells the time and makes 128-bit ids', () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000);
    const ids = new Set(Array.from({ length: 1000 }, () => systemRandom.id()));
    expect(ids.size).toBe(1000);
    expect([...ids].every((id) => /^\w[\w-]{21}$/.test(id))).toBe(true);
    expect(systemRandom.bytes(32)).toHaveLength(32);
    expect(() => systemRandom.bytes(0)).toThrow(RangeError);
  });
});
