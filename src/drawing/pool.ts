import { Worker } from 'node:worker_threads';
import { Problem } from '../core/index.ts';
import type { Drawing } from './drawing.ts';
import type { FilePicture } from './picture.ts';
import type { Template } from './template.ts';
import type { DrawAnswer, Drawn, DrawTask } from './worker.ts';

/** Drawing in bulk, away from the thread that answers requests. */
export interface DrawingPool {
  /** As Drawing.renderLicence. @throws {Problem} drawing-busy when the queue is full */
  renderLicence: Drawing['renderLicence'];
  /**
   * Paints what a PDF file looks like, seals included, so many pixels wide: its pages one under the other, eight at most.
   * @throws {Problem} file-not-paintable | drawing-busy
   */
  renderPicture(pdf: Uint8Array, width: number): Promise<FilePicture>;
  /** Ends the workers; what was not drawn yet is rejected. */
  close(): Promise<void>;
}

interface Job {
  taskFor(hand: Hand): DrawTask;
  resolve(drawn: Drawn): void;
  reject(error: unknown): void;
}

interface Hand {
  worker: Worker;
  /** Templates that this worker has, by the number it knows them under. */
  known: Map<Template, number>;
  job: Job | undefined;
  /** True once its fonts are read. */
  ready: boolean;
}

/** A licence as this worker has to be told of it: the template comes with its first licence only. */
const licenceTask =
  (...[template, content, at]: Parameters<Drawing['renderLicence']>) =>
  ({ known: templates }: Hand): DrawTask => {
    const number = templates.get(template);
    const known = number ?? templates.size;
    templates.set(template, known);
    return { draw: 'licence', known, content, at, ...(number === undefined ? { template } : {}) };
  };

/**
 * Draws in workers, each with fonts of its own (about 70 MB, and as much again once it painted a picture); they start with
 * the first task and are let go when nothing came for `restMs`, so a process that draws nothing has none. A worker that dies
 * takes only its own task with it and is replaced.
 * `mostWaiting` bounds what waits in memory; an importer that is faster than the workers is told so.
 */
export function createDrawingPool({
  workers,
  mostWaiting = 200,
  restMs = 300_000,
}: {
  workers: number;
  mostWaiting?: number;
  restMs?: number;
}): DrawingPool {
  const waiting: Job[] = [];
  const hands = new Set<Hand>();
  let closed = false;
  /** Why there are no workers any more. */
  let broken: unknown;

  const give = (hand: Hand): void => {
    const job = hand.job ? undefined : waiting.shift();
    if (!job) return;
    hand.job = job;
    hand.worker.postMessage(job.taskFor(hand));
  };

  const hire = (): void => {
    const hand: Hand = {
      worker: new Worker(new URL('./worker.ts', import.meta.url)),
      known: new Map(),
      job: undefined,
      ready: false,
    };
    hands.add(hand);
    const dismiss = (error: unknown): void => {
      if (!hands.delete(hand)) return;
      hand.job?.reject(error);
      // One that never became ready would be followed by others that do not either.
      if (!closed && hand.ready) hire();
      if (hands.size) return;
      broken = error;
      for (const job of waiting.splice(0)) job.reject(error);
    };
    hand.worker.on('message', (answer: DrawAnswer | 'ready') => {
      if (answer === 'ready') {
        hand.ready = true;
        return;
      }
      const { job } = hand;
      hand.job = undefined;
      if ('drawn' in answer) job?.resolve(answer.drawn);
      else job?.reject(new Problem(answer.problem.code, answer.problem));
      give(hand);
      resting.refresh();
    });
    hand.worker.on('error', dismiss);
    hand.worker.on('exit', () => dismiss(new Error('a drawing worker ended')));
    give(hand);
  };

  const letGo = async (): Promise<void> => {
    const gone = [...hands];
    hands.clear();
    await Promise.all(gone.map(({ worker }) => worker.terminate()));
  };
  const resting = setTimeout(() => {
    if ([...hands].every(({ job }) => !job)) void letGo();
  }, restMs).unref();
  /** A worker answers what it was asked for, so whoever makes the task says what comes back. */
  const enqueue = <T extends Drawn>(taskFor: Job['taskFor']): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (broken && !closed) return reject(broken);
      if (closed || waiting.length >= mostWaiting) return reject(new Problem('drawing-busy'));
      if (hands.size === 0) for (let n = 0; n < workers; n++) hire();
      waiting.push({ taskFor, resolve: resolve as Job['resolve'], reject });
      for (const hand of hands) give(hand);
    });

  return {
    renderLicence: (...licence) => enqueue(licenceTask(...licence)),
    renderPicture: (pdf, width) => enqueue(() => ({ draw: 'picture', pdf, width })),
    async close() {
      closed = true;
      clearTimeout(resting);
      const unfinished = [...hands].flatMap(({ job }) => job ?? []);
      for (const job of [...waiting.splice(0), ...unfinished]) job.reject(new Problem('drawing-busy'));
      await letGo();
    },
  };
}
