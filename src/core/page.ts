/** One page of a list. `next` is an opaque cursor, absent on the last page. */
export interface Page<T> {
  items: T[];
  next?: string | undefined;
}

/** Reads a list to its end, page after page. `read` gets where to go on, to spread into its query. */
export async function readAll<T>(read: (from: { after?: string }) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let from: { after?: string } | undefined = {};
  while (from) {
    const page: Page<T> = await read(from);
    all.push(...page.items);
    from = page.next === undefined ? undefined : { after: page.next };
  }
  return all;
}
