import { type Clock, dayMs, type Random } from '../core/index.ts';
import { isSameTag, type Tags } from './tags.ts';

/** Days for which a device stays known without another login. */
const lifeDays = 180;
/** People of one family share a device; more than this is not a household. */
const maxAccounts = 6;

/** Which device is asking, for one account. */
export interface DeviceStanding {
  /** Random id of the device; a new one when the cookie was no good. */
  deviceId: string;
  isKnown: boolean;
}

/**
 * Recognises devices on which an account logged in before, so that strangers who fail on purpose do not lock the owner out.
 * Everything is in the cookie, signed; what it holds of an account is a tag that says nothing outside this device.
 */
export interface KnownDevices {
  /** `since`: devices that logged in before it are strangers again (password changed, account recovered). */
  standing(cookie: string | undefined, accountId: string, since: number): DeviceStanding;
  /** The cookie's new value after a success. */
  remember(cookie: string | undefined, accountId: string): string;
}

interface Device {
  id: string;
  /** Newest first. */
  accounts: { tag: string; at: number }[];
}

/** Makes the recogniser of devices. */
export function createKnownDevices({
  clock,
  random,
  tags,
}: {
  clock: Clock;
  random: Random;
  tags: Tags;
}): KnownDevices {
  const tagFor = (deviceId: string, accountId: string) => tags.of('device-account', deviceId, accountId);

  function read(cookie: string | undefined): Device {
    const [id, list, mac] = cookie && cookie.length < 600 ? cookie.split('.') : [];
    if (!id || list === undefined || !mac || !isSameTag(mac, tags.mac('device', id, list)))
      return { id: random.id(), accounts: [] };
    const oldest = clock.now() - lifeDays * dayMs;
    const accounts = list
      .split('~')
      .filter(Boolean)
      .map((entry) => ({ tag: entry.slice(0, 22), at: Number.parseInt(entry.slice(22), 36) * 1000 }))
      .filter((entry) => entry.at >= oldest);
    return { id, accounts };
  }

  return {
    standing(cookie, accountId, since) {
      const device = read(cookie);
      const tag = tagFor(device.id, accountId);
      // Seconds in the cookie, milliseconds in the account: a login in the same second as the change counts as after it.
      const isKnown = device.accounts.some(
        (entry) => entry.tag === tag && entry.at >= Math.floor(since / 1000) * 1000,
      );
      return { deviceId: device.id, isKnown };
    },

    remember(cookie, accountId) {
      const device = read(cookie);
      const tag = tagFor(device.id, accountId);
      const others = device.accounts.filter((entry) => entry.tag !== tag);
      const list = [{ tag, at: clock.now() }, ...others]
        .slice(0, maxAccounts)
        .map((entry) => entry.tag + Math.floor(entry.at / 1000).toString(36))
        .join('~');
      return `${device.id}.${list}.${tags.mac('device', device.id, list)}`;
    },
  };
}
