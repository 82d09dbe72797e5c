import { z } from 'zod';
import {
  type Bilingual,
  type Clock,
  canonicalJson,
  isAuthorityCode,
  isLicenceTypeCode,
  isPlainLine,
  isProblem,
  type PendingEvent,
  Problem,
} from '../core/index.ts';
import type { Collection } from '../storage/index.ts';
import type { FieldFault, Invalid } from './outcomes.ts';
import type { Authorities, Authority } from './staff-port.ts';

/** A body of government, by its credit code. Nothing in it is personal. */
export const authoritySchema = z.strictObject({
  code: z.string(),
  name: z.strictObject({ zh: z.string(), en: z.string() }),
  areaCode: z.string(),
  mayDefine: z.boolean(),
  issues: z.array(z.string()),
  status: z.enum(['active', 'closed']),
  updatedAt: z.int().nonnegative(),
});

/** An authority as stored. */
export type AuthorityRecord = z.infer<typeof authoritySchema>;

const texts = {
  code: {
    zh: '统一社会信用代码不对，请核对 18 位代码。',
    en: 'This is not a unified social credit code. Check its 18 characters.',
  },
  name: {
    zh: '请填写中文和英文名称，各不超过 80 个字。',
    en: 'Enter the name in Chinese and in English, 80 characters at most.',
  },
  areaCode: { zh: '行政区划代码是 6 位数字。', en: 'The area code has six digits.' },
  issues: {
    zh: '证照类型代码由 18 位信用代码和 3 位数字组成，每行一个。',
    en: 'A type code is a credit code and three digits, one a line.',
  },
} satisfies Record<string, Bilingual>;

const isName = (text: string): boolean => text.trim() !== '' && [...text].length <= 80 && isPlainLine(text);

/** What is wrong with an authority, field by field. */
function authorityFaults({ code, name, areaCode, issues }: Authority): FieldFault[] {
  const checks: Record<keyof typeof texts, boolean> = {
    code: isAuthorityCode(code),
    name: isName(name.zh) && isName(name.en),
    areaCode: /^\d{6}$/.test(areaCode),
    issues: issues.length <= 1000 && issues.every(isLicenceTypeCode),
  };
  const wrong = (Object.keys(checks) as (keyof typeof texts)[]).filter((field) => !checks[field]);
  return wrong.map((field) => ({ field, code: 'malformed', text: texts[field] }));
}

const viewOf = ({ updatedAt: _, ...authority }: AuthorityRecord): Authority => authority;

/** What the log says of a change. */
export const changeOf = ({ code, status, mayDefine, issues }: Authority, actor: string) => ({
  ...{ authority: code, actor, status, mayDefine },
  types: issues.length,
});

/** Lost races in a row before we say so. */
const patience = 100;

/** Makes the register of authorities over its collection. */
export function createAuthorities(deps: {
  collection: Collection<AuthorityRecord, 'area'>;
  clock: Clock;
  event: (authority: Authority, by: string) => PendingEvent;
}): Authorities {
  const { collection, clock, event } = deps;

  async function write(authority: Authority, by: string): Promise<void> {
    for (let lost = 0; lost < patience; lost += 1) {
      const stored = await collection.get(authority.code);
      if (stored && canonicalJson(viewOf(stored.value)) === canonicalJson(authority)) return;
      const value = { ...authority, issues: [...authority.issues], updatedAt: clock.now() };
      const options = { events: [event(authority, by)] };
      try {
        await (stored
          ? collection.replace(value, stored.version, options)
          : collection.insert(value, options));
        return;
      } catch (error) {
        if (!isProblem(error, 'version-conflict', 'already-exists')) throw error;
      }
    }
    throw new Problem('version-conflict');
  }

  return {
    async find(code) {
      const stored = await collection.get(code);
      return stored && viewOf(stored.value);
    },
    async list({ after, limit = 50 } = {}) {
      const page = await collection.find({ index: 'area', limit, ...(after && { after }) });
      return { items: page.items.map(({ value }) => viewOf(value)), next: page.next };
    },
    async put(
      { code, name, areaCode, mayDefine, issues, status },
      by,
    ): Promise<Invalid | { outcome: 'stored' }> {
      const authority: Authority = {
        code,
        name: { zh: name.zh.trim(), en: name.en.trim() },
        areaCode,
        mayDefine,
        issues: [...new Set(issues)].sort(),
        status,
      };
      const faults = authorityFaults(authority);
      if (faults.length > 0) return { outcome: 'invalid', faults };
      await write(authority, by);
      return { outcome: 'stored' };
    },
  };
}
