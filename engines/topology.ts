/** What a cell needs; the names are the harness's and unique to the cell. */
export interface Topology {
  readonly destinations: readonly DestinationSpec[];
  readonly subscriptions: readonly SubscriptionSpec[];
  /** In force from the beginning, at destinations that route. */
  readonly bindings?: readonly BindingSpec[];
}

export interface DestinationSpec {
  readonly name: string;
  /** Ordering scopes: partitions or shards; a queue has one. */
  readonly scopes: number;
  /** Absent: everything goes to every subscription. Needs `bindings`. */
  readonly routing?: Routing;
}

/** A destination that gives a message to those of its subscriptions to which a binding leads, once each. */
export interface Routing {
  /** AMQP 0-9-1 sections 3.1.3.1, 3.1.3.3 and 3.1.3.4: equal keys, patterns of keys, headers. */
  readonly by: 'direct' | 'topic' | 'headers';
  /** Destination that gets what no binding wants; undefined: it is unroutable. */
  readonly alternate: number | undefined;
}

/** Leads from the destination of a subscription to it. */
export interface BindingSpec {
  readonly subscription: number;
  /** The key, or its pattern: `*` stands for one word between dots, `#` for any number of them. */
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether all of the headers must agree, or one of them. */
  readonly match: 'all' | 'any';
}

export interface SubscriptionSpec {
  /** The consumer group's or the queue's name. */
  readonly name: string;
  readonly destination: number;
  /** Absent: whatever is not acknowledged is delivered for ever. Needs `dead-letters` or `drop-at-limit`. */
  readonly deliveryLimit?: DeliveryLimit;
}

/** What becomes of a message that was delivered so often and never acknowledged. */
export interface DeliveryLimit {
  readonly deliveries: number;
  /** The destination it is moved to, with `dead-letters`; without one it is dropped, with `drop-at-limit`. */
  readonly deadLetters: number | undefined;
}

/**
 * The bindings that are in force from the beginning: those of the topology, and one with `everything` for each
 * subscription of a destination that does not route.
 */
export function initialBindings(
  { destinations, subscriptions, bindings = [] }: Topology,
  everything: Omit<BindingSpec, 'subscription'>,
): readonly BindingSpec[] {
  const ofAll = subscriptions.flatMap(({ destination }, subscription): readonly BindingSpec[] =>
    destinations[destination]?.routing === undefined ? [{ subscription, ...everything }] : [],
  );
  return [...ofAll, ...bindings];
}
