import type { Scenario } from './scenario.ts';
import { steady } from './steady.ts';

/** No timetable: the next message is due when one of the window is answered, so something is at its limit. */
export const saturation = {
  ...steady,
  id: 'saturation',
  summary: 'as fast as answers come, 5,000 in flight: which side is the limit',
  workload: {
    ...steady.workload,
    load: { kind: 'closed', window: 5_000, messages: 300_000, warmupMessages: 30_000 },
  },
  controls: [{ kind: 'planted', plant: 'swallow-delivery', shows: ['D1', 'D12'] }],
} as const satisfies Scenario;
