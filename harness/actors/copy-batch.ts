import type { Delivery } from '../../engines/engine.ts';
import type { MessageHeader } from '../core/message-header.ts';

/** Copies that are worked on together, with what their headers said. */
export class CopyBatch {
  readonly session: number;
  readonly deliveries: Delivery[] = [];
  readonly lanes: number[] = [];
  readonly seqs: number[] = [];
  /** Of what is transformed: when each copy was due, and whether figures leave it out. */
  readonly intendedNs: number[] = [];
  readonly warmup: boolean[] = [];
  /** False for a copy that is no message of this cell: it is settled, and no event speaks of it. */
  readonly known: boolean[] = [];

  constructor(session: number) {
    this.session = session;
  }

  get length(): number {
    return this.deliveries.length;
  }

  /** Its copies from one index to before another. */
  part(from: number, to: number): CopyBatch {
    const part = new CopyBatch(this.session);
    for (let i = from; i < to; i += 1) {
      part.add(
        this.deliveries[i] as Delivery,
        this.lanes[i] as number,
        this.seqs[i] as number,
        this.known[i] as boolean,
      );
    }
    return part;
  }

  add(delivery: Delivery, lane: number, seq: number, isKnown: boolean): void {
    this.deliveries.push(delivery);
    this.lanes.push(lane);
    this.seqs.push(seq);
    this.known.push(isKnown);
  }

  /** After `add`, of a copy that is to be transformed. */
  due({ intendedNs, warmup }: MessageHeader): void {
    this.intendedNs.push(intendedNs);
    this.warmup.push(warmup);
  }

  /** Its copies in their order, in a batch of each kind that `kindOf` knows. */
  parted<K>(kindOf: (index: number) => K): ReadonlyMap<K, CopyBatch> {
    const parts = new Map<K, CopyBatch>();
    for (const [index, delivery] of this.deliveries.entries()) {
      const kind = kindOf(index);
      const part = parts.get(kind) ?? new CopyBatch(this.session);
      parts.set(kind, part);
      part.add(
        delivery,
        this.lanes[index] as number,
        this.seqs[index] as number,
        this.known[index] === true,
      );
    }
    return parts;
  }
}
