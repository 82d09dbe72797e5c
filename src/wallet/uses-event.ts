import { z } from 'zod';

/** Type of the event that verification records for each answer about a licence, and that holders see as a use. */
export const usesEvent = 'verification.licence.verified';

/** Members that the data of a usesEvent has for the holder's sake; its definition spreads them. The log is indexed by `licence`. */
export const usesEventData = {
  /** Id of the licence. */
  licence: z.string().max(64),
  by: z.enum(['number', 'code', 'desk', 'holder', 'file']),
  purpose: z.string().max(200),
  serviceItem: z.string().max(100),
  caseNumber: z.string().max(100),
  conclusion: z.enum(['valid', 'not_valid', 'cannot_tell']),
  /** Of an answer by holder, what it rests on: the consent, or the statute as it was registered then. */
  share: z.string().max(64).optional(),
  statute: z.strictObject({ zh: z.string(), en: z.string() }).optional(),
  /** Credit code of the authority, where a member of staff verified at a counter; else `client` says who. */
  authority: z.string().optional(),
};
