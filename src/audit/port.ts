import type { z } from 'zod';
import type { Bilingual, Page, PendingEvent } from '../core/index.ts';

/** The name and meaning of an event type and the shape of its data: random ids, codes and counts only, never personal data. */
export interface EventDefinition {
  /** A few words that tell it from the others, for whoever reads the log. */
  name: Bilingual;
  /** One sentence for docs/events.md. */
  meaning: string;
  /** A strict object. Members named below are indexed when present: account, licence. */
  data: z.ZodType<Record<string, unknown>>;
  /**
   * Members that hold what an official typed, in any language, such as the purpose of a use. The room that records them
   * refuses identifiers in them where they come in; no other member is exempt from what makes data look personal.
   */
  typed?: readonly string[];
}

/** One event as the log keeps it. */
export interface AuditEvent extends PendingEvent {
  data: Readonly<Record<string, unknown>> & {
    /** Random id of the account it is about. */
    account?: string;
    /** Client id of the site or system. */
    client?: string;
    /** Who acted when it was not the account itself: client id, staff id, `system`. */
    actor?: string;
    outcome?: string;
  };
}

/** How an event is recorded. */
export interface RecordOptions {
  /** Somebody waits for the answer: it travels with what is there, and costs more than an event that waits for company. */
  isPrompt?: boolean;
}

/** Where a recorded event lies in the log for ever. */
export interface Recorded {
  eventId: string;
  /** Milliseconds since the epoch, as the event says. */
  at: number;
  /** Place among all events of the log, from 0. */
  leafIndex: number;
  /** SHA-256 of 0x00 and the event's canonical JSON: what inclusion proofs prove. @see RFC 6962 2.1 */
  leafHash: Buffer;
}

/** The log as it was at the end of one batch, signed: `size` events whose Merkle tree hash is `root`. */
export interface SignedHead {
  /** The batch that ends there. */
  number: number;
  /** Events in the log. */
  size: number;
  /** Merkle tree hash over all of them, base64url. @see RFC 6962 2.1 */
  root: string;
  /** Latest time of an event of that batch, milliseconds since the epoch. */
  at: number;
  /** An audit key, and its ES256 signature over the canonical JSON of the head as a document; base64url. */
  kid: string;
  signature: string;
}

/** Proof that one event is in the log of a head. @see RFC 6962 2.1.1 */
export interface InclusionProof {
  leafIndex: number;
  hashes: readonly Buffer[];
  head: SignedHead;
}

/** The log as a Merkle tree: every batch is signed together with the tree over everything before it. */
export interface LogTree {
  /** The newest head; undefined while the log is empty. */
  head(): Promise<SignedHead | undefined>;
  /**
   * Proves an event against the newest head that this process knows. Undefined when the log has no such event.
   * @throws {Problem} audit-tree-damaged when the stored hashes do not lead to what was signed
   */
  inclusion(leafIndex: number): Promise<InclusionProof | undefined>;
  /**
   * The hashes that prove the log of `fromSize` events to be the beginning of the one of `toSize` events.
   * Undefined when the log is not so long, or `fromSize` is 0 or greater than `toSize`. @see RFC 6962 2.1.2
   */
  consistency(fromSize: number, toSize: number): Promise<readonly Buffer[] | undefined>;
}

/** What `audit check` found. */
export type AuditCheck =
  | { whole: true; batches: number; events: number; head: string /* root of the tree, base64url */ }
  | {
      whole: false;
      batch: number;
      /** `tree`: the batch is sound, but the stored hashes that proofs are made of are not those of the log. */
      fault: 'missing' | 'unreadable' | 'chain' | 'signature' | 'content' | 'tree';
      detail: string;
    };

/** What is looked for in the whole log. */
export interface LogSearch {
  /** A type, or the beginning of some that ends in a dot: `identity.staff.`. */
  type?: string | undefined;
  /** Milliseconds since the epoch, of the event itself; `until` not included. */
  from?: number | undefined;
  until?: number | undefined;
  after?: string | undefined;
  limit?: number | undefined;
}

/** The append-only log. There is no call that changes or removes an event. */
export interface Audit {
  /**
   * Makes an event ready to ride in a document (as a pending event) or to be recorded directly. Validates its data.
   * @throws {Error} when the type is not in the catalogue or the data has another shape: a fault of the program
   */
  event(type: string, data: AuditEvent['data']): PendingEvent;
  /** Appends directly, for acts that write nothing else. Resolves when durable, with its place; calls share batches. */
  record(type: string, data: AuditEvent['data'], options?: RecordOptions): Promise<Recorded>;
  /**
   * Appends events that were committed elsewhere, once each by id, however often they are handed over and by whichever
   * process. Resolves when durable. The relay calls it with everything that is pending: what is in no catalogue is left out.
   */
  append(events: readonly PendingEvent[]): Promise<void>;
  /**
   * Events about an account, newest first, optionally of some types. A page may hold fewer than `limit` (default 50)
   * although there are more: `next` tells.
   */
  eventsOf(
    account: string,
    options?: { types?: readonly string[]; after?: string; limit?: number },
  ): Promise<Page<AuditEvent>>;
  /** The same about a licence, whoever acted: `data.licence`. */
  eventsOfLicence(
    licence: string,
    options?: { types?: readonly string[]; after?: string; limit?: number },
  ): Promise<Page<AuditEvent>>;
  /**
   * Events whoever they are about, newest first, for the audit administrator. A page may hold fewer than `limit` (default 50)
   * or none although there are more: `next` tells.
   */
  search(query?: LogSearch): Promise<Page<AuditEvent>>;
  /** Proofs over the whole log. */
  readonly tree: LogTree;
  /** Reads every batch again and proves numbers, hashes, signatures (also by retired keys) and content. */
  check(progress?: (batch: number) => void): Promise<AuditCheck>;
  /** The public keys first, then every event in order, as signed batches: enough to check the log without us. */
  export(): AsyncIterable<Record<string, unknown>>;
  /** Resolves when everything handed over so far is durable. */
  drain(): Promise<void>;
  close(): Promise<void>;
}
