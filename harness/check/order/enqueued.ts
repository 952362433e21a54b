import { grown, MessageTable } from '../state/message-table.ts';

/** When messages that nobody has dequeued yet were enqueued. */
export class Enqueued extends MessageTable {
  readonly #limit: number;
  /** When the first send began. */
  startNs = new Float64Array(this.firstCapacity);
  /**
   * When the message was in the queue for certain: infinite while no send was confirmed, and NaN where a
   * confirmed message need not be visible.
   */
  endNs = new Float64Array(this.firstCapacity);

  constructor(limit: number) {
    super();
    this.#limit = limit;
  }

  /** @returns false when there is no room */
  add(lane: number, seq: number, startNs: number): boolean {
    if (this.find(lane, seq) >= 0) return true;
    if (this.size >= this.#limit) return false;
    const entry = this.open(lane, seq);
    if (entry < 0) return false;
    this.startNs[entry] = startNs;
    this.endNs[entry] = Number.POSITIVE_INFINITY;
    return true;
  }

  confirm(entry: number, timeNs: number): void {
    if ((this.endNs[entry] as number) > timeNs) this.endNs[entry] = timeNs;
  }

  /** Nothing follows from when it was enqueued. */
  defer(entry: number): void {
    this.endNs[entry] = Number.NaN;
  }

  protected columnBytes(): number {
    return 16;
  }

  protected growColumns(capacity: number): void {
    this.startNs = grown(new Float64Array(capacity), this.startNs);
    this.endNs = grown(new Float64Array(capacity), this.endNs);
  }
}
