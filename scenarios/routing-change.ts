import { faultedWorkload } from './faulted-workload.ts';
import type { RoutingPlan, Scenario } from './scenario.ts';

const none = {} as const;
const byKey = { headers: none, match: 'all' } as const;

/**
 * A destination that goes by patterns of keys and returns what nobody wants, and one that goes by headers and
 * passes it on to a third.
 */
const routing = {
  destinations: [
    { by: 'topic', alternate: undefined },
    { by: 'headers', alternate: 2 },
    { by: 'everything', alternate: undefined },
  ],
  subscriptions: [0, 0, 1, 1, 2],
  bindings: [
    { subscription: 0, key: 'order.*.paid', ...byKey },
    { subscription: 0, key: 'order.eu.#', ...byKey },
    { subscription: 1, key: 'order.#', ...byKey },
    { subscription: 1, key: '*.us.*', ...byKey },
    { subscription: 2, key: '', headers: { type: 'report', format: 'pdf' }, match: 'all' },
    { subscription: 3, key: '', headers: { format: 'pdf', urgent: 'yes' }, match: 'any' },
  ],
  initially: [0, 2, 4],
  addresses: [
    { destination: 0, key: 'order.eu.paid', headers: undefined },
    { destination: 0, key: 'order.us.open', headers: undefined },
    { destination: 0, key: 'stock.us.low', headers: undefined },
    { destination: 0, key: 'stock.eu.low', headers: undefined },
    { destination: 1, key: 'a', headers: { type: 'report', format: 'pdf' } },
    { destination: 1, key: 'b', headers: { type: 'letter', format: 'pdf' } },
    { destination: 1, key: 'c', headers: { type: 'report', format: 'text' } },
  ],
} as const satisfies RoutingPlan;

/** Bindings come and go while messages are sent; what certainly belongs somewhere must be there, and nothing else. */
export const routingChange = {
  id: 'routing-change',
  summary: 'bindings come and go under load: keys, patterns, headers, an alternate, and returns',
  kind: 'conformance',
  needs: [{ kind: 'capability', capability: 'bindings' }],
  topology: { scopes: 1, subscriptions: routing.subscriptions.length, routing },
  workload: {
    ...faultedWorkload,
    consumers: routing.subscriptions.length,
    keys: 63,
    load: { ...faultedWorkload.load, ratePerSecond: 5_000 },
  },
  faults: [
    { kind: 'change-bindings', at: 0.15, unbind: [], bind: [1, 3, 5] },
    // What one of two bindings led to goes on by the other.
    { kind: 'change-bindings', at: 0.3, unbind: [0, 2], bind: [] },
    { kind: 'change-bindings', at: 0.45, unbind: [4], bind: [2] },
    { kind: 'change-bindings', at: 0.6, unbind: [3, 5, 1], bind: [4] },
    { kind: 'change-bindings', at: 0.75, unbind: [2], bind: [0] },
  ],
  under: 'none',
  exposes: ['D1', 'R1', 'R2', 'R3', 'R4'],
  guards: {
    minimumAcknowledged: 5_000,
    minimumDelivered: 5_000,
    minimumInFlightAtFault: 0,
    minimumExposure: { R1: 5_000, R2: 5_000, R4: 500 },
  },
  controls: [
    { kind: 'without-promise', promise: 'routing', shows: ['R4'] },
    { kind: 'planted', plant: 'swallow-delivery', shows: ['R1'] },
  ],
} as const satisfies Scenario;
