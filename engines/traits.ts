/** Declared means it works, not declared means it is refused: the contract suite proves both directions. */
export const capabilities = [
  'keys', // the broker keeps `Outgoing.key`
  'partitions', // `Outgoing.partition` chooses the scope
  'headers',
  'delay',
  'message-groups',
  'deduplication',
  'transactions',
  'groups', // members of one subscription share its scopes
  'rebalance-events',
  'seek',
  'replay', // a new subscription can start from the beginning
  'start-at-time', // a start, and where there is one a seek, may name a time
  'lease',
  'extend',
  'requeue',
  'reject',
  'dead-letters', // a subscription may have a delivery limit and a destination for what reaches it
  'drop-at-limit', // a subscription may have a delivery limit and nothing else
  'dead-letter-causes', // dead letters say why they are some, and after how many deliveries
  'routing',
  'redrive', // dead letters can be moved back to where they came from
  'bindings', // destinations may route by bindings, which come and go
  'returns', // an unroutable message comes back through `returned`
  'places', // sends and deliveries carry their place
  'attempts', // deliveries count their attempts
  'redelivered-flag',
] as const;
export type Capability = (typeof capabilities)[number];

export interface Limit {
  /** Most messages in one call. */
  readonly messages: number;
  /** Most payload bytes in one call. */
  readonly bytes: number;
}

export interface Traits {
  readonly capabilities: ReadonlySet<Capability>;
  readonly acknowledge: 'none' | 'individual' | 'cumulative';
  /** `fence`: settlements have no reply, a later synchronous call proves them (AMQP). */
  readonly ackReply: 'each' | 'fence' | 'none';
  /** `none`: every outcome is `unknown` (fire and forget), never `ok`. */
  readonly sendReply: 'none' | 'each';
  /** Who sends again after an unknown outcome; decides what idempotence can prove. */
  readonly retriedBy: 'nobody' | 'harness' | 'client';
  readonly offsetsKeptBy: 'broker' | 'harness';
  /** Where it is there, what is sent while a subscription has no consumer is lost to it; else it is kept. */
  readonly unheard?: 'lost';
  /** Where it is there, a message without a key is refused; else it is taken as any other. */
  readonly unkeyed?: 'refused';
  /** Places of one scope grow by more than one from message to message: what lies between them was never sent. */
  readonly places?: 'sparse';
  /** What consumers see of transactions; present exactly where `transactions` is declared. */
  readonly isolation?: 'read-committed' | 'read-uncommitted';
  /**
   * What proves that a subscription is drained. `quiescence`: nothing does; two seconds without a delivery,
   * after the longest lease has passed, stand for it.
   */
  readonly drained: 'end-position' | 'exact-depth' | 'quiescence';
  readonly sendLimit: Limit;
  readonly settleLimit: Limit;
  /**
   * `false`: what is sent lives on one node, also where the target has several; when that one dies nobody
   * succeeds it. Absent: as the target has it.
   */
  readonly replicated?: false;
  /** Why it runs on one node and no more, as a clause. Absent: as many as the target has. */
  readonly oneNode?: string;
  /** Why it runs only on targets that are started here, as a clause. Absent: on any. */
  readonly startedHere?: string;
  /** How a send ends that a limit refused, and that certainly did nothing; absent: none of its own. */
  readonly throttledCode?: number;
  /** What each scope takes of sends, by a quota that the profile is about; absent: none is known. */
  readonly quota?: { readonly messagesPerSecond: number };
  /** Most messages of one `request` and in flight at one consumer. */
  readonly receiveLimit: number;
}
