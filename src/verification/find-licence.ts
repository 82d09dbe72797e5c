import { type Bilingual, type Clock, Problem, retryAfter } from '../core/index.ts';
import { issuersOf, type Licence, type LicenceLibrary, type LicenceVersion } from '../licences/index.ts';
import type { SealReport, SealService } from '../seals/index.ts';
import type { Presentations, Shares } from '../wallet/index.ts';
import type { Named, Question } from './question.ts';
import type { ReasonCode } from './reasons.ts';
import type { ServiceItem } from './service-item.ts';

/** What the search needs. */
export interface FindDependencies {
  library: Pick<
    LicenceLibrary,
    'findById' | 'findByNumber' | 'findByHolder' | 'findByFile' | 'findByStatusToken' | 'stateAt'
  >;
  presentations: Pick<Presentations, 'consume'>;
  shares: Pick<Shares, 'use'>;
  seals: Pick<SealService, 'validate'>;
  clock: Clock;
}

/** What a question led to. */
export type Found =
  | {
      licence: Licence;
      shown?: LicenceVersion | undefined;
      /** What its holder agreed to, where one was asked; an item may have been given more since. */
      facts?: readonly string[] | undefined;
      /** By holder: the consent or the statute that the answer rests on. */
      ground?: { share: string } | { statute: Bilingual } | undefined;
    }
  | { missing: ReasonCode; report?: SealReport | undefined };

type By<K extends Named['by']> = Extract<Named, { by: K }>;

/** Of several licences of a holder the newest valid one, else the newest. */
const manyAtMost = 20;

/** A number that no licence has: what is looked up where the type may not be asked about. */
const nobodysNumber = '?';

/** Makes the search for the licence that a question names, within what the service item may ask about. */
export function createFindLicence({ library, presentations, shares, seals, clock }: FindDependencies) {
  const mayAsk = (item: ServiceItem, typeCode: string): boolean =>
    item.types.some(({ type }) => type === typeCode);

  /** A licence of a type that the item may not ask about is as good as absent. */
  const within = (item: ServiceItem, found: Found, missing: ReasonCode): Found =>
    'missing' in found || mayAsk(item, found.licence.typeCode) ? found : { missing };

  async function byNumber({ typeCode, number, issuerCode }: By<'number'>, item: ServiceItem): Promise<Found> {
    // The same work whether the type is granted or not, and none that depends on a licence behind a type that is not.
    const isGranted = mayAsk(item, typeCode);
    const licence = await library.findByNumber({
      typeCode,
      number: isGranted ? number : nobodysNumber,
      issuerCode,
    });
    return licence && isGranted ? { licence } : { missing: 'licence-not-found' };
  }

  async function byId(licenceId: string, missing: ReasonCode): Promise<Found> {
    const licence = await library.findById(licenceId);
    return licence ? { licence } : { missing };
  }

  async function byCode({ code }: By<'code'>, { verifier }: Question, item: ServiceItem): Promise<Found> {
    const consumed = await presentations.consume(code, verifier);
    if (consumed.outcome === 'limited')
      throw new Problem('code-limited', { headers: retryAfter(consumed.retryAt, clock.now()) });
    if (consumed.outcome === 'refused') return { missing: 'code-not-usable' };
    const found = await byId(consumed.presentation.licenceId, 'code-not-usable');
    return within(item, found, 'code-not-usable');
  }

  /** Of several the first that is valid then, else the first. */
  async function choose(licences: readonly Licence[], at: number): Promise<Licence | undefined> {
    for (const licence of licences)
      if ((await library.stateAt(licence, at))?.status === 'valid') return licence;
    return licences[0];
  }

  async function byConsent(
    { idType, idNumber, typeCode, consentId }: By<'holder'>,
    { verifier, matter }: Question,
  ) {
    const share = await shares.use({
      shareId: consentId,
      clientId: verifier.id,
      holder: { idType, idNumber },
      typeCode,
      matter,
    });
    const found = await Promise.all((share?.licenceIds ?? []).slice(0, manyAtMost).map(library.findById));
    // A licence may have come to somebody else since, who agreed to nothing.
    const isAsked = (licence: Licence | undefined) =>
      licence?.typeCode === typeCode &&
      licence.versions.at(-1)?.holders.some((one) => one.idType === idType && one.idNumber === idNumber);
    const ground = share && { share: share.shareId };
    return { licences: found.filter(isAsked) as Licence[], facts: share?.facts, ground };
  }

  async function byStatute(
    holder: Pick<By<'holder'>, 'idType' | 'idNumber' | 'typeCode'>,
    ground: { statute: Bilingual },
  ) {
    const { items } = await library.findByHolder({ ...holder, limit: manyAtMost });
    return { licences: items, facts: undefined, ground };
  }

  async function byHolder(
    named: By<'holder'>,
    question: Question,
    item: ServiceItem,
    at: number,
  ): Promise<Found> {
    const isGranted = mayAsk(item, named.typeCode);
    const statute = item.ground === 'consent' ? undefined : item.ground;
    const missing = statute ? 'licence-not-found' : 'no-consent-or-licence';
    if (!statute && question.verifier.kind !== 'client') return { missing };
    const { idType, idNumber, typeCode } = named;
    const asked = isGranted ? idNumber : nobodysNumber;
    const { licences, facts, ground } = statute
      ? await byStatute({ idType, idNumber: asked, typeCode }, statute)
      : await byConsent({ ...named, idNumber: asked }, question);
    const licence = isGranted ? await choose(licences, at) : undefined;
    return licence ? { licence, facts, ground } : { missing };
  }

  async function byFile({ file, typeCode, issuerCode }: By<'file'>, item: ServiceItem): Promise<Found> {
    const known = await library.findByFile(file.sha256);
    // A type or an authority that was named with the file is part of the question: another licence is no answer to it.
    const isMeant =
      known &&
      (typeCode === undefined || typeCode === known.licence.typeCode) &&
      (issuerCode === undefined || issuersOf(known.licence).includes(issuerCode));
    if (isMeant && mayAsk(item, known.licence.typeCode))
      return { licence: known.licence, shown: known.version };
    const report = await seals.validate({ file: file.bytes, authorityCode: issuerCode, typeCode });
    const isTrusted = report.signatures.length > 0 && report.signatures.every(isGood);
    return { missing: isTrusted ? 'file-unknown' : 'file-not-issued', report };
  }

  return async function findLicence(question: Question, item: ServiceItem, at: number): Promise<Found> {
    const { named } = question;
    if (named.by === 'number') return byNumber(named, item);
    if (named.by === 'code') return byCode(named, question, item);
    if (named.by === 'holder') return byHolder(named, question, item, at);
    if (named.by === 'file') return byFile(named, item);
    if (named.by === 'desk') {
      const found = within(item, await byId(named.licenceId, 'code-not-usable'), 'code-not-usable');
      return 'missing' in found ? found : { ...found, facts: named.facts };
    }
    const printed = await library.findByStatusToken(named.statusToken);
    const found: Found = printed
      ? { licence: printed.licence, shown: printed.version }
      : { missing: 'licence-not-found' };
    return within(item, found, 'licence-not-found');
  };
}

const isGood = ({ integrity, signer, changesAfterSigning }: SealReport['signatures'][number]): boolean =>
  integrity === 'passed' &&
  signer?.trust === 'passed' &&
  (changesAfterSigning === 'none' || changesAfterSigning === 'allowed');
