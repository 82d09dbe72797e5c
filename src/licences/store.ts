import { defineCollection } from '../storage/index.ts';
import { licenceRecordSchema } from './record.ts';
import { typeRecordSchema } from './type-record.ts';

/**
 * One document a licence with all its versions and states. Its key is made of type, issuer and number, so the key itself keeps
 * numbers unique, also across shards.
 */
export const licencesCollection = defineCollection({
  name: 'licences',
  schema: licenceRecordSchema,
  key: (licence) => licence.id,
  encrypted: true,
  sharded: true,
  indexes: [
    { name: 'holder', path: ['holderKeys', 'createdAt'], blind: true },
    { name: 'holder-last-day', path: ['holderKeys', 'lastDay'], blind: true },
    { name: 'issuer', path: ['issuerCode', 'createdAt'] },
    { name: 'file', path: 'versions.file.sha256' },
    { name: 'status-token', path: 'versions.statusToken', blind: true },
    { name: 'photo', path: 'versions.photo', blind: true },
    { name: 'predecessor', path: 'predecessorId' },
  ],
});

/** One document a type with all its versions. Nothing in it is personal. */
export const typesCollection = defineCollection({
  name: 'licence-types',
  schema: typeRecordSchema,
  key: (type) => type.code,
  indexes: [{ name: 'code', path: 'code' }],
});

/** Indexes of the licences. */
export type LicenceIndex = (typeof licencesCollection)['indexes'][number]['name'];
