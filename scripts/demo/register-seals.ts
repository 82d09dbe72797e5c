import type { Service } from '../../src/app.ts';
import type { Authority } from '../../src/identity/index.ts';
import type { SealActor } from '../../src/seals/index.ts';

/** Sends a certificate request to the demo certificate authority; answers its chain, PEM. */
export async function askForCertificate(authorityUrl: string, request: string): Promise<string> {
  const response = await fetch(`${authorityUrl}/ca/certificates`, { method: 'POST', body: request });
  if (!response.ok) throw new Error(`the demo certificate authority answered ${response.status}`);
  return response.text();
}

/**
 * Gives every authority that issues something and has no seal yet one for all its types: applied for, approved, certified
 * and installed by the same use cases as any other seal. The two people are seal keepers of the demo.
 */
export async function registerSeals(
  { identity, seals }: Pick<Service, 'identity' | 'seals'>,
  authorityUrl: string,
): Promise<void> {
  const { items } = await identity.authorities.list({ limit: 1000 });
  for (const [index, authority] of items.entries()) {
    const has = await seals.register.list({ ownerCode: authority.code, limit: 1 });
    if (authority.issues.length > 0 && has.items.length === 0)
      await registerSeal(seals, authority, {
        authorityUrl,
        codeNumber: `52000000${String(index + 1).padStart(5, '0')}`,
      });
  }
}

async function registerSeal(
  { register }: Service['seals'],
  { code, issues }: Authority,
  { authorityUrl, codeNumber }: { authorityUrl: string; codeNumber: string },
): Promise<void> {
  const keeper = (id: string): SealActor => ({
    id,
    duties: [{ role: 'seal-keeper', authorityCode: code }],
  });
  const applied = await register.apply(
    {
      ownerCode: code,
      name: { zh: '电子证照专用章', en: 'Electronic licence seal' },
      kind: 'licence',
      diameterMm: 42,
      codeNumber,
      typeCodes: issues,
    },
    keeper('demo-seal-keeper'),
  );
  if (applied.outcome !== 'applied') throw new Error(`the seal of ${code}: ${JSON.stringify(applied)}`);
  const sealId = applied.seal.id;
  await register.act('approve', { sealId, actor: keeper('demo-second-keeper') });
  const pem = await askForCertificate(authorityUrl, (await register.request(sealId)) ?? '');
  const installed = await register.install({ sealId, actor: { id: 'operator' }, pem });
  if (installed.outcome !== 'installed') throw new Error(`the seal of ${code}: ${JSON.stringify(installed)}`);
}
