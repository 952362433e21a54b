import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventRecord } from '../../../harness/core/events.ts';
import { type CellFacts, plainFacts } from '../../../harness/core/facts.ts';
import { defaultCapBytes, SegmentStore } from '../../../harness/history/segments.ts';
import type { JudgedCell } from '../../../harness/record/schema.ts';
import { historyOfCell } from '../../../harness/run/export/export-cell.ts';
import { exportHistory } from '../../../harness/run/export/export-history.ts';
import { foldHistory } from '../../../harness/run/foreign/fold-history.ts';
import { openForeign } from '../../../harness/run/foreign/open-history.ts';
import { writeSeal } from '../../../harness/run/seal.ts';
import { judged } from '../../reports/fixtures/cell.ts';
import { defaultProfiles } from '../../reports/fixtures/profiles.ts';
import { defaultScenarios } from '../../reports/fixtures/scenarios.ts';
import { findings, historyOf, judge, producer } from '../check/history-of.ts';
import { randomFacts, randomHistory } from '../check/random-history.ts';
import { MemoryDisk } from '../history/memory-disk.ts';

const [profile] = defaultProfiles;
const [scenario] = defaultScenarios;
if (profile === undefined || scenario === undefined) throw new Error('fixture is incomplete');
const fixture = judged({ profile, scenario, index: 0 });

/** A cell of a run with this history on disk, as `judge` of the builder's tests would judge it. */
function kept(
  events: readonly EventRecord[],
  facts: CellFacts,
  over: Partial<JudgedCell> = {},
): { readonly cell: JudgedCell; readonly disk: MemoryDisk } {
  const disk = new MemoryDisk();
  const segments = new SegmentStore({
    directory: 'run/history/0000',
    disk,
    run: 7,
    retention: { mode: 'full', capBytes: defaultCapBytes.full },
  });
  for (const event of events) segments.append(event);
  const cell: JudgedCell = {
    ...fixture,
    history: { ...segments.close(), directory: 'history/0000' },
    lanes: [
      { first: 0, count: 4, ordered: true, actor: producer, route: -1 },
      { first: 4, count: 2, ordered: false, actor: producer, route: -1 },
    ],
    facts,
    faults: [],
    judging: { ...fixture.judging, actors: ['harness', 'p', 'c1', 'c2', 'c3'] },
    ...over,
  };
  writeSeal('run/history/0000', disk, cell);
  return { cell, disk };
}

describe('an exported history', () => {
  it.each(['ndjson', 'binary'] as const)('is judged as the cell was, from %s', (format) => {
    fc.assert(
      fc.property(randomHistory, randomFacts, ({ events }, facts) => {
        const { cell, disk } = kept(events, facts);
        const out = format === 'ndjson' ? 'out.ndjson' : 'out';
        exportHistory(historyOfCell(cell, 'run', disk, {}), format, out, disk);
        const history = openForeign([{ path: out, name: out }], disk, 'scratch');
        expect(history.problems).toMatchObject({ malformed: 0, ofHistory: [] });
        const again = foldHistory(history, disk).judgement;
        const first = judge(events, facts);
        expect(findings(again)).toEqual(findings(first));
        expect(again.counts).toEqual(first.counts);
        expect(again.irregularities).toEqual(first.irregularities);
      }),
    );
  });

  it('names outcomes by the engine’s table and faults by the record', () => {
    const history = historyOf().invoke(0, 0);
    history.add({ kind: 2, actor: producer, outcome: 2, code: 3 });
    const { cell, disk } = kept(history.events, plainFacts);
    exportHistory(historyOfCell(cell, 'run', disk, { 3: 'REFUSED' }), 'ndjson', 'out', disk);
    expect(disk.content('out').toString()).toContain('"outcome":"fail","error":"REFUSED"');
  });
});

describe('a history that would be judged as something else is not exported:', () => {
  const { events } = historyOf().sendAll(0, 2).drained();

  it('one that was not kept whole', () => {
    const { cell, disk } = kept(events, plainFacts, {
      history: { ...fixture.history, complete: false },
    });
    expect(() => historyOfCell(cell, 'run', disk, {})).toThrow('its history was not kept');
  });

  it('one whose record was changed', () => {
    const { cell, disk } = kept(events, plainFacts);
    const changed = { ...cell, lanes: [] };
    expect(() => historyOfCell(changed, 'run', disk, {})).toThrow('was changed after the run');
  });

  it('one that is damaged', () => {
    const { cell, disk } = kept(events, plainFacts);
    const path = 'run/history/0000/00000.ackh';
    disk.files.set(path, disk.content(path).subarray(0, 200));
    const history = historyOfCell(cell, 'run', disk, {});
    expect(() => exportHistory(history, 'ndjson', 'out', disk)).toThrow('it is cut off');
  });

  it('nor into a directory that holds another', () => {
    const { cell, disk } = kept(events, plainFacts);
    disk.create('out/00000.ackh');
    const history = historyOfCell(cell, 'run', disk, {});
    expect(() => exportHistory(history, 'binary', 'out', disk)).toThrow('out is not empty');
  });
});
