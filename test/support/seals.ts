import { askForCertificate } from '../../scripts/demo/register-seals.ts';
import type { Service } from '../../src/app.ts';
import type { StaffDuty } from '../../src/core/index.ts';
import type { Seal, SealActor, Seals } from '../../src/seals/index.ts';

/** A seal keeper of an authority, for what is not about people. */
export const keeperOf = (authorityCode: string, id = 'keeper-1'): SealActor => ({
  id,
  duties: [{ role: 'seal-keeper', authorityCode } satisfies StaffDuty],
});

/** Where seals get registered: the room, and the origin of the simulated certificate authority. */
export interface SealWorld {
  seals: Seals;
  /** Origin with /ca. */
  authorityUrl: string;
}

/** Files numbers of the demo: 13 digits, one after the other. */
let filed = 5_200_000_000_000;

/** Takes a seal from application to use, by two people and the simulated certificate authority. */
export async function registerSeal(
  { seals: { register }, authorityUrl }: SealWorld,
  application: { ownerCode: string; typeCodes: readonly string[]; algorithm?: 'ES256' | 'RS256' },
): Promise<Seal> {
  const { ownerCode } = application;
  filed += 1;
  const applied = await register.apply(
    {
      ...application,
      name: { zh: '电子证照专用章', en: 'Electronic licence seal' },
      kind: 'licence',
      diameterMm: 42,
      codeNumber: String(filed),
    },
    keeperOf(ownerCode),
  );
  if (applied.outcome !== 'applied') throw new Error(`the application ended with ${JSON.stringify(applied)}`);
  const sealId = applied.seal.id;
  const approved = await register.act('approve', { sealId, actor: keeperOf(ownerCode, 'keeper-2') });
  if (approved.outcome !== 'changed') throw new Error(`the approval ended with ${approved.outcome}`);
  const pem = await askForCertificate(authorityUrl, (await register.request(sealId)) ?? '');
  const installed = await register.install({ sealId, actor: { id: 'operator' }, pem });
  if (installed.outcome !== 'installed')
    throw new Error(`the installation ended with ${JSON.stringify(installed)}`);
  return installed.seal;
}

/**
 * Registers authorities that are not there yet and gives each an active seal for its types, with the simulated certificate
 * and time-stamping authorities of the test app. Without `issues` the authority must be registered already.
 */
export async function createDemoSeals(
  app: { service: Service; registers: { url: string } },
  authorities: readonly (string | { code: string; issues: readonly string[]; name?: string })[],
): Promise<Seal[]> {
  const { identity, seals } = app.service;
  const made: Seal[] = [];
  for (const entry of authorities) {
    const code = typeof entry === 'string' ? entry : entry.code;
    if (typeof entry !== 'string' && !(await identity.authorities.find(code))) {
      const name = { zh: entry.name ?? '示例市行政审批局', en: 'Sample City Approval Bureau' };
      const authority = { code, name, areaCode: '520100', mayDefine: true, issues: [...entry.issues] };
      const stored = await identity.authorities.put({ ...authority, status: 'active' }, 'operator');
      if (stored.outcome !== 'stored') throw new Error(`the authority is ${JSON.stringify(stored)}`);
    }
    const typeCodes = (await identity.authorities.find(code))?.issues ?? [];
    const world = { seals, authorityUrl: app.registers.url };
    made.push(await registerSeal(world, { ownerCode: code, typeCodes }));
  }
  return made;
}
