import { loneLeaderCrash } from './lone-leader-crash.ts';
import type { Scenario } from './scenario.ts';

/**
 * As when it is killed, but what it had not synced is gone, and with it what it had acknowledged alone. It is
 * the last of its in-sync set, where that may be so small, and leads again with what it has left.
 */
export const loneLeaderPowerLoss = {
  ...loneLeaderCrash,
  id: 'lone-leader-power-loss',
  summary:
    'the leader of three replicas loses its power and what it had not synced when its followers are out of sync',
  needs: [{ kind: 'replicas', nodes: 3 }, { kind: 'power-loss' }],
  faults: [{ kind: 'strike-lone-leader', at: 0.15, aloneMs: 700, downMs: 1_000, by: 'power-loss' }],
} as const satisfies Scenario;
