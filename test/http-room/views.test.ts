import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const folder = (locale: string) => path.join('views/locales', locale);
const read = (locale: string, file: string) =>
  JSON.parse(readFileSync(path.join(folder(locale), file), 'utf8')) as Record<string, unknown>;
const files = readdirSync(folder('zh-CN')).sort();
const parametersOf = (text: unknown) =>
  [...String(text).matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

const views = readdirSync('views', { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.eta'),
);
const sources = new Map(views.map((name) => [name, readFileSync(path.join('views', name), 'utf8')]));

describe('the texts of the pages', () => {
  it('have the same files, keys and parameters in both languages, and none is empty', () => {
    expect(readdirSync(folder('en')).sort()).toEqual(files);
    for (const file of files) {
      const [zh, en] = [read('zh-CN', file), read('en', file)];
      expect({ file, keys: Object.keys(en).sort() }).toEqual({ file, keys: Object.keys(zh).sort() });
      for (const [key, text] of Object.entries(zh)) {
        expect({ file, key, parameters: parametersOf(en[key]) }).toEqual({
          file,
          key,
          parameters: parametersOf(text),
        });
        for (const one of [text, en[key]]) expect(typeof one === 'string' && one.trim() !== '').toBe(true);
      }
    }
  });

  it('are Chinese in Chinese and English in English', () => {
    for (const file of files) {
      const chinese = Object.entries(read('en', file)).filter(([, text]) =>
        /\p{Script=Han}/u.test(String(text)),
      );
      expect({ file, chinese }).toEqual({ file, chinese: [] });
    }
  });

  it('that the frame and the shared parts name exist', () => {
    const known = new Set(
      files.flatMap((file) => Object.keys(read('zh-CN', file)).map((key) => `${file.slice(0, -5)}.${key}`)),
    );
    const used = [...sources.values()].flatMap((text) =>
      [...text.matchAll(/\bit\.t\('([\w.-]+)'/g)].map((match) => match[1] ?? ''),
    );
    expect(used.length).toBeGreaterThan(5);
    expect(used.filter((key) => !known.has(key) && !key.endsWith('.'))).toEqual([]);
  });
});

describe('the templates', () => {
  it('print raw only what is already a page: include, the body of the layout, and the figure of a QR code', () => {
    expect(sources.size).toBeGreaterThan(8);
    for (const [name, text] of sources) {
      const raw = [...text.matchAll(/<%[-_]?~\s*([^%]*)/g)].map((match) => (match[1] ?? '').trim());
      const wrong = raw.filter((code) => !/^include\(/.test(code) && !['it.body', 'it.qr'].includes(code));
      expect({ name, wrong }).toEqual({ name, wrong: [] });
    }
  });

  it('have no inline script, style or handler, which the policy would stop', () => {
    for (const [name, text] of sources) {
      expect({ name, inline: /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=/.exec(text)?.[0] }).toEqual({
        name,
        inline: undefined,
      });
    }
  });
});

/** Relative luminance and contrast. @see WCAG 2.2 1.4.3 */
function contrast(one: string, other: string): number {
  const luminance = (hex: string) => {
    const full = hex.length === 4 ? hex.replace(/[0-9a-f]/gi, '$&$&') : hex;
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(full.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe('the colours', () => {
  const css = readFileSync('views/css/tongxing.css', 'utf8');
  const [light = '', dark = ''] = css.split('@media only screen and (prefers-color-scheme: dark)');
  const tokens = (block: string) =>
    Object.fromEntries(
      [...block.matchAll(/--tx-([\w-]+): (#[0-9a-f]{3,6});/g)].map((match) => [match[1], match[2]]),
    ) as Record<string, string>;
  const themes = {
    light: tokens(light),
    dark: { ...tokens(light), ...tokens(dark.slice(0, dark.indexOf('\n}\n'))) },
  };
  const texts = [
    ['ink', 'surface'],
    ['ink', 'ground'],
    ['muted', 'surface'],
    ['muted', 'ground'],
    ['muted', 'info-soft'],
    ['link', 'surface'],
    ['link', 'ground'],
    ['link', 'info-soft'],
    ['on-accent', 'accent'],
    ['on-accent', 'accent-strong'],
    ['seal', 'surface'],
    ['seal', 'seal-soft'],
    ['valid', 'valid-soft'],
    ['doubt', 'doubt-soft'],
    ['ink', 'valid-soft'],
    ['ink', 'seal-soft'],
    ['ink', 'doubt-soft'],
  ] as const;

  it.each(Object.entries(themes))('of text reach 4.5:1 in %s, and the edges of fields 3:1', (_, theme) => {
    for (const [text, ground] of texts) {
      const ratio = contrast(theme[text] ?? '', theme[ground] ?? '');
      expect({ text, ground, enough: ratio >= 4.5 || ratio.toFixed(2) }).toEqual({
        text,
        ground,
        enough: true,
      });
    }
    expect(contrast(theme['field-line'] ?? '', theme.surface ?? '')).toBeGreaterThanOrEqual(3);
  });
});
