import type { Keeps } from '../rules.ts';
import type { JournalError } from './commit-log.ts';

/**
 * When an entry counts as committed, and so what an acknowledgement is worth on one node.
 * `never` and `interval`: once written, which survives the process; a power loss may take everything, or
 * the last interval. `every-batch`: once synced; appends that arrive during a sync share the next one.
 */
export type FsyncPolicy =
  | { readonly kind: 'never' }
  | { readonly kind: 'interval'; readonly everyMs: number }
  | { readonly kind: 'every-batch' };

export interface JournalOptions {
  readonly fsync: FsyncPolicy;
  /** A new segment is begun before this size is exceeded; one entry must fit. */
  readonly segmentBytes: number;
  /** A random 32-bit number for each segment. */
  readonly salt: () => number;
  /** The disk is not to be trusted any more: the host must end. Nothing is acknowledged from then on. */
  readonly onFailure: (error: JournalError) => void;
  readonly keeps: Keeps;
  /**
   * Whether the machine may have lost its power since the journal was last written to: then what was never
   * synced may be torn. Absent: it has not.
   */
  readonly mayHaveLostPower?: boolean;
}
