import { z } from 'zod';
import { dayMs } from '../core/index.ts';
import { defineCollection } from '../storage/index.ts';

const noticeSchema = z.strictObject({
  id: z.string().min(1).max(200),
  kind: z.string(),
  url: z.string(),
  contentType: z.string(),
  /** Emptied once the notice is settled. */
  body: z.string(),
  until: z.int(),
  /** Absent once settled, so that the index of due notices holds only those that wait. */
  dueAt: z.int().optional(),
  attempts: z.int(),
  state: z.enum(['waiting', 'delivered', 'given-up']),
});

/** A notice with its place in the queue. */
export type QueuedNotice = z.infer<typeof noticeSchema>;

/** Unread notices are kept this long past their end, so that giving up is counted even after a long standstill. */
const keepPastEndMs = 7 * dayMs;

/** Notices waiting or settled. A settled one stays until its end: it is what makes enqueueing the same id again a no-op. */
export const noticeCollection = defineCollection({
  name: 'notices',
  schema: noticeSchema,
  key: (notice) => notice.id,
  indexes: [{ name: 'due', path: 'dueAt' }],
  encrypted: true,
  expires: (notice) => (notice.state === 'waiting' ? notice.until + keepPastEndMs : notice.until),
});
