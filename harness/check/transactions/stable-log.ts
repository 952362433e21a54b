/** Steps that are kept; of more than these every second one is left out. */
const mostSteps = 512;

interface Step {
  readonly timeNs: number;
  /** From this step on no transaction is open that began before then. */
  readonly barrierNs: number;
  /** No transaction is open at all until the next step. */
  readonly quiet: boolean;
}

/**
 * Since when nothing can have been held up by an open transaction: for any recent instant, the latest time
 * such that every transaction that had begun before then was over. A step that is left out makes the answer
 * earlier than it was, never later.
 */
export class StableLog {
  readonly #keptNs: number;
  #steps: Step[] = [{ timeNs: Number.NEGATIVE_INFINITY, barrierNs: 0, quiet: true }];

  /** @param keptNs how far back questions go */
  constructor(keptNs: number) {
    this.#keptNs = keptNs;
  }

  /** @param oldestNs when the oldest open transaction began; undefined if none is open */
  note(timeNs: number, oldestNs: number | undefined): void {
    const quiet = oldestNs === undefined;
    const barrierNs = quiet ? timeNs : oldestNs;
    const last = this.#steps.at(-1);
    if (last !== undefined && quiet === last.quiet && (quiet || last.barrierNs === barrierNs))
      return;
    this.#steps.push({ timeNs, barrierNs, quiet });
    if (this.#steps.length > mostSteps) this.#thin(timeNs - this.#keptNs);
  }

  /**
   * Whatever was committed before the returned time was held up by nothing since some time before that
   * instant. What was committed at the very time at which a transaction began may stand behind its first entry.
   */
  barrierBefore(timeNs: number): number {
    const step = this.#steps.findLast((one) => one.timeNs < timeNs);
    if (step === undefined) return Number.NEGATIVE_INFINITY;
    return step.quiet ? timeNs : step.barrierNs;
  }

  #thin(fromNs: number): void {
    const first = this.#steps.findLastIndex((step) => step.timeNs <= fromNs);
    const recent = this.#steps.slice(Math.max(0, first));
    this.#steps = recent.length * 2 <= mostSteps ? recent : everySecond(recent);
  }
}

/** Each step that is kept stands for the one after it, too, so it is not quiet any more. */
function everySecond(steps: readonly Step[]): Step[] {
  const last = steps.at(-1);
  const kept = steps
    .slice(0, -1)
    .filter((_step, index) => index % 2 === 0)
    .map((step) => ({ ...step, quiet: false }));
  return last === undefined ? kept : [...kept, last];
}
