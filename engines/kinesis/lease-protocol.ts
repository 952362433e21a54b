/** What consumers and the table of leases tell each other: a line of JSON each. */

/** How far the subscription has come in a shard: the sequence number of the last record that was processed. */
export interface Checkpoint {
  readonly shard: number;
  /** In which the consumer got the shard. */
  readonly generation: number;
  readonly sequenceNumber: string;
}

/** A shard that a consumer may read now, and the checkpoint behind which it begins; null where there is none. */
export interface Lease {
  readonly shard: number;
  readonly after: string | null;
}

export type Said =
  | {
      readonly say: 'join';
      readonly group: string;
      readonly shards: number;
      /** After such a silence it is taken for dead. */
      readonly silenceMs: number;
    }
  | { readonly say: 'alive' }
  /** It reads no more of what it was asked for first. */
  | { readonly say: 'gave-up' }
  | {
      readonly say: 'checkpoint';
      readonly ticket: number;
      readonly at: readonly Checkpoint[];
    }
  | { readonly say: 'leave' };

export type Told =
  | { readonly tell: 'assign'; readonly generation: number; readonly leases: readonly Lease[] }
  /** To be given up; each of these is answered once. */
  | { readonly tell: 'revoke'; readonly shards: readonly number[] }
  /** It was silent for too long, and all it had is others'. */
  | { readonly tell: 'removed' }
  | {
      readonly tell: 'checkpointed';
      readonly ticket: number;
      /** By their index: checkpoints of shards that are another's by now. */
      readonly refused: readonly number[];
    }
  | { readonly tell: 'left' };

export const lineOf = (message: Said | Told): string => `${JSON.stringify(message)}\n`;
