import { annexPages, type Overflow } from './annex.ts';
import { demandDrawable, type Fonts, type Weight } from './fonts.ts';
import type { ComposedPage, Mark, SealMark } from './page.ts';
import { qrShapes } from './qr.ts';
import { silhouette, specimenShapes } from './stand-ins.ts';
import {
  type FieldPart,
  fillIn,
  formatted,
  type InkTemplate,
  type LicenceContent,
  type Part,
  type QrPart,
  type RepeatPart,
  type TablePart,
  type Template,
  type TextPart,
} from './template.ts';
import { fitText, widthOf } from './text.ts';
import { type Colour, type Point, polyline, rectangle, type Shape } from './vector.ts';

interface Setting {
  fonts: Fonts;
  content: LicenceContent;
  ink: InkTemplate;
  marks: Mark[];
  seals: SealMark[];
  overflows: Overflow[];
}

/**
 * Puts content into a template: what stands where, without a word about PDF. What does not fit its field follows in full on an annex page.
 * @throws {Problem} character-not-drawable
 */
export function composeLicence(fonts: Fonts, template: Template, content: LicenceContent): ComposedPage[] {
  demandContentDrawable(fonts, content);
  const overflows: Overflow[] = [];
  const pages = template.pages.map((page): ComposedPage => {
    const setting: Setting = { fonts, content, ink: template.ink, marks: [], seals: [], overflows };
    if (content.specimen)
      setting.marks.push({ mark: 'shapes', shapes: specimenShapes(fonts, page.size, content.specimen) });
    for (const part of page.parts) place(part, setting);
    return { size: page.size, ground: page, marks: setting.marks, seals: setting.seals };
  });
  return overflows.length ? [...pages, ...annexPages(fonts, template, overflows)] : pages;
}

/** Every value is checked before anything is placed, so that the refusal names the field. */
function demandContentDrawable(fonts: Fonts, { values, lists = {}, specimen = '' }: LicenceContent): void {
  for (const [name, value] of Object.entries(values)) demandDrawable(fonts, value ?? '', name);
  for (const [list, rows] of Object.entries(lists))
    for (const row of rows)
      for (const [name, value] of Object.entries(row)) demandDrawable(fonts, value ?? '', `${list}.${name}`);
  demandDrawable(fonts, specimen, 'specimen');
}

type Row = Readonly<Record<string, string | null>>;

function place(part: Part, setting: Setting, offset: Point = [0, 0], row?: Row): void {
  const { marks, content } = setting;
  switch (part.part) {
    case 'text':
      placeText(part, setting, offset, row);
      break;
    case 'field':
      placeField(part, setting, offset, row);
      break;
    case 'table':
      placeTable(part, setting);
      break;
    case 'repeat':
      placeRepeated(part, setting);
      break;
    case 'picture':
      if (content.picture === 'silhouette')
        marks.push({ mark: 'shapes', shapes: silhouette([...part.at, ...part.size]) });
      else if (content.picture) marks.push({ mark: 'picture', box: [...part.at, ...part.size] });
      break;
    case 'qr':
      placeQr(part, setting);
      break;
    case 'seal': {
      const { centre, diameter, name } = part;
      setting.seals.push({
        name,
        box: [centre[0] - diameter / 2, centre[1] - diameter / 2, diameter, diameter],
      });
    }
  }
}

/** Entries beyond those that have a place follow on the annex page: several holders are never cut to two. */
function placeRepeated({ list, parts, most, at, step }: RepeatPart, setting: Setting): void {
  const entries = setting.content.lists?.[list] ?? [];
  for (const [n, entry] of entries.entries()) {
    const offset: Point = [at[0] + n * step[0], at[1] + n * step[1]];
    if (n < most) for (const inner of parts) place(inner, setting, offset, entry);
    else {
      const fields = parts.filter((inner) => inner.part === 'field');
      const lines = fields.map(({ label, value }) => `${label}：${fillIn(value, setting.content, entry)}`);
      setting.overflows.push({ label: fields[0]?.label ?? '', text: lines.join('\n') });
    }
  }
}

function placeQr({ at, size, note, colour }: QrPart, setting: Setting): void {
  const { statusUrl } = setting.content;
  if (!statusUrl) return;
  setting.marks.push({ mark: 'shapes', shapes: qrShapes(statusUrl, [...at, size, size]) });
  const under: Point = [at[0] + size / 2, at[1] + size + 3];
  placeText({ part: 'text', text: note, at: under, size: 2.4, align: 'middle', colour }, setting, [0, 0]);
}

function placeText(
  part: TextPart,
  { fonts, content, ink, marks }: Setting,
  [dx, dy]: Point,
  row?: Row,
): void {
  const { align = 'start', weight = 'regular', spacing = 0, colour = ink.text } = part;
  const text = fillIn(part.text, content, row);
  const natural = widthOf(fonts[weight], text, part.size, spacing);
  const scale = part.width && natural > part.width ? part.width / natural : 1;
  const width = natural * scale;
  const x = part.at[0] + dx - (align === 'middle' ? width / 2 : align === 'end' ? width : 0);
  const size = part.size * scale;
  marks.push({
    mark: 'text',
    text,
    at: [x, part.at[1] + dy],
    size,
    weight,
    colour,
    spacing: spacing * scale,
  });
}

/** Distance of two baselines as a share of the size. */
const leading = 1.42;

function placeField(
  part: FieldPart,
  { fonts, content, ink, marks, overflows }: Setting,
  [dx, dy]: Point,
  row?: Row,
): void {
  const { weight = 'regular', lines: most = 1, size = ink.size } = part;
  const [x, y] = [part.at[0] + dx, part.at[1] + dy];
  if (part.label) marks.push(...spreadLabel(fonts, part, [x, y], size, ink.label));
  if (part.english)
    marks.push({
      mark: 'text',
      text: part.english,
      at: [x, y + size * 0.72],
      size: size * 0.5,
      weight: 'regular',
      colour: ink.label,
      spacing: 0,
    });
  const value = fillIn(part.value, content, row);
  const left = x + part.labelWidth + (part.labelWidth ? size * 0.9 : 0);
  const fitted = fitText(fonts[weight], value, { size, width: part.valueWidth, most });
  if (!fitted.fits) overflows.push({ label: part.label, text: value });
  const shown = fitted.fits ? fitted : { lines: ['（内容较多，见附页）'], size };
  const pitch = Math.min(leading * shown.size, leading * size);
  // Smaller letters keep the middle of the first line where the label has it.
  const top = y - (size - shown.size) * 0.38;
  for (const [n, text] of shown.lines.entries())
    if (text)
      marks.push({
        mark: 'text',
        text,
        at: [left, top + n * pitch],
        size: shown.size,
        weight,
        colour: ink.text,
        spacing: 0,
      });
  if (part.ruled) {
    const drawn = Array.from({ length: most }, (_, n): Shape => {
      const below = y + n * leading * size + size * 0.3;
      return {
        path: polyline([
          [left - size * 0.3, below],
          [left + part.valueWidth, below],
        ]),
        stroke: part.ruled as Colour,
        strokeWidth: 0.15,
      };
    });
    marks.push({ mark: 'shapes', shapes: drawn });
  }
}

/** A label whose characters are spread evenly over its width, as on official papers. */
function spreadLabel(
  fonts: Fonts,
  { label, labelWidth }: FieldPart,
  at: Point,
  size: number,
  colour: Colour,
): Mark[] {
  const natural = widthOf(fonts.bold, label, size);
  const fitted = natural > labelWidth ? size * (labelWidth / natural) : size;
  const gaps = [...label].length - 1;
  const spacing = gaps > 0 ? (labelWidth - widthOf(fonts.bold, label, fitted)) / gaps : 0;
  return [{ mark: 'text', text: label, at, size: fitted, weight: 'bold', colour, spacing }];
}

function placeTable(part: TablePart, { fonts, content, ink, marks, overflows }: Setting): void {
  const { at, rowHeight, columns, line, size = ink.size } = part;
  const rows = content.lists?.[part.list] ?? [];
  const shown = rows.slice(0, part.most);
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  const height = rowHeight * (shown.length + 1);
  const grid: Shape[] = [{ path: rectangle([...at, width, height]), stroke: line, strokeWidth: 0.35 }];
  for (let n = 1; n <= shown.length; n++)
    grid.push({
      path: polyline([
        [at[0], at[1] + n * rowHeight],
        [at[0] + width, at[1] + n * rowHeight],
      ]),
      stroke: line,
      strokeWidth: 0.18,
    });
  let x = at[0];
  for (const { key, label, width: columnWidth } of columns) {
    if (x > at[0])
      grid.push({
        path: polyline([
          [x, at[1]],
          [x, at[1] + height],
        ]),
        stroke: line,
        strokeWidth: 0.18,
      });
    for (const [n, text] of [label, ...shown.map((row) => formatCell(row[key]))].entries()) {
      const weight: Weight = n ? 'regular' : 'bold';
      const {
        lines,
        size: needed,
        fits,
      } = fitText(fonts[weight], text, { size, width: columnWidth - size, most: 2 });
      const said = fits ? lines : ['见附页'];
      if (!fits) overflows.push({ label, text });
      const top =
        at[1] + n * rowHeight + rowHeight / 2 + needed * 0.36 - ((said.length - 1) * needed * leading) / 2;
      for (const [k, one] of said.entries())
        marks.push({
          mark: 'text',
          text: one,
          at: [x + size / 2, top + k * needed * leading],
          size: needed,
          weight,
          colour: n ? ink.text : ink.label,
          spacing: 0,
        });
    }
    x += columnWidth;
  }
  marks.push({ mark: 'shapes', shapes: grid });
  for (const row of rows.slice(part.most))
    overflows.push({
      label: columns[0]?.label ?? '',
      text: columns.map(({ key, label }) => `${label}：${formatCell(row[key])}`).join('\n'),
    });
}

const formatCell = (value: string | null | undefined): string => formatted(value, 'date');
