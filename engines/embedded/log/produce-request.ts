import type { Status } from '../protocol/protocol.ts';
import type { ProducerStamp } from './entries.ts';
import type { Refused } from './refusals.ts';

export interface ProduceRequest {
  readonly topic: number;
  readonly partition: number;
  readonly acks: 'none' | 'leader' | 'all';
  readonly stamp: ProducerStamp;
  readonly count: number;
  /** A validated batch. */
  readonly batch: Buffer;
}

export type Produced = { readonly status: typeof Status.ok; readonly baseOffset: number } | Refused;
