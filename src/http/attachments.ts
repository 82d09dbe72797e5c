import type { Middleware } from 'koa';
import { stateOf } from './request-state.ts';

/** A middleware that answers paths of its own, such as oidc-provider. */
export interface Attachment {
  /** The patterns of its paths, the most specific first, each {brace} one segment: `/oidc/token`, `/oidc/{other}`. */
  paths: readonly string[];
  middleware: Middleware;
}

/** The pattern of a path, for metrics; undefined for paths of others. Most paths have no parameter and cost one look-up. */
function patternFinder(patterns: readonly string[]): (path: string) => string | undefined {
  const plain = new Set(patterns.filter((pattern) => !pattern.includes('{')));
  const shaped = patterns
    .filter((pattern) => !plain.has(pattern))
    .map((pattern) => ({
      pattern,
      shape: new RegExp(`^${pattern.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
    }));
  return (path) => (plain.has(path) ? path : shaped.find(({ shape }) => shape.test(path))?.pattern);
}

/** Middlewares beside the route tables: they get the outer chain, but no guard and no body parser. */
export function createAttachments(): { add: (attachment: Attachment) => void; middleware: Middleware } {
  const list: { patternOf: (path: string) => string | undefined; answer: Middleware }[] = [];
  return {
    add: ({ paths, middleware }) => void list.push({ patternOf: patternFinder(paths), answer: middleware }),
    middleware: (ctx, next) => {
      for (const { patternOf, answer } of list) {
        const pattern = patternOf(ctx.path);
        if (pattern === undefined) continue;
        stateOf(ctx).pattern = pattern;
        return answer(ctx, next);
      }
      return next();
    },
  };
}
