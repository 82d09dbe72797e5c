/**
 * The path and query of an address of ours, to be linked. More than one slash in front would make a browser read what
 * follows as another host.
 */
export const ownPath = ({ pathname, search }: URL): string => pathname.replace(/^\/+/, '/') + search;
