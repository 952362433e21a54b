import type { SimulatedNode } from '../../embedded/simulation/node.ts';

/** What a reference may know of the broker that it judges: which of its lives this is. */
export type Broker = Pick<SimulatedNode, 'lives'>;

/** One request to a queue with a quota, from its start on. */
export interface Call {
  readonly action: 'send' | 'receive' | 'delete' | 'change-visibility';
  readonly fromNs: number;
  /** Of the broker, when it was made: it can only be served in that one. */
  readonly life: number;
}

/** What a consumer reads: dead letters and queues of topics have no limits of their own. */
export type ReadQueue = 'the queue' | 'dead letters' | 'a queue of a topic';
