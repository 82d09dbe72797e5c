import { createApp, type Service } from '../app.ts';
import { type Config, readConfig } from '../config.ts';
import { refuseAbsentStore } from './existing-store.ts';
import { logAside } from './output.ts';

/** Works with the whole service of this installation, which does not listen, and closes it whatever happens. */
export async function withService(
  { mayBeNew = false }: { mayBeNew?: boolean },
  work: (service: Service, config: Config) => Promise<void>,
): Promise<void> {
  const config = readConfig(process.env);
  if (!mayBeNew) await refuseAbsentStore(config);
  const service = await createApp({ ...config, logLevel: 'warn' }, logAside);
  try {
    await work(service, config);
  } finally {
    await service.close();
  }
}
