import type { AuditEvent } from '../audit/index.ts';
import type { Bilingual } from '../core/index.ts';
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
    const {
      authority,
      client,
      by,
      conclusion,
      purpose,
      serviceItem: code,
      caseNumber,
      share,
      statute,
    } = data;
    const serviceItemCode = String(code);
    const verifier =
      typeof authority === 'string'
        ? await names.ofAuthority(authority)
        : await names.ofClient(String(client ?? ''));
    return {
      ...{ at, verifier, by: by as LicenceUse['by'], conclusion: conclusion as LicenceUse['conclusion'] },
      ...(typeof share === 'string' && { shareId: share }),
      ...(statute !== undefined && { statute: statute as Bilingual }),
      matter: { purpose: String(purpose), serviceItemCode, caseNumber: String(caseNumber) },
      serviceItem: (await matters.findServiceItem(serviceItemCode))?.name,
    };
  }

  return {
    async ofLicence(licenceId, { after, since = 0, limit = 20 } = {}) {
      const page = await audit.eventsOfLicence(licenceId, {
        ...{ types: [usesEvent], limit },
        ...(after && { after }),
      });
      const counted = page.items.filter(({ at }) => at >= since);
      // The log is read newest first: beyond the first that is too old there are no others.
      const next = counted.length < page.items.length ? undefined : page.next;
      return { items: await Promise.all(counted.map(useOf)), next };
    },
  };
}
