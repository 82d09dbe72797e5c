import { createHash } from 'node:crypto';
import { isProblem } from '../core/index.ts';
import type { Stored } from '../storage/index.ts';
import type { WalletDependencies } from './deps.ts';
import { type Holders, isHeldBy } from './holders.ts';
import { createOffer } from './offer-share.ts';
import type { HolderRef, Share, Shares } from './port.ts';
import { agreedFacts, clientHolderOf, createRefusal, isLive, isOpenFor, termsOf } from './share-rules.ts';
import { type ShareRecord, shareCollection } from './store.ts';

const refOf = ({ accountId, organisationId }: ShareRecord | Share): HolderRef => ({
  accountId,
  ...(organisationId && { organisationId }),
});

const outward = ({ clientHolder: _, facts: __, ...share }: ShareRecord): Share => share;

const idOf = (...parts: string[]): string =>
  createHash('sha256').update(parts.join('|')).digest().subarray(0, 16).toString('base64url');

/** Makes the consents. Every change is one conditional write. */
export function createShares(deps: WalletDependencies, holders: Holders): Shares {
  const { store, audit, clock, library } = deps;
  const shares = store.collection(shareCollection);
  const refusal = createRefusal(deps);

  async function grant(input: Parameters<Shares['grant']>[0]): Promise<Share | undefined> {
    const { holder: ref, clientId, request } = input;
    const licenceIds = [...new Set(input.licenceIds)];
    const holder = await holders.find(ref);
    if (!holder || licenceIds.length === 0 || (await refusal(request, clientId))) return undefined;
    const licences = await Promise.all(licenceIds.map((id) => library.findById(id)));
    const held = licences.filter(
      (licence) =>
        licence && isHeldBy(licence, holder.identifiers) && request.licenceTypes.includes(licence.typeCode),
    ) as NonNullable<(typeof licences)[number]>[];
    if (held.length < licenceIds.length) return undefined;
    const now = clock.now();
    const { validUntil, reads } = termsOf(request, now);
    const id = idOf('share', clientId, ref.accountId, input.once);
    const { matter, licenceTypes: typeCodes } = request;
    const { serviceItemCode } = matter;
    const share: ShareRecord = {
      ...ref,
      id,
      clientId,
      clientHolder: holder.identifiers.map(({ type, value }) => clientHolderOf(clientId, type, value)),
      licences: held
        .sort((a, b) => b.createdAt - a.createdAt)
        .map((licence) => ({ licenceId: licence.id, typeCode: licence.typeCode })),
      licenceTypes: [...typeCodes],
      matter: { ...matter },
      facts: await agreedFacts(deps, { serviceItemCode, typeCodes, seen: input.seen }),
      ...{ grantedAt: now, validUntil, readsAllowed: reads, readsLeft: reads },
    };
    try {
      await shares.insert(share, { events: [grantedEvent(share)] });
      return outward(share);
    } catch (error) {
      if (!isProblem(error, 'already-exists')) throw error;
      // The same form, sent twice.
      const stored = await shares.get(id);
      return stored && outward(stored.value);
    }
  }

  function grantedEvent(share: ShareRecord) {
    const { serviceItemCode, caseNumber } = share.matter;
    return audit.event('wallet.share.granted', {
      ...holderData(share),
      ...{ client: share.clientId, share: share.id, serviceItem: serviceItemCode, caseNumber },
      licences: share.licences.map(({ licenceId }) => licenceId),
      ...{ validUntil: share.validUntil, reads: share.readsAllowed },
    });
  }

  async function lookUp(input: Parameters<Shares['use']>[0]): Promise<Stored<ShareRecord> | undefined> {
    const now = clock.now();
    const { shareId, clientId, holder } = input;
    if (shareId !== undefined) {
      const stored = await shares.get(shareId);
      return stored && isOpenFor(stored.value, input, now) ? stored : undefined;
    }
    const tag = clientHolderOf(clientId, holder.idType, holder.idNumber);
    let after: string | undefined;
    do {
      const page = await shares.find({
        index: 'client-holder',
        equals: [tag],
        limit: 100,
        ...(after && { after }),
      });
      const open = page.items.find(({ value }) => isOpenFor(value, input, now));
      if (open) return open;
      after = page.next;
    } while (after !== undefined);
    return undefined;
  }

  return {
    refusal,
    offer: createOffer(deps, holders, refusal),
    grant,
    async use(input) {
      for (;;) {
        const stored = await lookUp(input);
        if (!stored) return undefined;
        const share = stored.value;
        // A consent ends with the account, and with the right to act for the organisation.
        if (!(await holders.find(refOf(share)))) return undefined;
        try {
          await shares.replace({ ...share, readsLeft: share.readsLeft - 1 }, stored.version);
        } catch (error) {
          // Another read was counted, or the holder withdrew: judged again.
          if (isProblem(error, 'version-conflict', 'not-found')) continue;
          throw error;
        }
        const licenceIds = share.licences
          .filter(({ typeCode }) => typeCode === input.typeCode)
          .map(({ licenceId }) => licenceId);
        return { shareId: share.id, accountId: share.accountId, licenceIds, facts: share.facts };
      }
    },
    async find(shareId, clientId) {
      const share = (await shares.get(shareId))?.value;
      return share?.clientId === clientId && isLive(share, clock.now()) ? outward(share) : undefined;
    },
    async list(accountId, { after, limit = 20 } = {}) {
      const page = await shares.find({
        ...{ index: 'account', equals: [accountId], order: 'descending', limit },
        ...(after && { after }),
      });
      return { items: page.items.map(({ value }) => outward(value)), next: page.next };
    },
    async withdraw(shareId, accountId) {
      for (;;) {
        const stored = await shares.get(shareId);
        if (stored?.value.accountId !== accountId) return false;
        const share = stored.value;
        if (share.withdrawnAt !== undefined) return true;
        const data = { ...holderData(share), client: share.clientId, share: share.id };
        const events = [audit.event('wallet.share.withdrawn', data)];
        try {
          await shares.replace({ ...share, withdrawnAt: clock.now() }, stored.version, { events });
          return true;
        } catch (error) {
          if (!isProblem(error, 'version-conflict')) throw error;
        }
      }
    },
  };
}

/** The holder, as events name it. */
export const holderData = ({ accountId, organisationId }: HolderRef) => ({
  account: accountId,
  ...(organisationId && { organisation: organisationId }),
});
