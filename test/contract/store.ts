import { afterAll, beforeAll, describe } from '@jest/globals';
import { atomicityTests } from './atomicity.ts';
import type { OpenedStore, OpenStore } from './context.ts';
import { otherTests } from './events-and-blobs.ts';
import { expiryTests } from './expiry-and-paging.ts';
import { recordTests } from './records.ts';

export type { OpenedStore, OpenStore } from './context.ts';

/** Runs the contract that every adapter keeps. What passes here is what the other rooms rely on. */
export function storeContract(name: string, open: OpenStore, { isSkipped = false } = {}): void {
  (isSkipped ? describe.skip : describe)(`store contract: ${name}`, () => {
    let now = Date.UTC(2026, 0, 1);
    let opened: OpenedStore;
    const context = {
      get store() {
        return opened.store;
      },
      get opened() {
        return opened;
      },
      now: () => now,
      advance: (milliseconds: number) => {
        now += milliseconds;
      },
    };
    beforeAll(async () => {
      opened = await open({ clock: { now: () => now } });
      // Building the stand-in server takes its time, once.
    }, 300_000);
    afterAll(async () => opened?.remove());

    describe('records', () => recordTests(context));
    describe('atomicity', () => atomicityTests(context));
    describe('expiry, time zones, paging', () => expiryTests(context));
    describe('events, keys and blobs', () => otherTests(context));
  });
}
