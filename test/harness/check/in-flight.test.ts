import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InFlight } from '../../../harness/check/state/in-flight.ts';

const command = fc.tuple(
  fc.constantFrom('open', 'remove'),
  fc.integer({ min: 0, max: 3 }),
  fc.integer({ min: 0, max: 40 }),
);

describe('the in-flight table', () => {
  it('finds what was opened and not removed, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 300 }), (commands) => {
        const table = new InFlight();
        const model = new Map<string, number>();
        commands.forEach(([what, lane, seq], step) => {
          const key = `${lane}:${seq}`;
          if (what === 'open') {
            table.session[table.open(lane, seq)] = step;
            model.set(key, step);
          } else {
            table.remove(lane, seq);
            model.delete(key);
          }
        });
        expect(table.size).toBe(model.size);
        const seen = new Map<string, number>();
        table.each((entry) => {
          seen.set(`${table.lane[entry]}:${table.seq[entry]}`, table.session[entry] ?? -1);
        });
        expect(seen).toEqual(model);
      }),
    );
  });

  it('keeps every entry while it grows', () => {
    const table = new InFlight();
    for (let seq = 0; seq < 10_000; seq += 1) table.deliveredNs[table.open(seq % 7, seq)] = seq;
    for (let seq = 0; seq < 10_000; seq += 2) table.remove(seq % 7, seq);
    expect(table.size).toBe(5_000);
    for (let seq = 0; seq < 10_000; seq += 1) {
      const entry = table.find(seq % 7, seq);
      if (seq % 2 === 0) expect(entry).toBe(-1);
      else expect(table.deliveredNs[entry]).toBe(seq);
    }
  });
});
