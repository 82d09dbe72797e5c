/** What a cursor remembers: the sort values of the last item of a page, then its key. */
export type CursorParts = readonly (string | number | boolean | null)[];

/** An opaque, URL-safe cursor for Page.next. It is not secret: never put personal data into it. */
export function formatCursor(parts: CursorParts): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Reads a cursor back; undefined when it is not one of ours, which the caller answers as invalid input. */
export function parseCursor(cursor: string): CursorParts | undefined {
  // A cursor comes from outside: a bound on its length and a check of every part keep objects out of queries.
  if (cursor.length > 2048 || !/^[\w-]+$/.test(cursor)) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) && parts.every(isPart) ? parts : undefined;
  } catch {
    return undefined;
  }
}

function isPart(value: unknown): value is CursorParts[number] {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
