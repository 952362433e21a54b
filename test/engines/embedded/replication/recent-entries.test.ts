import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecentEntries } from '../../../../engines/embedded/replication/recent-entries.ts';

describe('the entries of a log that are at hand', () => {
  it('are the newest, as many as fit', () => {
    const recent = new RecentEntries(10);
    for (let index = 3; index < 9; index += 1) recent.add(index, Buffer.alloc(2, index));
    expect(recent.get(2)).toBeUndefined();
    expect(recent.get(3)).toBeUndefined();
    expect(recent.get(8)).toEqual(Buffer.alloc(2, 8));
    expect(recent.get(9)).toBeUndefined();
  });

  it('are none where one alone is too large', () => {
    const recent = new RecentEntries(10);
    recent.add(0, Buffer.alloc(11));
    expect(recent.get(0)).toBeUndefined();
    recent.add(1, Buffer.alloc(1, 7));
    expect(recent.get(1)).toEqual(Buffer.alloc(1, 7));
  });

  it('are what the log has there, whatever is appended and cut off', () => {
    const append = fc.integer({ min: 1, max: 6 }).map((bytes) => ({ bytes }));
    const cut = fc.integer({ min: 0, max: 30 }).map((end) => ({ end }));
    fc.assert(
      fc.property(fc.array(fc.oneof(append, append, cut), { maxLength: 60 }), (acts) => {
        const recent = new RecentEntries(20);
        const log: Buffer[] = [];
        for (const [at, act] of acts.entries()) {
          if ('end' in act) {
            const end = Math.min(act.end, log.length);
            log.length = end;
            recent.cutFrom(end);
          } else {
            const entry = Buffer.alloc(act.bytes, at);
            recent.add(log.length, entry);
            log.push(entry);
          }
          let held = 0;
          for (const [index, entry] of log.entries()) {
            const known = recent.get(index);
            if (known === undefined) continue;
            expect(known).toBe(entry);
            held += known.length;
          }
          expect(held).toBeLessThanOrEqual(20);
          expect(recent.get(log.length)).toBeUndefined();
        }
      }),
    );
  });
});
