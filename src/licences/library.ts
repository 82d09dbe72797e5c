import { type Clock, dayAt, endOfDay, type Page } from '../core/index.ts';
import type { Issuers } from './issuers.ts';
import type { Naming } from './naming.ts';
import type { Licence, LicenceLibrary, LicenceVersion } from './port.ts';
import { holderKey, toLicence } from './record.ts';
import type { Records } from './records.ts';
import { stateOf } from './state.ts';

/** A holder may have licences of other types between two of the one asked for; so many pages are looked through at once. */
const mostPages = 20;

/** Reading the library. */
export type Reading = Omit<LicenceLibrary, 'types' | 'fileOf' | 'pictureOf' | 'setDisputed'>;

/** Makes the reading side. */
export function createReading(deps: {
  records: Records;
  naming: Naming;
  issuers: Issuers;
  clock: Clock;
}): Reading {
  const { records, naming, issuers, clock } = deps;

  async function findBy(
    index: 'file' | 'status-token',
    value: string,
    isIt: (version: LicenceVersion) => boolean,
  ): Promise<{ licence: Licence; version: LicenceVersion } | undefined> {
    const record = await records.findOne(index, value);
    const licence = record && toLicence(record);
    const version = licence?.versions.find(isIt);
    return licence && version && { licence, version };
  }

  async function successorsOf(id: string): Promise<Licence[]> {
    const page = await records.find({ index: 'predecessor', equals: [id], limit: 10 });
    return page.items.map(toLicence);
  }

  return {
    async findById(id) {
      const record = await records.get(id);
      return record && toLicence(record);
    },
    async findByNumber({ typeCode, number, issuerCode }) {
      const codes = issuerCode === undefined ? await issuers.issuing(typeCode) : [issuerCode];
      for (const code of codes) {
        const record = await records.get(naming.licenceId(typeCode, code, number.trim()));
        if (record) return toLicence(record);
      }
      return undefined;
    },
    async findByHolder({ idType, idNumber, typeCode, after, limit = 50 }): Promise<Page<Licence>> {
      const items: Licence[] = [];
      let next = after;
      for (let pages = 0; pages < mostPages; pages += 1) {
        const page = await records.find({
          index: 'holder',
          equals: [holderKey(idType, idNumber)],
          order: 'descending',
          limit: limit - items.length,
          ...(next !== undefined && { after: next }),
        });
        for (const record of page.items)
          if (typeCode === undefined || record.typeCode === typeCode) items.push(toLicence(record));
        next = page.next;
        if (next === undefined || items.length >= limit) break;
      }
      return { items, ...(next !== undefined && { next }) };
    },
    async findEnding({ idType, idNumber, from, to, limit }) {
      const page = await records.find({
        ...{ index: 'holder-last-day', equals: [holderKey(idType, idNumber)], limit },
        ...{ from, to: dayAt(endOfDay(to)) },
      });
      return page.items.map(toLicence);
    },
    findByFile: (sha256) => findBy('file', sha256, ({ file }) => file?.sha256 === sha256),
    findByStatusToken: (token) => findBy('status-token', token, ({ statusToken }) => statusToken === token),
    async stateAt(licence, at, knownAt = clock.now()) {
      return stateOf(licence, await successorsOf(licence.id), at, knownAt);
    },
  };
}
