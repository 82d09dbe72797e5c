import { type Client, createClient, type Jar } from './client.ts';
import { profiled, type Side } from './compare.ts';
import {
  type Bench,
  type Figure,
  fullScale,
  median,
  type Progress,
  parallel,
  type Scale,
} from './figures.ts';
import { enterPortal, inParallel } from './flows.ts';
import { startServer } from './server-process.ts';
import { withFolder } from './temp-folder.ts';

/** Licences of the person, and of the company at full size. */
const ofPerson = 10;
const ofCompany = 10_000;
const mostMs = 20;

interface Page {
  name: string;
  /** Whom the person acts for; themselves when absent. */
  organisationId?: string;
  /** Cards that the page has to hold. */
  cards: number;
}

/** CPU of one page, the same person opening it again and again. */
async function measurePage({ server, client }: Side, jar: Jar, page: Page, size: number): Promise<number> {
  const before = await server.usage();
  await profiled(server, page.name, () =>
    inParallel(size, parallel, async () => {
      const { status, text } = await client.send('GET', '/wallet', { jar });
      const cards = text.split('class="licence-card ').length - 1;
      if (status !== 200 || cards !== page.cards)
        throw new Error(`${page.name} answered ${status} with ${cards} cards: ${text.slice(0, 200)}`);
    }),
  );
  const after = await server.usage();
  return (after.cpuMs - before.cpuMs) / size;
}

/** Switches to an organisation, as its tab in the wallet does. */
async function actFor(client: Client, jar: Jar, organisation: string): Promise<void> {
  const { text } = await client.send('GET', '/wallet', { jar });
  const csrf = /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
  const form = { _csrf: csrf, organisation, back: '/wallet' };
  const { status } = await client.send('POST', '/account/acting', { jar, form });
  if (status !== 303) throw new Error(`acting for the company was answered ${status}`);
}

async function run(folder: string, { rounds, size }: Scale, progress: Progress): Promise<Figure[]> {
  const server = await startServer('ours', { folder });
  try {
    const client = createClient(server.port, parallel);
    const count = Math.max(100, Math.round((ofCompany * Math.min(size, fullScale.size)) / fullScale.size));
    const { organisationId } = await server.ask<{ organisationId: string }>('seedWallet', {
      ...{ own: ofPerson, company: count },
    });
    const jar = await enterPortal(client, 0, '/account/organisations');
    const pages: Page[] = [
      { name: `wallet-person-${ofPerson}`, cards: ofPerson },
      { name: `wallet-company-${count}`, organisationId, cards: 24 },
    ];
    const figures: Figure[] = [];
    for (const page of pages) {
      if (page.organisationId) await actFor(client, jar, page.organisationId);
      const values: number[] = [];
      for (let round = 0; round <= rounds; round += 1) {
        const value = await measurePage({ server, client }, jar, page, Math.min(size, 200));
        // The first one runs warm.
        if (round > 0) values.push(value);
        progress(`${page.name} round ${round}/${rounds}: ${value.toFixed(2)} ms CPU`);
      }
      const value = median(values);
      figures.push({ name: page.name, value, unit: 'ms of CPU', bar: `< ${mostMs}`, holds: value < mostMs });
    }
    client.close();
    return figures;
  } finally {
    await server.stop();
  }
}

/** The cards of a person, and the first ones of a company that has thousands. */
export const wallet: Bench = {
  meaning: 'CPU of the wallet page of a person with 10 licences, and of a company with 10,000',
  run: (scale, progress) => withFolder((folder) => run(folder, scale, progress)),
};
