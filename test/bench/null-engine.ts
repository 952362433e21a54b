import nullEngine from '../../engines/null/engine.ts';
import type { DistributionRecord } from '../../harness/record/schema.ts';
import { cpuMicrosOf, play } from './harness-loop.ts';
import type { Prepared } from './workload.ts';

const module = new URL('../../engines/null/engine.ts', import.meta.url).href;

/** A load that goes nowhere. */
export function onNullEngine(messages: number, window: number, batch: number): Prepared {
  return {
    module,
    options: {},
    traits: nullEngine.traits(),
    target: { kind: 'embedded', title: 'null engine', address: 'nowhere', nodes: 0, settings: {} },
    deployed: {
      topology: { destinations: [{ name: 'd', scopes: 4 }], subscriptions: [] },
      effective: [],
      settings: {},
    },
    workload: { messages, window, batch, payloadBytes: 256 },
  };
}

export interface GeneratorResult {
  /** Of all workers together. */
  readonly messagesPerSecond: number;
  readonly cpuMicrosPerMessage: number;
  readonly events: number;
  readonly isOneSequence: boolean;
  readonly spilled: number;
  readonly lost: number;
}

/** As fast as workers go with header, history and latency, while the main thread drains and merges their rings. */
export async function measureGenerator(
  messages: number,
  workers: number,
): Promise<GeneratorResult> {
  const played = await play(onNullEngine(messages, 10_000, 500), {}, false, workers);
  return {
    messagesPerSecond: (messages * 0.75 * 1e9) / (played.endNs - played.warmNs),
    cpuMicrosPerMessage: cpuMicrosOf(played) / (messages * 0.75),
    events: played.events,
    isOneSequence: played.isOneSequence,
    spilled: played.spilled,
    lost: played.lost,
  };
}

/** How late a spinning pacer is at a rate. */
export async function measureLateness(
  ratePerSecond: number,
  messages: number,
): Promise<DistributionRecord> {
  const played = await play(
    onNullEngine(messages, 1, 100),
    {
      load: {
        kind: 'open',
        ratePerSecond,
        messages,
        warmupMessages: Math.floor(messages / 5),
        late: 'catch-up',
      },
      lingerMs: 0,
      pacing: 'spin',
    },
    false,
  );
  const [report] = played.reports;
  if (report === undefined) throw new Error('nobody sent');
  return report.lateness;
}
