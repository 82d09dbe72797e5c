import { AsyncLocalStorage } from 'node:async_hooks';

/** What is known of the request being served, for every log line written on its behalf. */
export interface RequestContext {
  /** Random, unique per request; the `instance` of an error answer carries it too. */
  requestId: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `work` with a context that every await under it keeps. */
export function runInRequest<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** The context of the request being served; undefined outside of one (timers, start-up). */
export function requestContext(): RequestContext | undefined {
  return storage.getStore();
}
