/** So many at most stand in one entry of a checkpoint, which must fit a small segment, too. */
const runLength = 16;

/** Neighbours that are alike in `of`, in the order in which they come. */
export function* runsOf<T, K>(
  items: Iterable<T>,
  of: (item: T) => K,
): Generator<readonly [K, readonly T[]]> {
  let run: T[] = [];
  let key: K | undefined;
  for (const item of items) {
    const next = of(item);
    if (run.length > 0 && key !== undefined && (next !== key || run.length === runLength)) {
      yield [key, run];
      run = [];
    }
    key = next;
    run.push(item);
  }
  if (run.length > 0 && key !== undefined) yield [key, run];
}
