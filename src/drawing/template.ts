import type { Weight } from './fonts.ts';
import type { Ornament } from './ornaments.ts';
import type { Colour, Point } from './vector.ts';

/**
 * How one type of licence looks, as data. All measures are millimetres from the upper left corner of the page.
 * A text may name values of the content: `{name}`, `{issued_on|date}` (2024年03月05日), `{issued_on|dots}` (2024.03.05),
 * `{holders.name}` (all of a list, joined by 、), `{holders.name|lines}` (one under the other). An absent value is empty; a date that is `null` reads 长期.
 */
export interface Template {
  /** Kebab-case. */
  name: string;
  title: { zh: string; en: string };
  pages: readonly PageTemplate[];
  ink: InkTemplate;
}

/** The colours and sizes that a template's parts share. */
export interface InkTemplate {
  text: Colour;
  label: Colour;
  /** Size of labels and values. */
  size: number;
}

/** One page: what is printed on every copy, then what is written into it. */
export interface PageTemplate {
  size: Point;
  ground: readonly Ornament[];
  parts: readonly Part[];
}

/** A line of text. */
export interface TextPart {
  part: 'text';
  text: string;
  /** Baseline; the start, middle or end of the line as `align` says. */
  at: Point;
  size: number;
  weight?: Weight;
  colour?: Colour;
  align?: 'start' | 'middle' | 'end';
  /** Extra room between characters. */
  spacing?: number;
  /** Longer lines become smaller until they fit. */
  width?: number;
}

/** A label and its value; the value wraps, then becomes smaller, and what still does not fit goes to an annex page in full. */
export interface FieldPart {
  part: 'field';
  label: string;
  /** Small second line of the label, English on cards. */
  english?: string;
  value: string;
  /** Baseline of the first line, left edge of the label. */
  at: Point;
  /** The label's characters are spread over this width. */
  labelWidth: number;
  valueWidth: number;
  lines?: number;
  size?: number;
  weight?: Weight;
  /** A thin line under each line of the value. */
  ruled?: Colour;
}

/** The same parts once for every entry of a list, each moved on by `step`; a value is named without the list. */
export interface RepeatPart {
  part: 'repeat';
  list: string;
  at: Point;
  step: Point;
  most: number;
  parts: readonly (FieldPart | TextPart)[];
}

/** Rows of a list under a head line; more than `most` rows go to an annex page. */
export interface TablePart {
  part: 'table';
  list: string;
  at: Point;
  rowHeight: number;
  most: number;
  columns: readonly { key: string; label: string; width: number }[];
  line: Colour;
  size?: number;
}

/** Where the holder's picture stands; nothing is drawn when there is none. */
export interface PicturePart {
  part: 'picture';
  at: Point;
  size: Point;
}

/** QR of the page that tells this version's status, with a line of text under it; nothing when there is no such page. */
export interface QrPart {
  part: 'qr';
  at: Point;
  size: number;
  note: string;
  colour: Colour;
}

/** Where a seal of a diameter will stand, by its centre. */
export interface SealPart {
  part: 'seal';
  name: string;
  centre: Point;
  diameter: number;
}

/** What a page is made of. */
export type Part = TextPart | FieldPart | RepeatPart | TablePart | PicturePart | QrPart | SealPart;

/** What is written into a template: parsed and checked before by the licence type's own schema. */
export interface LicenceContent {
  /** Values by name. A date is `YYYY-MM-DD`; null is a date without end. */
  values: Readonly<Record<string, string | null>>;
  /** Several of a kind: holders, qualifications. */
  lists?: Readonly<Record<string, readonly Readonly<Record<string, string | null>>[]>>;
  /** The holder's photo as JPEG, or `silhouette` for specimens. */
  picture?: Uint8Array | 'silhouette';
  /** Address of the status page of this version. */
  statusUrl?: string;
  /** A word across the page that says it is none: specimens and demo data only. */
  specimen?: string;
}

const named = /\{([a-z_]+)(?:\.([a-z_]+))?(?:\|(date|dots|lines))?\}/g;

/** Every value that a template may show, as `name` or `list.name`: what a licence type's schema has to provide. */
export function valueNames(template: Template): string[] {
  const found = new Set<string>();
  const collect = (part: Part, list?: string): void => {
    if (part.part === 'repeat') for (const inner of part.parts) collect(inner, part.list);
    if (part.part === 'table') for (const { key } of part.columns) found.add(`${part.list}.${key}`);
    const text = part.part === 'text' ? part.text : part.part === 'field' ? part.value : '';
    for (const [, name, inner] of text.matchAll(named))
      found.add(inner ? `${name}.${inner}` : list ? `${list}.${name}` : String(name));
  };
  for (const page of template.pages) for (const part of page.parts) collect(part);
  return [...found].sort();
}

/** A text with its values in place. */
export function fillIn(
  text: string,
  content: LicenceContent,
  row?: Readonly<Record<string, string | null>>,
): string {
  return text.replace(named, (_, name: string, inner: string | undefined, format: string | undefined) => {
    const values = inner
      ? (content.lists?.[name] ?? []).map((entry) => entry[inner])
      : [(row ?? content.values)[name]];
    return values.map((value) => formatted(value, format)).join(format === 'lines' ? '\n' : '、');
  });
}

/** A value as it is written: `date` and `dots` are forms of a date, a date that is null has no end. */
export function formatted(value: string | null | undefined, format: string | undefined): string {
  if (value === undefined) return '';
  if (value === null) return '长期';
  const date = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  if (!date || !format) return value;
  const [, year, month, day] = date;
  return format === 'date' ? `${year}年${month}月${day}日` : `${year}.${month}.${day}`;
}
