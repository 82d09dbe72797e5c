import type { Audit } from '../audit/index.ts';
import type { Clock, Page, Random } from '../core/index.ts';
import { type DrawingPool, photoSize, type Template, templates, valueNames } from '../drawing/index.ts';
import type { Authorities } from '../identity/index.ts';
import type { Keyring } from '../keyring/index.ts';
import type { SealService } from '../seals/index.ts';
import type { Store } from '../storage/index.ts';
import { createChanges } from './change.ts';
import { createFieldChecks } from './fields.ts';
import { createFiles } from './files.ts';
import { createIssue } from './issue.ts';
import { createIssuers } from './issuers.ts';
import { createReading } from './library.ts';
import { createFileMaker } from './make-file.ts';
import { createNaming } from './naming.ts';
import type { PhotoPlace } from './photo.ts';
import type { Licence, LicenceLibrary, LicenceType, LicenceVersion } from './port.ts';
import { type LicenceRecord, toLicence } from './record.ts';
import { createRecords } from './records.ts';
import { createRenewals, renewalsCollection } from './renewals.ts';
import { type ClientRights, createRights } from './rights.ts';
import { licencesCollection, typesCollection } from './store.ts';
import { createTypes } from './types.ts';

/** What the room needs. */
export interface LicencesDeps {
  store: Store;
  keyring: Pick<Keyring, 'permanentSecret'>;
  audit: Audit;
  clock: Clock;
  random: Random;
  seals: Pick<SealService, 'sealLicence' | 'findSealFor'>;
  drawing: Pick<DrawingPool, 'renderLicence' | 'renderPicture'>;
  authorities: Pick<Authorities, 'find' | 'list'>;
  /** What the registration of a client says about its authority; undefined for systems of nobody's. */
  rightsOf(clientId: string): Promise<ClientRights | undefined>;
  settings: {
    /** Public origin. */
    issuer: string;
    /** Credit code under which the types that come with the house are defined; none are brought in without it. */
    definingAuthority?: string | undefined;
    /** A word across every page, in a demo world. */
    specimen?: string | undefined;
  };
}

/** Makes the room. */
export function createLicences(deps: LicencesDeps) {
  const { store, keyring, audit, clock, random, seals, drawing, settings } = deps;
  const house: Readonly<Record<string, Template>> = templates;
  const records = createRecords({ collection: store.collection(licencesCollection), clock });
  const templateOf = (name: string): Template | undefined =>
    Object.hasOwn(house, name) ? house[name] : undefined;
  const photoPlaceOf = ({ template: name }: LicenceType): PhotoPlace | undefined => {
    const template = templateOf(name);
    return template && photoSize(template);
  };
  const types = createTypes({
    ...{ collection: store.collection(typesCollection), audit, clock },
    templateValues: (name) => {
      const template = templateOf(name);
      return template && valueNames(template);
    },
  });
  const naming = createNaming({ secret: keyring.permanentSecret('licence-naming'), random });
  const issuers = createIssuers(deps);
  const rights = createRights({ issuers, clientRights: deps.rightsOf });
  const files = createFileMaker({
    ...{ drawing, seals, blobs: store.blobs, types, issuers, templates: house, clock },
    ...{ issuer: settings.issuer, specimen: settings.specimen },
  });
  const renewals = createRenewals({ collection: store.collection(renewalsCollection), records, clock });
  const writing = {
    records,
    types,
    rights,
    naming,
    renewals,
    files,
    blobs: store.blobs,
    photoPlaceOf,
    fieldChecks: createFieldChecks(),
    seals,
    audit,
    clock,
    random,
  };
  const { issue, faultsOf, build } = createIssue(writing);
  const { addVersion, move, mine } = createChanges(writing);

  const library: LicenceLibrary = {
    types,
    ...createReading({ records, naming, issuers, clock }),
    ...createFiles({ records, files, drawing, blobs: store.blobs, audit }),
    async setDisputed(id, disputed) {
      await records.change(id, (record) => {
        if (record.disputed?.objectionId === disputed?.objectionId) return { result: undefined };
        const { disputed: before, ...rest } = record;
        const objection = disputed?.objectionId ?? before?.objectionId ?? '';
        const type = disputed ? 'licences.licence.disputed' : 'licences.licence.undisputed';
        const event = audit.event(type, { licence: id, type: record.typeCode, objection });
        return {
          write: { record: { ...rest, ...(disputed && { disputed }) }, events: [event] },
          result: undefined,
        };
      });
    },
  };

  return {
    library,
    types,
    rights,
    issuers,
    issue,
    faultsOf,
    addVersion,
    move,
    mine,
    now: clock.now,
    /** Licences that an authority issued, newest first. */
    async listOf(issuerCode: string, query: { after?: string; limit?: number } = {}): Promise<Page<Licence>> {
      const found = await records.find({
        index: 'issuer',
        equals: [issuerCode],
        order: 'descending',
        ...query,
      });
      return { items: found.items.map(toLicence), ...(found.next !== undefined && { next: found.next }) };
    },
    /** Data-only licences in bulk, whose drafts were checked: what became of each, in order. No events. */
    stock: {
      build,
      insert: (built: readonly Omit<LicenceRecord, 'holderKeys'>[]) => records.insertMany(built),
    },
    /** Whether a version names this file or photo: what the sweep of orphans asks. */
    hasFile: async (sha256: string): Promise<boolean> =>
      (await records.findOne('file', sha256)) !== undefined ||
      (await records.findOne('photo', sha256)) !== undefined,
    /** The place that a type's licences have for the holder's photo; undefined when they show none. */
    photoPlaceOf,
    /** The photo of a version. */
    photoOf: async ({ photo }: Pick<LicenceVersion, 'photo'>): Promise<Buffer | undefined> =>
      photo === undefined ? undefined : store.blobs.get(photo),
    /** Brings in the types that come with the house. */
    async start(): Promise<void> {
      if (settings.definingAuthority) await types.loadSeeds(settings.definingAuthority);
    },
  };
}

/** The room's object. */
export type Licences = ReturnType<typeof createLicences>;
