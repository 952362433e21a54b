import type { Network } from '../../simulate/world/network.ts';
import type { Sink } from '../../simulate/world/sink.ts';
import type { World } from '../../simulate/world/world.ts';
import type { LeasedQueue } from './leased-queue.ts';
import type { SingleActive } from './single-active.ts';

export interface QueueConsumerOptions {
  readonly group: number;
  /** The broker hands out up to `most` that are unsettled, or the consumer asks for that many at once. */
  readonly mode: 'push' | 'pull';
  readonly most: number;
  readonly leaseMs: number;
  /** What the broker says of a copy: how often it was handed out, whether it was before, nothing. */
  readonly tells: 'attempt' | 'flag' | 'nothing';
  readonly processMs: readonly [low: number, high: number];
  /** Of a hundred copies: those put back, given up, and worked on for longer than the lease. */
  readonly requeued: number;
  readonly rejected: number;
  readonly slow: number;
  /** Nobody can process it. */
  readonly isPoison: (message: { readonly lane: number; readonly seq: number }) => boolean;
  readonly sink: Sink | undefined;
  /** Handed out is settled: the consumer says nothing. */
  readonly isAutomatic: boolean;
}

/** What the consumers of one queue share. */
export interface QueueGroup {
  readonly world: World;
  readonly network: Network;
  readonly queue: LeasedQueue;
  /** Pushed copies go to one consumer at a time. */
  readonly singleActive: SingleActive | undefined;
  readonly options: QueueConsumerOptions;
}
