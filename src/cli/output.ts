import { escapeUnplain } from '../core/index.ts';

/** Standard output is a command's answer and nothing else: what the rooms log goes beside it. */
export const logAside = { logDestination: process.stderr };

/** Prints an answer: JSON for machines, otherwise what `asText` makes of it. */
export function print<T>(answer: T, json: boolean | undefined, asText: (answer: T) => string): void {
  const text = json ? JSON.stringify(answer, null, 2) : asText(answer);
  // Files of strangers are spoken of here: nothing in them may move the cursor.
  process.stdout.write(`${escapeUnplain(text)}\n`);
}

/** Display width of a text in terminal cells: Chinese characters take two. */
const cells = (text: string): number =>
  [...text].reduce(
    (sum, character) =>
      sum +
      (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
        character,
      )
        ? 2
        : 1),
    0,
  );

/** A plain table: a heading row and one line a row, columns padded to their widest cell. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heading.map((_, column) =>
    Math.max(...[heading, ...rows].map((row) => cells(row[column] ?? ''))),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) => text + ' '.repeat((widths[column] ?? 0) - cells(text)))
      .join('  ')
      .trimEnd();
  return [line(heading), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

/** One `name: value` a line. */
export const asLines = (facts: object): string =>
  Object.entries(facts)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('\n');

/** An instant as a person reads it in a table. */
export const instant = (at: number | undefined): string =>
  at === undefined ? '' : new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');

/** Progress of work: told after each step, and done with at the end. */
export interface Progress {
  /** `total` when it is known, about. */
  step(done: number, total?: number): void;
  end(): void;
}

/**
 * Shows work longer than two seconds: a bar that redraws itself when stderr is a terminal, a plain line every ten seconds
 * otherwise.
 */
export function progress(label: string): Progress {
  const terminal = process.stderr.isTTY === true;
  let next = performance.now() + 2_000;
  let shown = false;
  const draw = (done: number, total: number | undefined): string => {
    if (!total) return `${label} ${done}`;
    const filled = Math.min(30, Math.round((30 * done) / total));
    return `${label} [${'#'.repeat(filled)}${'.'.repeat(30 - filled)}] ${done}/${Math.max(done, total)}`;
  };
  return {
    step(done, total) {
      if (performance.now() < next) return;
      next = performance.now() + (terminal ? 200 : 10_000);
      shown = true;
      process.stderr.write(terminal ? `\r${draw(done, total)}` : `${draw(done, total)}\n`);
    },
    end() {
      if (shown && terminal) process.stderr.write('\n');
    },
  };
}

/** Shows the seconds of a wait that has no steps. */
export async function showWait<T>(label: string, work: Promise<T>): Promise<T> {
  const shown = progress(label);
  const started = performance.now();
  const timer = setInterval(() => shown.step(Math.round((performance.now() - started) / 1000)), 200);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    shown.end();
  }
}
