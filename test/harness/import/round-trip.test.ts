import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { EventRecord } from '../../../harness/core/events.ts';
import { LineWriter } from '../../../harness/import/export-lines.ts';
import { type LinesRead, readLines, textFile } from '../../../harness/import/read-lines.ts';
import { MemoryDisk } from '../history/memory-disk.ts';
import { arbitraryLines } from './arbitrary-lines.ts';

interface Read extends LinesRead {
  readonly events: readonly EventRecord[];
}

function read(lines: readonly string[]): Read {
  const events: EventRecord[] = [];
  const result = readLines(
    [{ name: 'h', file: textFile(lines) }],
    () => (event) => events.push({ ...event }),
  );
  return { ...result, events };
}

function written({ sidecar, events }: Read): readonly string[] {
  const disk = new MemoryDisk();
  const writer = new LineWriter(disk.create('out'), sidecar);
  for (const event of events) writer.append(event);
  writer.flush();
  return disk.content('out').toString().trimEnd().split('\n');
}

/** What a header names has the first numbers, so the same lane may have another number when it is read again. */
function named({ sidecar, events }: Read): object {
  const { names, lanes, ...rest } = sidecar;
  const laneName = (lane: number): string => names.lanes[lane] ?? String(lane);
  const known = lanes.flatMap(({ first, count, ...span }) =>
    Array.from({ length: count }, (_, at) => ({ lane: laneName(first + at), ...span })),
  );
  return {
    ...rest,
    names: { ...names, lanes: names.lanes.toSorted() },
    lanes: known.toSorted((a, b) => a.lane.localeCompare(b.lane)),
    events: events.map((event) => ({ ...event, lane: laneName(event.lane) })),
  };
}

it('whatever lines say is written as lines that say the same', () => {
  fc.assert(
    fc.property(arbitraryLines, (lines) => {
      const first = read(lines);
      const text = written(first);
      const second = read(text);
      expect(second.problems).toMatchObject({ malformed: 0, ofHistory: [] });
      expect(named(second)).toEqual(named(first));
      expect(written(second)).toEqual(text);
    }),
    { numRuns: 300 },
  );
});

it('arbitrary lines are taken, but for the stop of a fault that never started', () => {
  fc.assert(
    fc.property(arbitraryLines, (lines) => {
      const { problems } = read(lines);
      const others = problems.first.filter(({ reason }) => !reason.includes('never started'));
      expect(others).toEqual([]);
      expect(problems.ofHistory).toEqual([]);
    }),
  );
});
