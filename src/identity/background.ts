import type { Logger } from '../telemetry/index.ts';

/** Work that nobody waits for, so that an answer takes the same time whether there is something to do or not. */
export interface Background {
  run(name: string, work: () => Promise<unknown>): void;
  /** Resolves when everything begun so far has ended. */
  settle(): Promise<void>;
}

/** Makes the background. A failure ends here and is logged: there is no caller left to tell. */
export function createBackground(logger: Logger): Background {
  const running = new Set<Promise<unknown>>();
  return {
    run(name, work) {
      const promise = work()
        .catch((err: unknown) => logger.error({ err, work: name }, 'work in the background failed'))
        .finally(() => running.delete(promise));
      running.add(promise);
    },
    async settle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
