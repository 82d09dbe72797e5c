import { z } from 'zod';
import { defineEvents } from './catalogue.ts';

/** What operators did to the log and to the rooms below it, which cannot know it. */
export const auditEvents = defineEvents({
  'audit.log.exported': {
    meaning: 'An operator copied the log out of the system; the copy holds this event too.',
    data: z.strictObject({ actor: z.string() }),
  },
  'keyring.keys.rotated': {
    meaning: 'An operator moved every rotatable key one step: next to active, active to retired.',
    data: z.strictObject({ actor: z.string() }),
  },
  'storage.backup.made': {
    meaning: 'An operator copied the store out of the system, sealed as it is and without the master key.',
    data: z.strictObject({ actor: z.string(), documents: z.number(), blobs: z.number() }),
  },
  'storage.backup.restored': {
    meaning: 'An operator filled this store from a backup; what happened between the two is not in this log.',
    data: z.strictObject({ actor: z.string(), documents: z.number(), blobs: z.number() }),
  },
});
