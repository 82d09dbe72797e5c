/**
 * Draws the portraits of the demo: nobody's face, made of circles and curves, as JPEG files beside this one. They are
 * committed, so this runs only to change them; poppler's pdftoppm paints.
 *
 * node scripts/demo/portraits/draw.ts
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Colour,
  circle,
  rectangle,
  type Shape,
  type Step,
  toPdfOperators,
  transform,
} from '../../../src/drawing/vector.ts';

/** Pixels: the shape of the place on cards, 36 by 47 millimetres at 254 to the inch. */
const [width, height] = [360, 470];

interface Look {
  name: string;
  hair: Colour;
  coat: Colour;
  skin: Colour;
  hasLongHair: boolean;
  hasGlasses?: boolean;
}

const looks: readonly Look[] = [
  { name: 'resident-2', hair: '#2a2220', coat: '#5b3a5e', skin: '#f2cda9', hasLongHair: true },
  { name: 'resident-3', hair: '#1f2023', coat: '#26364d', skin: '#ecc39a', hasLongHair: false },
  {
    name: 'representative',
    hair: '#4a4744',
    coat: '#3c3f45',
    skin: '#eec8a4',
    hasLongHair: true,
    hasGlasses: true,
  },
];

const oval = (x: number, y: number, wide: number, high: number): Step[] =>
  transform(circle([0, 0], 1), [wide, 0, 0, high, x, y]);

/** A path on the left half and the same on the right. */
const pair = (make: (side: 1 | -1) => Step[]): Step[] => [...make(-1), ...make(1)];
const middle = width / 2;

/** A shade darker or lighter. */
const shade = (colour: Colour, by: number): Colour =>
  `#${[1, 3, 5]
    .map((at) => Math.min(255, Math.round(Number.parseInt(colour.slice(at, at + 2), 16) * by)))
    .map((value) => value.toString(16).padStart(2, '0'))
    .join('')}`;

function body({ coat, skin }: Look): Shape[] {
  const shoulders: Step[] = [
    ['M', 12, height],
    ['C', 18, 400, 60, 384, 132, 364],
    ['L', 228, 364],
    ['C', 300, 384, 342, 400, 348, height],
    ['Z'],
  ];
  const neck: Step[] = [
    ['M', 146, 290],
    ['L', 146, 362],
    ['C', 158, 392, 202, 392, 214, 362],
    ['L', 214, 290],
    ['Z'],
  ];
  const collar = pair((side) => [
    ['M', middle + side * 36, 352],
    ['L', middle + side * 66, 384],
    ['L', middle + side * 26, 428],
    ['L', middle, 396],
    ['Z'],
  ]);
  const lapel = pair((side) => [
    ['M', middle + side * 68, 372],
    ['L', middle + side * 84, 424],
    ['L', middle + side * 14, height],
    ['L', middle + side * 30, 424],
    ['Z'],
  ]);
  return [
    { path: shoulders, fill: coat },
    { path: lapel, fill: shade(coat, 0.82) },
    {
      path: [['M', 146, 360], ['L', 214, 360], ['L', middle + 24, height], ['L', middle - 24, height], ['Z']],
      fill: '#f7f7f5',
    },
    { path: neck, fill: shade(skin, 0.88) },
    { path: collar, fill: '#ffffff', stroke: '#c9ced6', strokeWidth: 1 },
  ];
}

function face({ hair, skin, hasLongHair, hasGlasses }: Look): Shape[] {
  const shape: Step[] = [
    ['M', 98, 190],
    ['C', 98, 110, 262, 110, 262, 190],
    ['C', 264, 262, 232, 326, middle, 328],
    ['C', 128, 326, 96, 262, 98, 190],
    ['Z'],
  ];
  const dark = shade(skin, 0.62);
  const brows = pair((side) => [
    ['M', middle + side * 22, 190],
    ['C', middle + side * 34, 181, middle + side * 50, 181, middle + side * 62, 190],
  ]);
  const lids = pair((side) => [
    ['M', middle + side * 24, 213],
    ['C', middle + side * 32, 202, middle + side * 50, 202, middle + side * 58, 213],
  ]);
  const shapes: Shape[] = [
    ...(hasLongHair
      ? []
      : [{ path: pair((side) => oval(middle + side * 84, 222, 12, 24)), fill: shade(skin, 0.92) }]),
    { path: shape, fill: skin },
    { path: pair((side) => oval(middle + side * 41, 213, 17, 9)), fill: '#ffffff' },
    { path: pair((side) => oval(middle + side * 41, 212, 8.5, 8.5)), fill: '#2b211c' },
    { path: pair((side) => oval(middle + side * 41 + 3, 209, 2.4, 2.4)), fill: '#ffffff' },
    { path: lids, stroke: '#3a2a22', strokeWidth: 3 },
    { path: brows, stroke: hair, strokeWidth: 6 },
    {
      path: [
        ['M', middle - 2, 222],
        ['C', middle - 6, 246, middle - 15, 258, middle - 9, 262],
        ['C', middle - 4, 266, middle + 6, 266, middle + 11, 262],
      ],
      stroke: dark,
      strokeWidth: 2.6,
    },
    {
      path: [
        ['M', middle - 28, 287],
        ['C', middle - 12, 295, middle + 12, 295, middle + 28, 287],
        ['C', middle + 14, 304, middle - 14, 304, middle - 28, 287],
        ['Z'],
      ],
      fill: '#c4746a',
    },
    {
      path: [
        ['M', middle - 28, 287],
        ['C', middle - 12, 293, middle + 12, 293, middle + 28, 287],
      ],
      stroke: '#8d4a44',
      strokeWidth: 2.2,
    },
  ];
  if (!hasGlasses) return shapes;
  const rims = pair((side) => rectangle([middle + side * 42 - 27, 194, 54, 40], 14));
  const bridge: Step[] = [
    ['M', middle - 15, 210],
    ['C', middle - 6, 204, middle + 6, 204, middle + 15, 210],
  ];
  const temples = pair((side) => [
    ['M', middle + side * 69, 206],
    ['L', middle + side * 84, 208],
  ]);
  return [...shapes, { path: [...rims, ...bridge, ...temples], stroke: '#33363b', strokeWidth: 3.4 }];
}

function hairBehind({ hair, hasLongHair }: Look): Shape[] {
  if (!hasLongHair) return [];
  const long: Step[] = [
    ['M', 84, 190],
    ['C', 80, 60, 280, 60, 276, 190],
    ['C', 284, 270, 290, 330, 296, 384],
    ['C', 262, 400, 98, 400, 64, 384],
    ['C', 70, 330, 76, 270, 84, 190],
    ['Z'],
  ];
  return [{ path: long, fill: hair }];
}

function hairInFront({ hair, hasLongHair }: Look): Shape[] {
  const short: Step[] = [
    ['M', 92, 206],
    ['C', 76, 60, 284, 60, 268, 206],
    ['C', 264, 184, 258, 172, 248, 160],
    ['C', 214, 166, 164, 160, 132, 146],
    ['C', 112, 164, 98, 182, 92, 206],
    ['Z'],
  ];
  const parted: Step[] = [
    ['M', 86, 268],
    ['C', 66, 56, 294, 56, 274, 268],
    ['C', 266, 216, 244, 168, 196, 130],
    ['C', 156, 164, 106, 196, 86, 268],
    ['Z'],
  ];
  return [{ path: hasLongHair ? parted : short, fill: hair }];
}

const portrait = (look: Look): Shape[] => [
  { path: rectangle([0, 0, width, height]), fill: '#dce8f2' },
  ...hairBehind(look),
  ...body(look),
  ...face(look),
  ...hairInFront(look),
];

/** A page that is nothing but the picture: at 72 to the inch a point is a pixel. */
function pageOf(shapes: readonly Shape[]): string {
  const content = `1 0 0 -1 0 ${height} cm 1 J 1 j\n${toPdfOperators(shapes)}`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Contents 4 0 R /Resources << >> >>`,
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
  ];
  const written = objects.map((object, index) => `${index + 1} 0 obj\n${object}\nendobj\n`).join('');
  return `%PDF-1.7\n${written}trailer\n<< /Root 1 0 R /Size 5 >>\n%%EOF\n`;
}

const here = fileURLToPath(new URL('.', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tongxing-portraits-'));
for (const look of looks) {
  writeFileSync(join(folder, 'page.pdf'), pageOf(portrait(look)));
  const words = ['-r', '72', '-jpeg', '-jpegopt', 'quality=88', '-singlefile', 'page.pdf', 'portrait'];
  execFileSync('pdftoppm', words, { cwd: folder });
  renameSync(join(folder, 'portrait.jpg'), join(here, `${look.name}.jpg`));
}
rmSync(folder, { recursive: true });
