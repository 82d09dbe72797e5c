import { type Clock, dayMs } from '../core/index.ts';
import type { WalletDependencies } from './deps.ts';
import { matterFault } from './matter-fault.ts';
import type { ShareRequest, Shares } from './port.ts';
import type { ShareRecord } from './store.ts';

const defaultLifeMs = 30 * dayMs;
const longestLifeMs = 180 * dayMs;
const defaultReads = 10;
/** More than this is no longer one matter. */
const mostReads = 100;

/** Until when and how often, as the request says or by default. */
export function termsOf(
  { validUntil, reads }: ShareRequest,
  now: number,
): { validUntil: number; reads: number } {
  return { validUntil: validUntil ?? now + defaultLifeMs, reads: reads ?? defaultReads };
}

/** Whether a read of this type for this matter may still count. */
export function isOpenFor(share: ShareRecord, input: Parameters<Shares['use']>[0], now: number): boolean {
  return (
    share.clientId === input.clientId &&
    share.clientHolder.includes(clientHolderOf(input.clientId, input.holder.idType, input.holder.idNumber)) &&
    share.licenceTypes.includes(input.typeCode) &&
    share.matter.serviceItemCode === input.matter.serviceItemCode &&
    share.matter.caseNumber === input.matter.caseNumber &&
    share.matter.purpose === input.matter.purpose &&
    isLive(share, now)
  );
}

/** Neither withdrawn nor out of time nor used up. */
export const isLive = ({ withdrawnAt, validUntil, readsLeft }: ShareRecord, now: number): boolean =>
  withdrawnAt === undefined && now < validUntil && readsLeft > 0;

/** What the look-up by holder is made of; stored as a blind token only. */
export const clientHolderOf = (clientId: string, idType: string, idNumber: string): string =>
  `${clientId}|${idType}|${idNumber}`;

/** What a holder agrees to that is learned: what may be learned now, of what the page named. */
export async function agreedFacts(
  { matters }: Pick<WalletDependencies, 'matters'>,
  input: {
    serviceItemCode: string;
    typeCodes: readonly string[];
    seen?: readonly string[] | undefined;
  },
): Promise<string[]> {
  const { serviceItemCode, typeCodes, seen } = input;
  const learned = await Promise.all(typeCodes.map((code) => matters.learns(serviceItemCode, code)));
  const facts = learned.flatMap((list) => (list ?? []).map(({ fact }) => fact));
  return seen ? facts.filter((fact) => seen.includes(fact)) : facts;
}

/** Why a site may not ask for something. */
export function createRefusal({
  library,
  matters,
  clock,
}: Pick<WalletDependencies, 'library' | 'matters'> & { clock: Clock }): Shares['refusal'] {
  return async (request, clientId) => {
    const now = clock.now();
    const { validUntil, reads } = termsOf(request, now);
    if (validUntil <= now) return 'valid_until has passed';
    if (validUntil > now + longestLifeMs) return 'valid_until is more than 180 days from now';
    if (reads < 1 || reads > mostReads) return `reads must be from 1 to ${mostReads}`;
    const { serviceItemCode, purpose, caseNumber } = request.matter;
    const fault = matterFault('purpose', purpose, now) ?? matterFault('case_number', caseNumber, now);
    if (fault) return `${fault.field}: ${fault.text.en}`;
    // An item of others and none are told apart by nobody who may not ask for it.
    const isTheirs = clientId === undefined || (await matters.mayAsk(serviceItemCode, clientId));
    if (!isTheirs || !(await matters.findServiceItem(serviceItemCode)))
      return `service_item_code ${serviceItemCode} is not registered for this client`;
    for (const code of request.licenceTypes) {
      if (!(await library.types.find(code))) return `licence type ${code} does not exist`;
      if (!(await matters.learns(serviceItemCode, code)))
        return `service item ${serviceItemCode} may learn nothing of licence type ${code}`;
    }
    return undefined;
  };
}
