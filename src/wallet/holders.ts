import type { Licence, LicenceVersion } from '../licences/index.ts';
import type { WalletDependencies } from './deps.ts';
import type { HolderRef } from './port.ts';

/** A holder as the wallet knows it: whose licences are looked up by these identifiers. */
export interface KnownHolder {
  ref: HolderRef;
  /** In full: mask it for the screen. */
  name: string;
  identifiers: readonly { type: string; value: string }[];
}

/** A licence of somebody's, and since when it is theirs. */
export interface Located {
  ref: HolderRef;
  licence: Licence;
  /** Milliseconds since the epoch. A version may name another holder: what happened before is that one's own affair. */
  heldSince: number;
}

/** Who holds what. Every read of a licence by a person passes here. */
export interface Holders {
  /** Undefined when the account is gone or may not act for the organisation (any more). */
  find(ref: HolderRef): Promise<KnownHolder | undefined>;
  /** The holder and the licence, when it is theirs; otherwise as if there were no such licence. */
  findLicence(ref: HolderRef, licenceId: string): Promise<Licence | undefined>;
  /** The holder and the licence, also when it is not `ref` who holds it but the person or another organisation that they may act for. */
  locate(ref: HolderRef, licenceId: string): Promise<Located | undefined>;
}

type Identifiers = readonly { type: string; value: string }[];

/** Whether a version of a licence names one of the identifiers as holder. */
export const namesHolder = ({ holders }: LicenceVersion, identifiers: Identifiers): boolean =>
  holders.some(({ idType, idNumber }) =>
    identifiers.some(({ type, value }) => type === idType && value === idNumber),
  );

/** Whether the newest version of a licence names one of the identifiers as holder. */
export function isHeldBy({ versions }: Licence, identifiers: Identifiers): boolean {
  const newest = versions.at(-1);
  return newest !== undefined && namesHolder(newest, identifiers);
}

/** Since when every version has named one of the identifiers. */
function heldSince({ versions }: Licence, identifiers: Identifiers): number {
  const former = versions.findLastIndex((version) => !namesHolder(version, identifiers));
  return former < 0 ? 0 : (versions[former + 1]?.recordedAt ?? 0);
}

const codeOf = (creditCode: string) => [{ type: '001', value: creditCode }];

/** Makes the keeper of that question. */
export function createHolders({
  identity,
  library,
}: Pick<WalletDependencies, 'identity' | 'library'>): Holders {
  async function find(ref: HolderRef): Promise<KnownHolder | undefined> {
    const account = await identity.findAccount(ref.accountId);
    if (!account) return undefined;
    const { accountId, organisationId } = ref;
    if (organisationId === undefined)
      return { ref: { accountId }, name: account.name ?? '', identifiers: account.identifiers };
    const organisation = await identity.organisations.findRepresented(accountId, organisationId);
    return organisation && { ref, name: organisation.name, identifiers: codeOf(organisation.creditCode) };
  }

  return {
    find,
    async findLicence(ref, licenceId) {
      const [holder, licence] = await Promise.all([find(ref), library.findById(licenceId)]);
      return holder && licence && isHeldBy(licence, holder.identifiers) ? licence : undefined;
    },
    async locate({ accountId, organisationId: actingFor }, licenceId) {
      // All of it is read whether or not there is such a licence: a stranger's and none take the same time.
      const [me, organisations, licence] = await Promise.all([
        find({ accountId }),
        identity.organisations.list(accountId),
        library.findById(licenceId),
      ]);
      if (!me || !licence) return undefined;
      const mine = [
        { ref: { accountId } as HolderRef, identifiers: me.identifiers },
        ...organisations.map(({ organisationId, creditCode }) => ({
          ...{ ref: { accountId, organisationId }, identifiers: codeOf(creditCode) },
        })),
      ].filter(({ identifiers }) => isHeldBy(licence, identifiers));
      // A licence may name several of them: then it is that of whom the session acts for.
      const holder = mine.find(({ ref }) => ref.organisationId === actingFor) ?? mine[0];
      return holder && { ref: holder.ref, licence, heldSince: heldSince(licence, holder.identifiers) };
    },
  };
}
