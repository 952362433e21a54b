/** One value's life: enqueued within an interval (open-ended without a confirm), dequeued or not. */
export interface Value {
  readonly enqueue: readonly [startNs: number, endNs: number];
  readonly dequeue: readonly [startNs: number, endNs: number] | undefined;
  /** An enqueue without a confirm may never take effect. */
  readonly confirmed: boolean;
}

/** Whether some order of the operations explains them as one FIFO queue: every order is tried. */
export function isLinearizable(values: readonly Value[]): boolean {
  return search(values, [], new Set(), new Set());
}

function search(
  values: readonly Value[],
  queue: readonly number[],
  enqueued: ReadonlySet<number>,
  dequeued: ReadonlySet<number>,
): boolean {
  const pending = values.flatMap((value, at) => [
    ...(enqueued.has(at) ? [] : [value.enqueue]),
    ...(value.dequeue === undefined || dequeued.has(at) ? [] : [value.dequeue]),
  ]);
  const isDone = values.every(
    (value, at) =>
      (enqueued.has(at) || !value.confirmed) && (value.dequeue === undefined || dequeued.has(at)),
  );
  if (isDone) return true;
  /** Nothing that has ended already may come later. */
  const mayBeNext = (startNs: number): boolean => pending.every(([, endNs]) => endNs >= startNs);
  return values.some((value, at) => {
    if (!enqueued.has(at)) {
      if (!mayBeNext(value.enqueue[0])) return false;
      return search(values, [...queue, at], new Set([...enqueued, at]), dequeued);
    }
    if (value.dequeue === undefined || dequeued.has(at) || queue[0] !== at) return false;
    if (!mayBeNext(value.dequeue[0])) return false;
    return search(values, queue.slice(1), enqueued, new Set([...dequeued, at]));
  });
}
