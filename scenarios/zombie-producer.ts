import type { Scenario } from './scenario.ts';
import { transform } from './transform.ts';

/**
 * A job stands still between its output and its settlement for so long that another one takes its place, and its
 * transactional id, and goes on then: what it had begun must not count twice. What keeps it from that is fencing:
 * https://kafka.apache.org/44/design/design/#message-delivery-semantics.
 */
export const zombieProducer = {
  id: 'zombie-producer',
  summary: 'a job stands still until another has taken its place, and goes on then',
  kind: 'conformance',
  needs: transform.needs,
  topology: transform.topology,
  // Longer than a group waits for a member that stands still: the successor must find something to do.
  workload: {
    ...transform.workload,
    load: { ...transform.workload.load, ratePerSecond: 1_500, messages: 15_000 },
  },
  faults: [{ kind: 'replace-stalled', at: 0.2, aloneMs: 500 }],
  under: 'client-crash',
  exposes: ['E1', 'E2', 'G4', 'T4', 'T5'],
  guards: transform.guards,
  controls: transform.controls,
} as const satisfies Scenario;
