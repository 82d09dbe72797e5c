import type { Jar } from './client.ts';
import { alternate, type Flow, people, ratioFigure, withBoth } from './compare.ts';
import type { Bench } from './figures.ts';
import { clientCredentials, enterSecondSite, freshLogin } from './flows.ts';

/** Who comes: people one after the other, again from the first when all were there. */
const person = (index: number): number => index % people;

function againstBare<P>(name: string, meaning: string, limit: number, flow: Flow<P>, times = 1): Bench {
  return {
    meaning,
    run: (scale, progress) =>
      withBoth(progress, async (ours, bare) => {
        const { rounds, size } = scale;
        const measured = await alternate([ours, bare], flow, { rounds, size: size * times }, progress);
        return [ratioFigure(name, measured, limit, 'bare')];
      }),
  };
}

/** A login in a new browser. */
export const freshLoginBench = againstBare<void>(
  'fresh-login',
  'CPU of a login in a new browser: code flow with PKCE, login page, claims; six requests',
  1.6,
  {
    async run(client, _, index) {
      await freshLogin(client, person(index));
    },
    events: 2,
  },
);

/** Single sign-on. */
export const secondSiteBench = againstBare<Jar>(
  'second-site',
  'CPU of entering a second site with a live session: code flow with PKCE, claims; three requests',
  1.4,
  {
    prepare: (client, index) => freshLogin(client, person(index)),
    run: (client, jar) => enterSecondSite(client, jar),
    events: 1,
  },
);

/** A token for a system. */
export const clientCredentialsBench = againstBare<void>(
  'client-credentials',
  'CPU of a client_credentials token, a signed JWT for the API; one request',
  1.3,
  { run: (client) => clientCredentials(client), events: 0 },
  5,
);
