import { createClient } from './client.ts';
import { alternate, ratioFigure, type Side } from './compare.ts';
import type { Bench } from './figures.ts';
import { parallel } from './figures.ts';
import { freshLogin } from './flows.ts';
import { startServer } from './server-process.ts';
import { withFolder } from './temp-folder.ts';

/** A stride without a common factor with the number of people, so that logins are spread over all of them. */
const stride = 7_919;

/** The same logins in a small and in a large store. */
export const accounts: Bench = {
  meaning: 'CPU of a login with few and with many accounts in the store',
  run: ({ rounds, size, people }, progress) =>
    withFolder((small) =>
      withFolder(async (large) => {
        const started: Side[] = [];
        try {
          for (const [index, folder] of [large, small].entries()) {
            const count = people[index === 0 ? 1 : 0];
            progress(`a store with ${count} people`);
            const server = await startServer('ours', { folder });
            started.push({ server, client: createClient(server.port, parallel) });
            await server.ask('seed', { people: count });
          }
          const [most, fewest] = started as [Side, Side];
          const measured = await alternate(
            [most, fewest],
            {
              run: async (client, _: undefined, index) => {
                const count = client === most.client ? people[1] : people[0];
                await freshLogin(client, (index * stride) % count);
              },
              events: 2,
            },
            { rounds, size },
            progress,
          );
          return [ratioFigure('accounts', measured, 1.2, `${people[0]} accounts, with ${people[1]}`)];
        } finally {
          for (const { server, client } of started) {
            client.close();
            await server.stop();
          }
        }
      }),
    ),
};
