import { Problem } from '../../core/index.ts';
import { fileDriver } from './file.ts';
import type { KeyDriver, KeyDriverName } from './port.ts';

/**
 * The driver of a name. PKCS #11 has its port and its name here and no implementation yet: choosing it stops the start
 * instead of putting keys somewhere that the operator did not choose.
 * @throws {Problem} key-driver-unavailable
 */
export function selectDriver(name: KeyDriverName): KeyDriver {
  if (name === 'file') return fileDriver;
  throw new Problem('key-driver-unavailable');
}
