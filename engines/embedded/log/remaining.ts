import { type BatchMessage, BatchView, encodeBatch } from '../protocol/batch.ts';

/** Neighbours that are left of a batch, as a batch of their own. */
export interface RemainingRun {
  readonly baseOffset: number;
  readonly batch: Buffer;
}

/** What compaction has left of a batch, in runs without gaps; the batch itself where it has removed nothing. */
export function remainingRuns(
  batch: Buffer,
  baseOffset: number,
  removed: ReadonlySet<number> | undefined,
): readonly RemainingRun[] {
  if (removed === undefined || removed.size === 0) return [{ baseOffset, batch }];
  const view = BatchView.trusted(batch);
  const runs: { from: number; messages: BatchMessage[] }[] = [];
  for (let index = 0; index < view.count; index += 1) {
    if (removed.has(index)) continue;
    const message = { key: view.key(index), headers: view.headers(index), body: view.body(index) };
    const run = runs.at(-1);
    if (run !== undefined && run.from + run.messages.length === index) run.messages.push(message);
    else runs.push({ from: index, messages: [message] });
  }
  return runs.map(({ from, messages }) => {
    return { baseOffset: baseOffset + from, batch: encodeBatch(messages) };
  });
}
