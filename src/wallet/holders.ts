import type { Licence } from '../licences/index.ts';
import type { WalletDependencies } from './deps.ts';
import type { HolderRef } from './port.ts';

/** A holder as the wallet knows it: whose licences are looked up by these identifiers. */
export interface KnownHolder {
  ref: HolderRef;
  /** In full: mask it for the screen. */
  name: string;
  identifiers: readonly { type: string; value: string }[];
}

/** Who holds what. Every read of a licence by a person passes here. */
export interface Holders {
  /** Undefined when the account is gone or may not act for the organisation (any more). */
  find(ref: HolderRef): Promise<KnownHolder | undefined>;
  /** The holder and the licence, when it is theirs; otherwise as if there were no such licence. */
  findLicence(ref: HolderRef, licenceId: string): Promise<Licence | undefined>;
  /** The same when it is not said for whom: the person themselves, or an organisation that they act for. */
  locate(accountId: string, licenceId: string): Promise<{ ref: HolderRef; licence: Licence } | undefined>;
}

/** Whether the newest version of a licence names one of the identifiers as holder. */
export const isHeldBy = (
  { versions }: Licence,
  identifiers: readonly { type: string; value: string }[],
): boolean =>
  versions
    .at(-1)
    ?.holders.some(({ idType, idNumber }) =>
      identifiers.some(({ type, value }) => type === idType && value === idNumber),
    ) ?? false;

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
    async locate(accountId, licenceId) {
      // All of it is read whether or not there is such a licence: a stranger's and none take the same time.
      const [me, organisations, licence] = await Promise.all([
        find({ accountId }),
        identity.organisations.list(accountId),
        library.findById(licenceId),
      ]);
      if (!me || !licence) return undefined;
      if (isHeldBy(licence, me.identifiers)) return { ref: me.ref, licence };
      const organisation = organisations.find(({ creditCode }) => isHeldBy(licence, codeOf(creditCode)));
      return organisation && { ref: { accountId, organisationId: organisation.organisationId }, licence };
    },
  };
}
