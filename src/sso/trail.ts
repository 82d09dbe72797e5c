import type { Audit } from '../audit/index.ts';

/** Audit events of a request: begun when they happen, waited for before the response leaves. */
export interface Trail {
  /** Begins to record; `ctx` is the request's context. */
  note(ctx: object, type: string, data: Record<string, unknown>): void;
  /** Resolves when everything noted in this request is durable. @throws what recording threw */
  settled(ctx: object): Promise<void>;
}

/** Makes the trail. Recording runs beside the rest of the request, so that it costs latency only where it is slower. */
export function createTrail(audit: Audit): Trail {
  const begun = new WeakMap<object, Promise<unknown>[]>();
  return {
    note(ctx, type, data) {
      const recording = audit.record(type, data);
      // Whoever waits in settled() sees the rejection; without this the process would see it first.
      recording.catch(() => {});
      const sofar = begun.get(ctx);
      if (sofar) sofar.push(recording);
      else begun.set(ctx, [recording]);
    },
    async settled(ctx) {
      const recordings = begun.get(ctx);
      if (recordings) await Promise.all(recordings);
    },
  };
}
