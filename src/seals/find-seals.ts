import { readAll } from '../core/index.ts';
import type { Collection } from '../storage/index.ts';
import { commonName, parseCertificate } from './certificate.ts';
import { readWhole } from './der.ts';
import type { Seal, SealRegister } from './register-port.ts';
import type { SealRecord, sealCollection, UseRecord } from './store.ts';

/** Seals as they are kept. */
export type SealCollection = Collection<SealRecord, (typeof sealCollection)['indexes'][number]['name']>;

/** What may be asked of the register. */
export interface SealQueries
  extends Pick<SealRegister, 'find' | 'findByCertificate' | 'list' | 'countUses' | 'certificateOf'> {
  get(sealId: string): Promise<SealRecord | undefined>;
  /** Every seal of an authority that was ever registered for a type (or for any). */
  sealsOf(ownerCode: string, typeCode?: string): Promise<SealRecord[]>;
}

/** The questions over the kept seals and their uses. */
export function findSeals({
  seals,
  uses,
}: {
  seals: SealCollection;
  uses: Collection<UseRecord, 'seal'>;
}): SealQueries {
  const get = async (id: string) => (await seals.get(id))?.value;
  return {
    get,
    async find(id) {
      const seal = await get(id);
      return seal && shown(seal);
    },
    async findByCertificate(sha256) {
      const page = await seals.find({ index: 'certificate', equals: [sha256], limit: 1 });
      return page.items[0] && shown(page.items[0].value);
    },
    async list({ ownerCode, after, limit } = {}) {
      const query = ownerCode
        ? ({ index: 'owner', equals: [ownerCode] } as const)
        : ({ index: 'applied' } as const);
      const page = await seals.find({
        ...query,
        order: 'descending',
        ...(after && { after }),
        ...(limit && { limit }),
      });
      return { items: page.items.map(({ value }) => shown(value)), next: page.next };
    },
    countUses: (id) => uses.count({ index: 'seal', equals: [id] }),
    async certificateOf(id) {
      const newest = (await get(id))?.certificates[0];
      if (!newest) return undefined;
      const { issuer, name, serial, sha256, notBefore, notAfter } = parseCertificate(
        Buffer.from(newest.der, 'base64'),
      );
      return { name, issuerName: commonName(readWhole(issuer)), serial, sha256, notBefore, notAfter };
    },
    async sealsOf(ownerCode, typeCode) {
      const all = await readAll((from) => seals.find({ index: 'owner', equals: [ownerCode], ...from }));
      return all
        .map(({ value }) => value)
        .filter(({ typeCodes }) => typeCode === undefined || typeCodes.includes(typeCode));
    },
  };
}

/** A record without what only this room needs. */
export function shown({
  appliedAt,
  takenCode,
  picture,
  certificates,
  certificateHashes,
  ...seal
}: SealRecord): Seal {
  return {
    ...seal,
    certificates: certificates.map(({ sha256, notBefore, notAfter }) => ({ sha256, notBefore, notAfter })),
  };
}
