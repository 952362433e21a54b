import type { BatchView } from '../../embedded/protocol/batch.ts';
import { decodeMessage, type MessageId } from '../../embedded/simulation/message.ts';

/** So many messages of one lane from that one on, whatever else is told of the first and follows for the others. */
export interface MessageRun extends MessageId {
  readonly count: number;
}

/** The messages of a batch from that one on, as far as they follow each other; undefined for what is no message. */
export function messagesFrom(batch: BatchView, index: number): MessageRun | undefined {
  const first = messageAt(batch, index);
  if (first === undefined) return undefined;
  const { lane, seq } = first;
  let count = 1;
  while (index + count < batch.count) {
    const next = messageAt(batch, index + count);
    if (next?.lane !== lane || next.seq !== seq + count) break;
    count += 1;
  }
  return { lane, seq, count };
}

function messageAt(batch: BatchView, index: number): MessageId | undefined {
  return decodeMessage(batch.bytes, batch.bodyFrom(index), batch.bodyTo(index));
}

/**
 * Takes messages from the front of the list, as many as there are or that number.
 * @param from what the run is from its message of that number on
 */
export function takeFront<R extends MessageRun>(
  list: R[],
  most: number,
  from: (run: R, at: number) => R,
): R[] {
  let left = most;
  let whole = 0;
  for (const run of list) {
    if (run.count > left) break;
    left -= run.count;
    whole += 1;
  }
  const taken = list.splice(0, whole);
  const [next] = list;
  if (next === undefined || left === 0) return taken;
  list[0] = from(next, left);
  return [...taken, { ...next, count: left }];
}

export function messagesIn(runs: readonly MessageRun[]): number {
  return runs.reduce((sum, { count }) => sum + count, 0);
}

export function eachMessage({ lane, seq, count }: MessageRun): MessageId[] {
  return Array.from({ length: count }, (_, at) => ({ lane, seq: seq + at }));
}
