import { describe, expect, it } from 'vitest';
import type { CountsRecord } from '../../../harness/record/schema.ts';
import type { CellFigures } from '../../../harness/run/performance.ts';
import type { CpuReading, Play } from '../../../harness/run/play.ts';
import { resourcesOf } from '../../../harness/run/resources.ts';
import type { Stage } from '../../../harness/run/stage.ts';
import { resourcesText } from '../../../reports/text/resources.ts';

function reading(micros: number, nodes: readonly (number | undefined)[]): CpuReading {
  return {
    atNs: micros * 1e3,
    harnessMicros: micros,
    checkingMicros: micros / 2,
    nodes: nodes.map((each, at) => ({ name: `node ${at + 1}`, micros: each })),
  };
}

function resources(kind: 'timed' | 'conformance' = 'timed') {
  const stage = { cell: { scenario: { kind, workload: { transformers: 0 } } } };
  const played = {
    cpu: { before: reading(1_000, [5_000, 100]), after: reading(5_000, [25_000, undefined]) },
    use: {
      samplingMicros: 500,
      processRssBytes: 3 * 2 ** 20,
      brokerRssBytes: [2 ** 30, undefined],
    },
  };
  return resourcesOf(
    stage as unknown as Stage,
    played as unknown as Play,
    { sent: 1_000 } as unknown as CountsRecord,
    { pacingNs: 700_000 } as unknown as CellFigures,
  );
}

describe('what a timed cell took', () => {
  it('is told for each message sent, of the harness part by part and of each broker process', () => {
    expect(resources()).toEqual({
      pacingMicrosPerMessage: 0.7,
      coordinatorMicrosPerMessage: 4,
      checkingMicrosPerMessage: 2,
      samplingMicrosPerMessage: 0.5,
      processRssBytes: 3 * 2 ** 20,
      brokers: [
        { name: 'node 1', cpuMicrosPerMessage: 20, rssBytes: 2 ** 30 },
        // It was gone in the end: what it took is not known, and not nothing.
        { name: 'node 2', cpuMicrosPerMessage: null, rssBytes: null },
      ],
    });
  });

  it('is not told of a cell that shared the machine', () => {
    expect(resources('conformance')).toBeNull();
  });

  it('says of more nodes than it names how many there are', () => {
    const of = resources();
    if (of === null) throw new Error('it was timed');
    const brokers = Array.from({ length: 12 }, (_, at) => ({
      name: `node ${at + 1}`,
      cpuMicrosPerMessage: 1,
      rssBytes: 2 ** 20,
    }));
    const text = resourcesText({ ...of, brokers });
    expect(text).toContain('node 9 1.00 µs, 1.00 MiB; 3 more nodes');
    expect(resourcesText(of)).toContain('node 2 CPU not known, memory not known');
  });
});
