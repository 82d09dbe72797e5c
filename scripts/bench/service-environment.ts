import { issuer } from './people.ts';

/** The authority that defines and issues everything in the bench. Nobody real has this code. */
export const definingAuthority = '11520000000000019J';

/** Settings of a production service behind a proxy on this machine, with its state in a folder. */
export function serviceEnvironment(folder: string): Record<string, string> {
  return {
    TONGXING_ISSUER: issuer,
    TONGXING_STORE: `sqlite:${storePath(folder)}`,
    TONGXING_KEYS: `${folder}/keys`,
    TONGXING_TRUST_PROXY: '127.0.0.1',
    TONGXING_LOG_LEVEL: 'warn',
    TONGXING_DEFINING_AUTHORITY: definingAuthority,
  };
}

/** The file of records of that service. */
export const storePath = (folder: string): string => `${folder}/tongxing.db`;
