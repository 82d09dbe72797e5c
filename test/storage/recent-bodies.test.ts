import { describe, expect, it } from '@jest/globals';
import { createRecentBodies } from '../../src/storage/recent-bodies.ts';

describe('the memory of recent bodies', () => {
  it('answers for the very bytes that it saw at that place, and for no others', () => {
    const recent = createRecentBodies();
    recent.keep('accounts|1', Buffer.from('sealed'), '{"a":1}');
    expect(recent.find('accounts|1', Buffer.from('sealed'))?.json).toBe('{"a":1}');
    expect(recent.find('accounts|1', Buffer.from('sealeD'))).toBeUndefined();
    expect(recent.find('accounts|2', Buffer.from('sealed'))).toBeUndefined();
  });

  it('does not notice when its caller reuses the memory', () => {
    const recent = createRecentBodies();
    const bytes = Buffer.from('sealed');
    recent.keep('a', bytes, '1');
    bytes.fill(0);
    expect(recent.find('a', bytes)).toBeUndefined();
    expect(recent.find('a', Buffer.from('sealed'))?.json).toBe('1');
  });

  it('forgets what nobody asked for while as much came, and keeps what is used', () => {
    const recent = createRecentBodies(1600);
    const body = Buffer.alloc(100);
    recent.keep('used', body, 'u');
    recent.keep('unused', body, 'n');
    for (let index = 0; index < 60; index += 1) {
      recent.keep(`other ${index}`, body, 'o');
      expect(recent.find('used', body)?.json).toBe('u');
    }
    expect(recent.find('unused', body)).toBeUndefined();
  });

  it('holds no body that would drive everything else out', () => {
    const recent = createRecentBodies(1600);
    recent.keep('large', Buffer.alloc(101), 'l');
    expect(recent.find('large', Buffer.alloc(101))).toBeUndefined();
  });
});
