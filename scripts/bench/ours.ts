/** The service as it runs in production, in a process of its own that the bench can ask about itself. */
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { systemClock } from '../../src/core/index.ts';
import { setUpHeap } from '../../src/heap.ts';
import { answerCommands, ownUsage, type Usage } from './commands.ts';
import { registerClients, seedPeople } from './seed.ts';
import { seedLicences, showCodes } from './seed-licences.ts';
import { seedWallet } from './seed-wallet.ts';
import { serviceEnvironment } from './service-environment.ts';

setUpHeap();
const { folder } = JSON.parse(process.argv[2] ?? '{}') as { folder: string };
let aheadMs = 0;
const config = readConfig(serviceEnvironment(folder));
const service = await createApp(config, { clock: { now: () => systemClock.now() + aheadMs } });
const listener = await service.http.listen({ host: '127.0.0.1', port: 0 });

answerCommands(listener, {
  async seed({ people }: { people: number }) {
    await registerClients(service);
    await seedPeople(service, people);
    await service.audit.drain();
  },
  async seedLicences({ count }: { count: number }) {
    await seedLicences(service, count);
    await service.audit.drain();
  },
  async seedWallet({ own, company }: { own: number; company: number }) {
    const seeded = await seedWallet(service, { own, company });
    await service.audit.drain();
    return seeded;
  },
  showCodes: ({ indexes }: { indexes: number[] }) => showCodes(service, indexes),
  async usage(): Promise<Usage> {
    await service.audit.drain();
    return ownUsage();
  },
  events: countEvents,
  async expire({ seconds }: { seconds: number }) {
    aheadMs += seconds * 1000;
    return service.store.sweep();
  },
  async stop() {
    await listener.close();
    await service.close();
  },
});

/** Events that became durable in this process, as its metrics count them. */
async function countEvents(): Promise<number> {
  const lines = (await service.metrics.text()).split('\n');
  return lines
    .filter((line) => line.startsWith('tongxing_audit_events_total'))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
