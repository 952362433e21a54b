import type { Delivery } from '../../engines/engine.ts';
import { PassThrough } from './plant-layer.ts';

/**
 * Early copies only: where a drain is proved by reading to the end, the very last one must be shown, or
 * the control would show a drain that never ends instead of a loss.
 */
const maximumSwallowed = 10;

/**
 * One copy in so many is never shown to the harness, yet settled, so that the engine believes it was
 * delivered and done with: D1.
 */
export class SwallowDelivery extends PassThrough {
  readonly #tickets = new Set<number>();
  /** From the far end of the range, where the harness's own tickets never come. */
  #nextTicket = 0xffff_ffff;
  #isGone = false;
  #swallowed = 0;

  protected override fromEngine(batch: readonly Delivery[]): void {
    const shown: Delivery[] = [];
    const swallowed: Delivery[] = [];
    for (const copy of batch) {
      if (this.#swallowed < maximumSwallowed && this.picker.picks()) {
        this.picker.taken();
        this.#swallowed += 1;
        swallowed.push(copy);
      } else shown.push(copy);
    }
    if (shown.length > 0) super.fromEngine(shown);
    if (swallowed.length > 0) queueMicrotask(() => this.#swallow(swallowed));
  }

  protected override settledByEngine(...reply: Parameters<PassThrough['sink']['settled']>): void {
    if (!this.#tickets.delete(reply[0])) super.settledByEngine(...reply);
  }

  protected override gone(): void {
    this.#isGone = true;
  }

  #swallow(copies: readonly Delivery[]): void {
    if (this.#isGone) return;
    if (this.soil.spec.consumption !== 'automatic') {
      for (const copy of copies) {
        const ticket = this.#nextTicket;
        this.#nextTicket -= 1;
        if (this.soil.spec.ackReply === 'each') this.#tickets.add(ticket);
        this.settle(ticket, [copy], { how: 'acknowledge' });
      }
    }
    this.request(copies.length);
  }
}
