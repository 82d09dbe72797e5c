import type { Fonts, Weight } from './fonts.ts';
import type { ComposedPage, Mark } from './page.ts';
import type { Template } from './template.ts';
import { widthOf, wrap } from './text.ts';
import type { Colour, Point } from './vector.ts';

/** A text that was too long for its place. */
export interface Overflow {
  label: string;
  text: string;
}

const a4: Point = [210, 297];
const margin = 25;
const lineHeight = 6.4;
const ink: Colour = '#1a1a1a';

/** Pages that hold in full what did not fit: nothing of a licence is ever cut off. */
export function annexPages(fonts: Fonts, template: Template, overflows: readonly Overflow[]): ComposedPage[] {
  const lines = overflows.flatMap(({ label, text }) => [
    { text: label, weight: 'bold' as Weight },
    ...wrap(fonts.regular, text, 3.9, a4[0] - 2 * margin).map((line) => ({
      text: line,
      weight: 'regular' as Weight,
    })),
    { text: '', weight: 'regular' as Weight },
  ]);
  const first = margin + 24;
  const perPage = Math.floor((a4[1] - margin - first) / lineHeight);
  const count = Math.ceil(lines.length / perPage);
  return Array.from({ length: count }, (_, n): ComposedPage => {
    const marks: Mark[] = [
      ...centred(fonts, `${template.title.zh}　附页`, margin + 6, 7, 'bold'),
      ...centred(fonts, `第 ${n + 1} 页，共 ${count} 页`, a4[1] - 14, 3.2, 'regular'),
    ];
    for (const [k, { text, weight }] of lines.slice(n * perPage, (n + 1) * perPage).entries())
      if (text)
        marks.push({
          mark: 'text',
          text,
          at: [margin, first + k * lineHeight],
          size: 3.9,
          weight,
          colour: ink,
          spacing: 0,
        });
    return { size: a4, ground: undefined, marks, seals: [] };
  });
}

function centred(fonts: Fonts, text: string, y: number, size: number, weight: Weight): Mark[] {
  const width = widthOf(fonts[weight], text, size);
  return [{ mark: 'text', text, at: [(a4[0] - width) / 2, y], size, weight, colour: ink, spacing: 0 }];
}
