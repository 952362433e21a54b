import { invariant } from '../core/errors.ts';

/** Bodies are cut from blocks of this size, or of one body where that is larger. */
const slabBytes = 65_536;
/** Blocks kept for reuse; more would only be the memory of one long outage. */
const maximumIdle = 1_024;

interface Slab {
  readonly bodies: readonly Buffer[];
  /** Bodies handed out and not yet settled. */
  open: number;
  isTainted: boolean;
}

/**
 * Memory for message bodies. A block is used again only when every message cut from it was answered ok:
 * a client may still hold, and send, the bytes of a message whose outcome is anything else. Views are made
 * once per block, so that a message in a steady run allocates nothing.
 */
export class BodySlabs {
  readonly #payloadBytes: number;
  readonly #perSlab: number;
  readonly #slabs: (Slab | undefined)[] = [];
  readonly #unused: number[] = [];
  readonly #idle: number[] = [];
  #current = -1;
  #next = 0;

  constructor(payloadBytes: number) {
    this.#payloadBytes = payloadBytes;
    this.#perSlab = Math.max(1, Math.floor(slabBytes / payloadBytes));
    this.#next = this.#perSlab;
  }

  /** The block that the last body was cut from; what `settled` wants to know. */
  get current(): number {
    return this.#current;
  }

  cut(): Buffer {
    if (this.#next === this.#perSlab) this.#turn();
    const slab = this.#slabs[this.#current] as Slab;
    const body = slab.bodies[this.#next] as Buffer;
    this.#next += 1;
    slab.open += 1;
    return body;
  }

  /** Once for each body. */
  settled(id: number, isOk: boolean): void {
    const slab = this.#slabs[id];
    invariant(slab !== undefined && slab.open > 0, 'a body is settled once');
    slab.open -= 1;
    if (!isOk) slab.isTainted = true;
    if (id !== this.#current) this.#retire(id, slab);
  }

  #turn(): void {
    const finished = this.#current;
    this.#current = this.#idle.pop() ?? this.#make();
    this.#next = 0;
    const slab = this.#slabs[finished];
    if (slab !== undefined) this.#retire(finished, slab);
  }

  #retire(id: number, slab: Slab): void {
    if (slab.open > 0) return;
    if (!slab.isTainted && this.#idle.length < maximumIdle) {
      this.#idle.push(id);
      return;
    }
    this.#slabs[id] = undefined;
    this.#unused.push(id);
  }

  #make(): number {
    const bytes = Buffer.allocUnsafeSlow(this.#perSlab * this.#payloadBytes);
    const bodies = Array.from({ length: this.#perSlab }, (_, index) =>
      bytes.subarray(index * this.#payloadBytes, (index + 1) * this.#payloadBytes),
    );
    const id = this.#unused.pop() ?? this.#slabs.length;
    this.#slabs[id] = { bodies, open: 0, isTainted: false };
    return id;
  }
}
