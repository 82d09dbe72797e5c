import type { AuditEvent } from '../audit/index.ts';
import type { WalletDependencies } from './deps.ts';
import type { LicenceUse, Uses } from './port.ts';
import { usesEvent } from './uses-event.ts';

/** Makes the view of the log that holders have: who used a licence, and what for. */
export function createUses({
  audit,
  names,
  matters,
}: Pick<WalletDependencies, 'audit' | 'names' | 'matters'>): Uses {
  async function useOf({ at, data }: AuditEvent): Promise<LicenceUse> {
    const { authority, client, by, conclusion, purpose, serviceItem: code, caseNumber } = data;
    const serviceItemCode = String(code);
    const verifier =
      typeof authority === 'string'
        ? await names.ofAuthority(authority)
        : await names.ofClient(String(client ?? ''));
    return {
      ...{ at, verifier, by: by as LicenceUse['by'], conclusion: conclusion as LicenceUse['conclusion'] },
      matter: { purpose: String(purpose), serviceItemCode, caseNumber: String(caseNumber) },
      serviceItem: (await matters.findServiceItem(serviceItemCode))?.name,
    };
  }

  return {
    async ofLicence(licenceId, { after, limit = 20 } = {}) {
      const page = await audit.eventsOfLicence(licenceId, {
        ...{ types: [usesEvent], limit },
        ...(after && { after }),
      });
      return { items: await Promise.all(page.items.map(useOf)), next: page.next };
    },
  };
}
