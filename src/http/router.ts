import { Router, type RouterMiddleware } from '@koa/router';
import type { Middleware } from 'koa';
import { Problem } from '../core/index.ts';
import type { GuardDeps } from './guard.ts';
import { guardRoute } from './guard.ts';
import { stateOf } from './request-state.ts';
import type { Route } from './route.ts';

/** The route tables of all rooms as one middleware. */
export interface RouteTable {
  /** @throws {Error} when a method and path are already taken */
  add(routes: readonly Route[]): void;
  list(): readonly Route[];
  /** Answers a matching route; a known path with another method is 405; everything else falls through. */
  middleware: Middleware;
}

/** `/licences/{id}` as the router writes it. */
const routerPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

/** Makes the table. */
export function createRouteTable(deps: GuardDeps): RouteTable {
  const router = new Router({ strict: true, sensitive: true });
  const routes: Route[] = [];
  /** Routes without parameters by method and path: most requests, found without trying all patterns. */
  const plain = new Map<string, Middleware>();

  const add = (route: Route) => {
    const isTaken = routes.some((one) => one.method === route.method && one.path === route.path);
    if (isTaken) throw new Error(`route ${route.method} ${route.path} is mounted twice`);
    routes.push(route);
    const guard = guardRoute(route, deps);
    const answer: Middleware = (ctx, next) => {
      stateOf(ctx).pattern = route.path;
      return guard(ctx, next);
    };
    router.register(routerPath(route.path), [route.method], answer as unknown as RouterMiddleware);
    if (!route.path.includes('{')) plain.set(`${route.method} ${route.path}`, answer);
  };

  const dispatch = router.routes() as unknown as Middleware;
  return {
    add: (table) => table.forEach(add),
    list: () => routes,
    middleware(ctx, next) {
      const answer = plain.get(`${ctx.method === 'HEAD' ? 'GET' : ctx.method} ${ctx.path}`);
      if (answer) return answer(ctx, next);
      return dispatch(ctx, async () => {
        const known = router.match(ctx.path, ctx.method).path.flatMap((layer) => layer.methods);
        if (known.length === 0) return next();
        throw new Problem('method-not-allowed', {
          headers: { Allow: [...new Set(known)].sort().join(', ') },
        });
      });
    },
  };
}
