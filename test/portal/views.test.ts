import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { page } from '../../src/http/index.ts';
import { createTestRoom } from '../support/http-room.ts';
import { samples } from './samples.ts';

const room = createTestRoom();
room.http.mount(
  Object.entries(samples).map(([name, reply]) =>
    page({
      method: 'GET',
      path: `/samples/${name}`,
      access: { anyone: 'a test' },
      summary: name,
      handle: async () => reply,
    }),
  ),
);
const draw = async (name: string, lang: string): Promise<string> => {
  const response = await request(room.handler).get(`/samples/${name}?lang=${lang}`);
  expect({ name, status: response.status, log: response.status === 500 ? room.log.slice(-1) : [] }).toEqual({
    name,
    status: samples[name]?.status ?? 200,
    log: [],
  });
  return response.text;
};

describe('the pages of the portal', () => {
  it('all have a sample here', () => {
    const drawn = new Set(Object.values(samples).map(({ view }) => view));
    const files = readdirSync('views/portal').filter((name) => name.endsWith('.eta'));
    expect(files.map((name) => `portal/${name.slice(0, -4)}`).filter((view) => !drawn.has(view))).toEqual([]);
  });

  it.each(Object.keys(samples))('%s is whole in both languages', async (name) => {
    for (const lang of ['zh-CN', 'en']) {
      const html = await draw(name, lang);
      expect(html.match(/<h1\b/g)).toHaveLength(1);
      expect(html).toContain(`<html lang="${lang}">`);
      expect(html).not.toMatch(/\bundefined\b|\bnull\b|\[object|\{\w+\}/);
      expect(html).not.toMatch(/ style=| on\w+=|<script>/);
      const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      expect(ids).toEqual([...new Set(ids)]);
      // A search changes nothing, so it needs no token; everything else is sent with one.
      // What goes to a site carries that site's own state, not a token of ours.
      const forms = (html.match(/<form\b[\s\S]*?<\/form>/g) ?? []).filter(
        (form) => !form.includes('data-submit'),
      );
      for (const form of forms)
        expect(form).toMatch(/method="get"|method="post"[\s\S]*(name="_csrf"|name="xsrf")/);
      for (const [, id] of html.matchAll(/<label for="([^"]+)"/g)) expect(ids).toContain(id);
      for (const [, id] of html.matchAll(/aria-describedby="([^"]+)"/g))
        for (const one of id?.split(' ') ?? []) expect(ids).toContain(one);
    }
  });

  it('keep the ids that scripted browsers hold on to', async () => {
    expect(await draw('login', 'zh-CN')).toMatch(/id="identifier"[\s\S]*id="password"[\s\S]*id="submit"/);
    expect(await draw('login-code', 'zh-CN')).toMatch(/id="code"[\s\S]*id="submit"/);
    expect(await draw('consent', 'zh-CN')).toMatch(/id="allow"[\s\S]*id="deny"/);
    expect(await draw('logout', 'zh-CN')).toMatch(/id="logout-yes"[\s\S]*id="logout-no"/);
  });

  it('offer no other language where the address answers no second time', async () => {
    expect(await draw('return', 'zh-CN')).not.toContain('hreflang');
    expect(await draw('login', 'zh-CN')).toContain('hreflang="en"');
  });

  it('have the same texts in both languages, and no text that no page uses', () => {
    const read = (lang: string) =>
      JSON.parse(readFileSync(`views/locales/${lang}/portal.json`, 'utf8')) as Record<string, string>;
    const [chinese, english] = [read('zh-CN'), read('en')];
    expect(Object.keys(english)).toEqual(Object.keys(chinese));
    const sources = ['views/portal', 'src/portal'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(eta|ts)$/.test(name))
        .map((name) => readFileSync(`${folder}/${name}`, 'utf8')),
    );
    const all = sources.join('\n');
    const families = [...all.matchAll(/`(?:portal\.)?([a-z.]+\.)\$\{/g)].map(([, prefix]) => prefix ?? '');
    const isUsed = (key: string) =>
      all.includes(`'${key}'`) ||
      all.includes(`'portal.${key}'`) ||
      families.some((prefix) => key.startsWith(prefix));
    expect(Object.keys(chinese).filter((key) => !isUsed(key))).toEqual([]);
  });
});
