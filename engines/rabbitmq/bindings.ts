import { invariant } from '../../harness/core/errors.ts';
import type { BindingSpec, DestinationSpec, Topology } from '../engine.ts';
import { initialBindings } from '../topology.ts';
import { exchangeOf, queueOf } from './deployment.ts';

const everything = { key: '', headers: {}, match: 'all' } as const;

export function exchangeTypeOf(
  { destinations }: Topology,
  { routing }: DestinationSpec,
): { readonly type: string; readonly alternateExchange: string | undefined } {
  if (routing === undefined) return { type: 'fanout', alternateExchange: undefined };
  const other = routing.alternate === undefined ? undefined : destinations[routing.alternate];
  const alternateExchange = other === undefined ? undefined : exchangeOf(other);
  return { type: routing.by, alternateExchange };
}

/** All that are in force from the beginning: a fanout exchange has one for each of its queues. */
export function bindingsOf(topology: Topology): readonly BindingSpec[] {
  return initialBindings(topology, everything);
}

/** As the protocol has it; only a headers exchange looks at arguments (RabbitMQ docs, AMQP concepts). */
export function inWords(
  { destinations, subscriptions }: Topology,
  { subscription, key, headers, match }: BindingSpec,
): {
  readonly queue: string;
  readonly exchange: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  const spec = subscriptions[subscription];
  const destination = destinations[spec?.destination ?? -1];
  invariant(spec !== undefined && destination !== undefined, `no subscription ${subscription}`);
  const byHeaders = destination.routing?.by === 'headers';
  return {
    queue: queueOf(spec),
    exchange: exchangeOf(destination),
    key,
    headers: byHeaders ? { 'x-match': match, ...headers } : {},
  };
}
