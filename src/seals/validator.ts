import { Worker } from 'node:worker_threads';
import { type Clock, Problem } from '../core/index.ts';
import type { SealReport, ValidationRequest } from './port.ts';
import { greatestFileBytes, reportOf } from './validate-file.ts';

export interface ValidatorDependencies {
  clock: Clock;
  /** Threads kept ready; default 1. */
  threads?: number;
  /** Longest that one file may take, waiting not counted; default 4,500 ms. */
  timeoutMs?: number;
  /** Files that may wait; default 64. */
  greatestQueue?: number;
}

/** Validates files of strangers, each within limits of size, memory and time. */
export interface Validator {
  /**
   * A report whatever the file is.
   * @throws {Problem} validator-busy when too many files wait
   */
  validate(request: ValidationRequest): Promise<SealReport>;
  close(): Promise<void>;
}

interface Job {
  request: ValidationRequest;
  settle(outcome: SealReport | Error): void;
}

type Answer = { report: SealReport } | { fault: string };

/** Starts threads as they are needed. One that takes too long is ended and another takes its place. */
export function createValidator(deps: ValidatorDependencies): Validator {
  const { clock, threads = 1, timeoutMs = 4_500, greatestQueue = 64 } = deps;
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const queue: Job[] = [];
  let isClosed = false;

  function next(): void {
    const job = queue[0];
    if (!job || isClosed) return;
    const worker = idle.pop() ?? (all.size < threads ? start() : undefined);
    if (!worker) return;
    queue.shift();
    run(worker, job);
  }

  function start(): Worker {
    const worker = new Worker(new URL('./validation-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 256, stackSizeMb: 4 },
    });
    all.add(worker);
    return worker;
  }

  function run(worker: Worker, job: Job): void {
    const { request } = job;
    worker.ref();
    const done = (outcome: SealReport | Error, isFit: boolean) => {
      clearTimeout(timer);
      for (const [event, listener] of listeners) worker.off(event, listener);
      worker.unref();
      if (isFit) idle.push(worker);
      else discard(worker);
      job.settle(outcome);
      next();
    };
    const tooSlow = () =>
      done(reportOf(request.file, [{ id: 'readable', state: 'failed', reason: 'too-slow' }]), false);
    const timer = setTimeout(tooSlow, timeoutMs);
    const answered = (answer: Answer) => {
      if ('report' in answer) done(answer.report, true);
      else done(new Error(`the validation of a file failed: ${answer.fault}`), true);
    };
    // Out of memory counts as too slow: the file asks for more than a licence can.
    const listeners = [
      ['message', answered],
      ['error', tooSlow],
      ['exit', tooSlow],
    ] as const;
    for (const [event, listener] of listeners) worker.on(event, listener);
    worker.postMessage({ request, now: clock.now() });
  }

  function discard(worker: Worker): void {
    all.delete(worker);
    worker.on('error', () => undefined);
    void worker.terminate();
  }

  return {
    async validate(request) {
      if (request.file.byteLength > greatestFileBytes)
        return reportOf(request.file, [{ id: 'readable', state: 'failed', reason: 'too-large' }]);
      if (isClosed || queue.length >= greatestQueue) throw new Problem('validator-busy');
      return new Promise((resolve, reject) => {
        queue.push({ request, settle: (out) => (out instanceof Error ? reject(out) : resolve(out)) });
        next();
      });
    },
    async close() {
      isClosed = true;
      for (const job of queue.splice(0)) job.settle(new Problem('validator-busy'));
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
}
