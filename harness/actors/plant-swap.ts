import type { Consumer, ConsumerSink, Delivery } from '../../engines/engine.ts';
import { emptyHeader, readHeader } from '../core/message-header.ts';
import { PassThrough } from './plant-layer.ts';

/** Longest wait of a copy for its neighbour, twice at most, after which it goes on unswapped. */
const holdMs = 250;
/** Settlements of the harness have smaller numbers. */
const firstOwnTicket = 2 ** 32;

/**
 * Now and then a copy is held until the next of its lane has passed: O2, and nothing else. An engine may keep the
 * next back for as long as this one is unsettled: where it does not come, the plant settles what it holds, and
 * answers for the engine when the harness does.
 */
export class SwapInLane extends PassThrough {
  readonly #settled = new Set<Delivery>();
  readonly #own = new Set<number>();
  /** Settlements of which the engine is asked about a part: the positions in the harness's call. */
  readonly #asked = new Map<number, { readonly at: readonly number[]; left: number }>();
  #nextOwn = firstOwnTicket;
  readonly #header = emptyHeader();
  #held: Delivery | undefined;
  #heldLane = 0;
  #heldSeq = 0;
  #timer: NodeJS.Timeout | undefined;

  protected override fromEngine(batch: readonly Delivery[]): void {
    const passed: Delivery[] = [];
    for (const copy of batch) {
      const isReadable = readHeader(copy.body, this.#header) === 'intact';
      const isPicked = this.picker.picks();
      if (this.#held !== undefined && isReadable && this.#isNeighbour()) {
        passed.push(copy, this.#held);
        this.#letGo();
      } else if (this.#held === undefined && isPicked && isReadable && isFirst(copy)) {
        this.#hold(copy);
      } else passed.push(copy);
    }
    if (passed.length > 0) super.fromEngine(passed);
  }

  override settle(...[ticket, of, how]: Parameters<Consumer['settle']>): void {
    const answered = of.flatMap((copy, at) => (this.#settled.delete(copy) ? [at] : []));
    if (answered.length === 0) return super.settle(ticket, of, how);
    const asked = [...of.keys()].filter((at) => !answered.includes(at));
    queueMicrotask(() => {
      for (const at of answered) this.outer.settled(ticket, at, 'ok', 0);
    });
    if (asked.length === 0) return;
    this.#asked.set(ticket, { at: asked, left: asked.length });
    super.settle(
      ticket,
      of.filter((_copy, at) => asked.includes(at)),
      how,
    );
  }

  protected override settledByEngine(...reply: Parameters<ConsumerSink['settled']>): void {
    const [ticket, index, outcome, code] = reply;
    if (this.#own.delete(ticket)) return;
    const asked = this.#asked.get(ticket);
    if (asked === undefined) return super.settledByEngine(...reply);
    const positions = index === -1 ? asked.at : asked.at.slice(index, index + 1);
    asked.left -= positions.length;
    if (asked.left <= 0) this.#asked.delete(ticket);
    for (const at of positions) this.outer.settled(ticket, at, outcome, code);
  }

  protected override gone(): void {
    this.#letGo();
  }

  #isNeighbour(): boolean {
    return this.#header.lane === this.#heldLane && this.#header.seq > this.#heldSeq;
  }

  #hold(copy: Delivery): void {
    this.#held = copy;
    this.#heldLane = this.#header.lane;
    this.#heldSeq = this.#header.seq;
    this.#timer = setTimeout(() => {
      if (this.#settleEarly(copy)) this.#timer = setTimeout(() => this.#giveUp(copy), holdMs);
      else this.#giveUp(copy);
    }, holdMs);
  }

  #settleEarly(copy: Delivery): boolean {
    const { consumption, ackReply } = this.soil.spec;
    if (consumption === 'automatic' || ackReply !== 'each') return false;
    this.#settled.add(copy);
    this.#own.add(this.#nextOwn);
    super.settle(this.#nextOwn, [copy], { how: 'acknowledge' });
    this.#nextOwn += 1;
    return true;
  }

  #giveUp(copy: Delivery): void {
    this.#letGo();
    super.fromEngine([copy]);
  }

  #letGo(): void {
    clearTimeout(this.#timer);
    this.#held = undefined;
    this.picker.taken();
  }
}

/** Redelivered copies may come in any order. */
function isFirst(copy: Delivery): boolean {
  return copy.redelivered !== true && (copy.attempt ?? 1) <= 1;
}
