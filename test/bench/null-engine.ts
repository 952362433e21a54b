import nullEngine from '../../engines/null/engine.ts';
import type { DistributionRecord } from '../../harness/record/schema.ts';
import { play } from './harness-loop.ts';
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
  readonly messagesPerSecond: number;
  readonly cpuMicrosPerMessage: number;
  readonly events: number;
  readonly spilled: number;
  readonly lost: number;
}

/** As fast as one worker goes with header, history and latency, while the main thread drains its ring. */
export async function measureGenerator(messages: number): Promise<GeneratorResult> {
  const played = await play(onNullEngine(messages, 10_000, 500), {}, false);
  return {
    messagesPerSecond: (messages * 0.75 * 1e9) / (played.endNs - played.warmNs),
    cpuMicrosPerMessage: played.report.cpuMicros / messages,
    events: played.events,
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
  return played.report.lateness;
}
