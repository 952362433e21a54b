import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import log from '../../../engines/log/engine.ts';
import { expand } from '../../../harness/plan/expand.ts';
import type { Cell } from '../../../harness/plan/cell.ts';
import { inOrder, playAll } from '../../../harness/run/schedule.ts';
import { scenarios } from '../../../scenarios/catalog.ts';

const kinds = ['timed', 'shared', 'local'] as const;
type Kind = (typeof kinds)[number];

const samples: Readonly<Record<Kind, Cell>> = {
  timed: cellOf('embedded', 'steady'),
  shared: cellOf('embedded', 'broker-crash'),
  local: cellOf('local', 'broker-crash'),
};

const loads = fc.array(fc.record({ kind: fc.constantFrom(...kinds), turns: fc.nat(6) }), {
  maxLength: 12,
});

describe('the schedule of a run', () => {
  it('plays every cell once; only conformance cells of embedded targets share the machine, two at a time', async () => {
    await fc.assert(
      fc.asyncProperty(loads, async (load) => {
        const cells = numbered(load.map(({ kind }) => kind));
        const playing = new Set<Cell>();
        const begun: number[] = [];
        await playAll(cells, neverAborted, async (cell, ahead) => {
          begun.push(cell.index);
          playing.add(cell);
          if (playing.size > 1) {
            expect([...playing].map(kindOf)).toEqual(['shared', 'shared']);
          }
          await turns(load[cell.index]?.turns ?? 0);
          playing.delete(cell);
          expect(ahead().map(({ index }) => index)).toEqual(
            cells.slice(Math.max(...begun) + 1).map(({ index }) => index),
          );
        });
        expect(begun).toEqual(cells.map(({ index }) => index));
        expect(playing.size).toBe(0);
      }),
    );
  });

  it('begins the next cell as soon as one of two is done, not when both are', async () => {
    const cells = numbered(['shared', 'shared', 'shared']);
    const done: number[] = [];
    await playAll(cells, neverAborted, async ({ index }) => {
      await turns(index === 0 ? 50 : 5);
      done.push(index);
    });
    expect(done).toEqual([1, 2, 0]);
  });

  it('puts timed cells first and keeps the order of the others', () => {
    const cells = numbered(['shared', 'timed', 'local', 'timed']);
    expect(inOrder(cells).map(({ index }) => index)).toEqual([1, 3, 0, 2]);
  });

  it('begins nothing more once the run is interrupted, and waits for what is under way', async () => {
    const stop = new AbortController();
    const done: number[] = [];
    await playAll(numbered(['shared', 'shared', 'shared']), stop.signal, async ({ index }) => {
      if (index === 1) stop.abort();
      await turns(5);
      done.push(index);
    });
    expect(done).toEqual([0, 1]);
  });

  it('begins nothing more once a cell cannot be recorded, and waits for the other before it says so', async () => {
    const done: number[] = [];
    const played = playAll(
      numbered(['shared', 'shared', 'shared']),
      neverAborted,
      async ({ index }) => {
        await turns(index === 0 ? 1 : 5);
        if (index === 0) throw new Error('disk full');
        done.push(index);
      },
    );
    await expect(played).rejects.toThrow('disk full');
    expect(done).toEqual([1]);
  });
});

const neverAborted = new AbortController().signal;

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
}

function numbered(of: readonly Kind[]): readonly Cell[] {
  return of.map((kind, index) => ({ ...samples[kind], index }));
}

function kindOf({ scenario, engine: { target } }: Cell): Kind {
  if (scenario.kind === 'timed') return 'timed';
  return target.kind === 'started' && target.provisioner === 'embedded' ? 'shared' : 'local';
}

function cellOf(provisioner: string, scenarioId: string): Cell {
  const [cell] = expand({
    engines: [
      {
        engine: log,
        module: 'file:///log.ts',
        reference: 'log',
        profiles: ['acks-all'],
        target: { kind: 'started', provisioner, nodes: 1 },
      },
    ],
    scenarios: scenarios.filter(({ id }) => id === scenarioId),
    aims: [],
    roundsOf: {},
    rounds: 1,
    seed: 7,
    controls: false,
    deviations: [],
    day: '2026-11-23',
    program: 'ackmark',
    replayArguments: '',
    absentStores: {},
  });
  if (cell === undefined) throw new Error(`no cell of ${scenarioId}`);
  return cell;
}
