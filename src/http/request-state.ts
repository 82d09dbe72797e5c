import type { Context } from 'koa';
import type { Caller, Locale } from './route.ts';

/** What the outer chain knows of a request, for everything further in. */
export interface RequestState {
  requestId: string;
  address: string;
  /** Route pattern for metrics and logs; never the raw path. */
  pattern: string;
  /** What the route answers with; errors of a page are pages too unless Accept says otherwise. Absent where no route matched. */
  answers?: 'page' | 'json';
  /** Who calls, once the guard knows it. */
  caller?: Caller;
  /** What the site that started the login asked for, when the person has not chosen. */
  suggested?: Locale | undefined;
  /** The token of this browser, once a form of the page asked for it. */
  csrfToken?: string;
}

/** The state of a request that passed the outer chain. */
export function stateOf(ctx: Context): RequestState {
  return ctx.state.tongxing as RequestState;
}

/** Puts the state in place; called once, by the outer chain. */
export function setState(ctx: Context, state: RequestState): void {
  ctx.state.tongxing = state;
}
