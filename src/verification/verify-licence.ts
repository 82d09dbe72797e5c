import { type Clock, inBoth, Problem } from '../core/index.ts';
import { issuersOf, type LicenceLibrary } from '../licences/index.ts';
import type { ReceiptContent, Receipts } from '../receipts/index.ts';
import type { SealService } from '../seals/index.ts';
import { usesEvent } from '../wallet/index.ts';
import type { Case, Subject } from './case.ts';
import type { Conclusion } from './check.ts';
import { conclude, isOthers, runChecks } from './checks.ts';
import { unmatchedEvent } from './events.ts';
import { learnFacts } from './facts.ts';
import type { createFindLicence, Found } from './find-licence.ts';
import type { Answer, CheckFinding, LearnedLicence, ServiceItems } from './port.ts';
import { type AskedHolder, counterClient, type IssuersPort, type Question } from './question.ts';
import { remember } from './remember.ts';
import { factId, type ServiceItem } from './service-item.ts';

/** What the use case needs. */
export interface VerifyDependencies {
  clock: Clock;
  library: Pick<LicenceLibrary, 'types' | 'stateAt'>;
  seals: Pick<SealService, 'statusOf'>;
  issuers: IssuersPort;
  receipts: Pick<Receipts, 'issue'>;
  serviceItems: Pick<ServiceItems, 'find'>;
  findLicence: ReturnType<typeof createFindLicence>;
  /** When this library began, milliseconds. */
  begunAt(): Promise<number>;
}

/** Who the receipt is for: a client, or the counters of an authority. */
const receiptClient = ({ verifier }: Pick<Question, 'verifier'>): string =>
  verifier.kind === 'staff' ? counterClient(verifier.authorityCode) : verifier.id;

/** Gathers what the checks look at. The registers that all licences share are asked once in two seconds. */
function createGather({ clock, library, seals, issuers }: VerifyDependencies) {
  const typeOf = remember((code) => library.types.find(code), { clock });
  const issuerOf = remember(issuers.find, { clock });
  const sealOf = remember(seals.statusOf, { clock });
  return async function gather(found: Found, at: number): Promise<Subject | undefined> {
    if ('missing' in found) return undefined;
    const { licence, shown } = found;
    const [state, type, seen] = await Promise.all([
      library.stateAt(licence, at),
      typeOf(licence.typeCode),
      Promise.all(issuersOf(licence).map(issuerOf)),
    ]);
    const version = shown ?? state?.version ?? licence.versions.at(-1);
    if (!version) throw new Error(`licence ${licence.id} has no version`);
    const seal = version.file && (await sealOf(version.file.sealId));
    return { licence, version, state, type, issuers: seen, ...(seal && { seal }) };
  };
}

/** Who may ask: clients that the item names, approvers of authorities that it names. */
function mayUse({ clients, authorities }: ServiceItem, { verifier }: Question): boolean {
  return verifier.kind === 'client'
    ? clients.includes(verifier.id)
    : verifier.authorityCode !== undefined && authorities.includes(verifier.authorityCode);
}

/** By holder, the holder asked for is compared like one that was named beside a number. */
function askedHolder({ named, holder }: Question): AskedHolder | undefined {
  return named.by === 'holder' ? { idType: named.idType, idNumber: named.idNumber, ...holder } : holder;
}

const wayOf = ({ named }: Question) => (named.by === 'printed' ? 'number' : named.by);

/** Who shows a licence shows it as their own: a former holder's version is not theirs to show. */
function isFormerHolders({ licence: { versions }, version }: Subject): boolean {
  const present = versions.at(-1)?.holders ?? [];
  return !version.holders.some(({ idType, idNumber }) =>
    present.some((holder) => holder.idType === idType && holder.idNumber === idNumber),
  );
}

const isShown = ({ named }: Question): boolean => named.by === 'code' || named.by === 'desk';

/** What may be told of the licence that was judged: no more than was agreed to. */
function learn(
  { item, question, found }: { item: ServiceItem; question: Question; found: Found },
  subject: Subject | undefined,
  judged: { at: number; conclusion: Conclusion },
): LearnedLicence | null {
  if (!subject) return null;
  if (isShown(question) && isFormerHolders(subject)) return null;
  const { licence, version, type } = subject;
  const all = item.types.find(({ type: code }) => code === licence.typeCode)?.learns ?? [];
  const agreed = 'missing' in found ? undefined : found.facts;
  const rules = agreed ? all.filter((rule) => agreed.includes(factId(licence.typeCode, rule))) : all;
  return {
    id: licence.id,
    typeCode: licence.typeCode,
    typeName: type?.name ?? inBoth(licence.typeCode),
    version: version.version,
    versionHash: version.hash,
    facts: learnFacts(rules, subject, judged),
  };
}

/** How a question came out, for its answer and its receipt alike. */
interface Outcome {
  conclusion: Conclusion;
  checks: readonly CheckFinding[];
  /** The licence of which they may speak: none that is somebody else's. */
  told: Subject | undefined;
  freshness: Answer['freshness'];
}

/** Which moment was asked about, and of a licence that may be spoken of since when the library knows what was then. */
function freshnessOf({ asOf }: Question, { time, at }: Case, told: Subject | undefined): Answer['freshness'] {
  const learnedAt = time === 'then' ? learnedOf(told) : undefined;
  return { asOf: asOf?.at ?? at, source: 'library', ...(learnedAt !== undefined && { learnedAt }) };
}

/** The same in the receipt. */
const inReceipt = ({ asOf, learnedAt, source }: Answer['freshness']): ReceiptContent['freshness'] => ({
  as_of: new Date(asOf).toISOString(),
  ...(learnedAt !== undefined && { learned_at: new Date(learnedAt).toISOString() }),
  source,
});

/** What the receipt says. Members in canonical order, which spares the hash of it the sorting. */
function contentOf(question: Question, outcome: Outcome): ReceiptContent {
  const { matter } = question;
  const { checks, conclusion, freshness, told } = outcome;
  return {
    case_number: matter.caseNumber,
    checks: checks.map(({ id, result, code }) => ({ code, id, result })),
    client: receiptClient(question),
    conclusion,
    freshness: inReceipt(freshness),
    licence: told
      ? {
          id: told.licence.id,
          version: told.version.version,
          version_hash: Buffer.from(told.version.hash, 'hex').toString('base64url'),
        }
      : null,
    purpose: matter.purpose,
    service_item_code: matter.serviceItemCode,
  };
}

/** What the log says. Who asked in a wrong name asked for this licence all the same: its holder sees it. */
function eventOf(question: Question, found: Found, { subject, missing }: Case, conclusion: Conclusion) {
  const { matter, verifier } = question;
  const said = {
    by: wayOf(question),
    purpose: matter.purpose,
    serviceItem: matter.serviceItemCode,
    caseNumber: matter.caseNumber,
    conclusion,
    ...(verifier.kind === 'staff' && { authority: verifier.authorityCode, actor: verifier.id }),
  };
  if (!subject) return { type: unmatchedEvent, data: { ...said, reason: missing ?? 'licence-not-found' } };
  const { licence, version } = subject;
  const ground = 'missing' in found ? undefined : found.ground;
  return { type: usesEvent, data: { ...said, ...ground, licence: licence.id, version: version.version } };
}

/** Makes the use case: find, gather, check, conclude, record, answer. */
export function createVerify(deps: VerifyDependencies) {
  const { clock, receipts, serviceItems, findLicence, begunAt } = deps;
  const gather = createGather(deps);

  async function timeOf({ asOf }: Question): Promise<Case['time']> {
    if (!asOf) return 'now';
    if (asOf.isFuture) return 'future';
    return asOf.at < (await begunAt()) ? 'before-library' : 'then';
  }

  return async function verify(question: Question): Promise<Answer> {
    const item = await serviceItems.find(question.matter.serviceItemCode);
    if (!item || !mayUse(item, question)) throw new Problem('service-item-not-granted');
    const time = await timeOf(question);
    const now = clock.now();
    const at = Math.min(question.asOf?.at ?? now, now);
    const found = await findLicence(question, item, at);
    const subject = await gather(found, at);
    const { named } = question;
    const judged: Case = {
      ...{ by: named.by, time, at, subject },
      asked: {
        number: named.by === 'number' ? named.number : undefined,
        holder: askedHolder(question),
      },
      ...('missing' in found && found),
    };
    const checks: readonly CheckFinding[] = runChecks(judged);
    const conclusion = conclude(checks);
    const told = isOthers(checks) ? undefined : subject;
    const freshness = freshnessOf(question, judged, told);
    const licence = learn({ item, question, found }, told, { at, conclusion });
    // Durable before anybody reads the answer.
    const issued = await receipts.issue({
      content: contentOf(question, { conclusion, checks, told, freshness }),
      event: eventOf(question, found, judged, conclusion),
    });
    return {
      conclusion,
      checks,
      licence,
      freshness,
      receipt: { id: issued.id, jws: issued.jws, at: issued.at },
    };
  };
}

/** When this library learned of what was true then: the version and the state that counted, whichever came later. */
function learnedOf(subject: Subject | undefined): number | undefined {
  if (!subject?.state) return undefined;
  const { licence, state, version } = subject;
  const transition = licence.transitions.findLast(
    ({ to, effectiveAt }) => to === state.status && effectiveAt === state.since,
  );
  return Math.max(version.recordedAt, transition?.recordedAt ?? 0);
}
