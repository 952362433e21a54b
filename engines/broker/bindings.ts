import type { BindingSpec, Topology } from '../engine.ts';
import { initialBindings } from '../topology.ts';

const everything = { key: '#', match: 'all', headers: {} } as const;

/** All that are in force from the beginning: where a destination does not route, it leads everywhere. */
export function bindingsOf(topology: Topology): readonly BindingSpec[] {
  return initialBindings(topology, everything);
}

/** For the report. */
export function exchangesInWords({ destinations }: Topology): readonly string[] {
  return destinations.map(({ routing }) => {
    if (routing === undefined) return 'exchange: topic, each queue bound to all of it';
    const alternate = routing.alternate === undefined ? '' : ', with an alternate';
    return `exchange: ${routing.by}${alternate}`;
  });
}
