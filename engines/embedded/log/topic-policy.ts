import { type ByteReader, type ByteWriter, ProtocolError } from '../protocol/bytes.ts';

/** What may become of a topic’s older messages. */
export type Cleanup =
  | { readonly kind: 'keep' }
  /**
   * Whole segments go: those whose newest message is older than `ms`, and the oldest while the rest has
   * `bytes` or more; `undefined`: no such bound. The newest segment stays.
   */
  | {
      readonly kind: 'delete';
      readonly ms: number | undefined;
      readonly bytes: number | undefined;
    }
  /**
   * Of the messages of a key in closed segments the newest stays. One without a body is a tombstone, which
   * goes itself when it is older than `tombstoneMs`. Every message needs a key.
   */
  | { readonly kind: 'compact'; readonly tombstoneMs: number };

export type Deletion = Cleanup & { readonly kind: 'delete' };

export interface TopicPolicy {
  /** A segment of a partition is closed before it would grow beyond it. */
  readonly segmentBytes: number;
  readonly cleanup: Cleanup;
}

export const keepEverything: TopicPolicy = {
  segmentBytes: 64 * 1024 * 1024,
  cleanup: { kind: 'keep' },
};

const kinds = ['keep', 'delete', 'compact'] as const satisfies readonly Cleanup['kind'][];

/** An absent bound; none of the bounds can be 0. */
const none = 0;

export function writePolicy(to: ByteWriter, { segmentBytes, cleanup }: TopicPolicy): ByteWriter {
  to.u64(segmentBytes).u8(kinds.indexOf(cleanup.kind));
  if (cleanup.kind === 'delete') to.u64(cleanup.ms ?? none).u64(cleanup.bytes ?? none);
  if (cleanup.kind === 'compact') to.u64(cleanup.tombstoneMs);
  return to;
}

export function readPolicy(from: ByteReader): TopicPolicy {
  const segmentBytes = from.u64();
  return { segmentBytes, cleanup: readCleanup(from) };
}

function readCleanup(from: ByteReader): Cleanup {
  const kind = kinds[from.u8()];
  switch (kind) {
    case 'keep':
      return { kind };
    case 'delete': {
      const [ms, bytes] = [from.u64(), from.u64()];
      return { kind, ms: ms === none ? undefined : ms, bytes: bytes === none ? undefined : bytes };
    }
    case 'compact':
      return { kind, tombstoneMs: from.u64() };
    default:
      throw new ProtocolError('an unknown way to clean a topic up');
  }
}
