/** One page of a list. `next` is an opaque cursor, absent on the last page. */
export interface Page<T> {
  items: T[];
  next?: string | undefined;
}
