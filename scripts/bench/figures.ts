/** One row of the bench. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** The same in the bare server or the smaller store, where it is a comparison. */
  baseline?: number;
  ratio?: number;
  /** What it has to be, in words: `<= 1.6 x bare`. */
  bar: string;
  holds: boolean;
}

/** A figure and how fast the machine was meanwhile, which a figure that is no ratio has to be read beside. */
export interface MeasuredFigure extends Figure {
  yardstickMs: number;
}

/** How much is measured. The defaults are what the bars are stated for; less is for a quick look. */
export interface Scale {
  /** Pairs of measurements, of whose ratios the median counts. */
  rounds: number;
  /** Flows of one measurement. */
  size: number;
  /** Logins after which memory is read. */
  logins: number;
  /** People in the smaller and the larger store. */
  people: readonly [number, number];
  /** Licences in the smaller and the larger library. */
  licences: readonly [number, number];
  /** Folder in which filled libraries stay for the next run; without it, each run fills its own. */
  keep?: string;
}

/** The scale of the bars. */
export const fullScale: Scale = {
  rounds: 5,
  size: 400,
  logins: 100_000,
  people: [1_000, 100_000],
  licences: [10_000, 1_000_000],
};

/** Requests at once: a busy hour of a province on one core. */
export const parallel = 16;

/** What comes before the first round and does not count is so many times as long: the runtime goes on compiling for thousands of requests. */
export const warmUp = 6;

/** Says on stderr what is being done. */
export type Progress = (line: string) => void;

/** One figure or group of figures. */
export interface Bench {
  meaning: string;
  run(scale: Scale, progress: Progress): Promise<Figure[]>;
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
