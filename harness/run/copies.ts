import type { Scenario } from '../../scenarios/scenario.ts';

/** Deliveries of each message, where nothing is lost; transformers' inputs are not the consumers'. */
export function copiesOf({ topology, workload }: Scenario): number {
  const taps = topology.taps?.length ?? 0;
  return taps + topology.subscriptions - (workload.transformers > 0 ? 1 : 0);
}
