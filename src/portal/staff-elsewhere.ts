import type { PageReply } from '../http/index.ts';
import type { Here } from './interaction.ts';

/** Whether a member of staff came to a site that is for people, and has not said that they are somebody else. */
export const isStaffElsewhere = ({ accountId, details }: Here): boolean =>
  accountId !== undefined && details.reasons.includes('staff_not_here');

/** Says so, and offers to log in as the person that one is, or to go back. */
export async function showStaffElsewhere(here: Here): Promise<PageReply> {
  return here.show('staff-elsewhere');
}
