import { AckmarkError, invariant } from '../core/errors.ts';

/** Bodies are cut from blocks of this size, or of one body where that is larger. */
const slabBytes = 65_536;
/** Blocks kept for reuse; more would only be the memory of one long outage. */
const maximumIdle = 1_024;

/** What every body holds behind its header. */
export interface BodyContent {
  write(body: Buffer): void;
  isIn(body: Buffer): boolean;
}

interface Slab {
  readonly bytes: Buffer;
  /** Views of one size, or none where sizes differ. */
  readonly bodies: readonly Buffer[];
  /** Bodies handed out and not yet settled. */
  open: number;
  isTainted: boolean;
  /** How often it was taken up again. */
  turns: number;
}

/**
 * Memory for message bodies. A block is used again only when every message cut from it was answered ok:
 * a client may still hold, and send, the bytes of a message whose outcome is anything else. Where all messages
 * have one size, views are made and their content is written once per block, so that a message in a steady run allocates
 * and copies nothing; that clients leave the content alone is looked at in one body, another each time, when a block is used again.
 */
export class BodySlabs {
  readonly #largestBytes: number;
  readonly #sizes: 'alike' | 'unlike';
  readonly #content: BodyContent;
  readonly #slabBytes: number;
  readonly #slabs: (Slab | undefined)[] = [];
  readonly #unused: number[] = [];
  readonly #idle: number[] = [];
  #current = -1;
  /** What of the present block has been cut. */
  #usedBytes = 0;

  /** @param sizes whether every body has the largest size */
  constructor(largestBytes: number, sizes: 'alike' | 'unlike', content: BodyContent) {
    this.#content = content;
    this.#largestBytes = largestBytes;
    this.#sizes = sizes;
    this.#slabBytes =
      sizes === 'alike'
        ? largestBytes * Math.max(1, Math.floor(slabBytes / largestBytes))
        : Math.max(slabBytes, largestBytes);
    this.#usedBytes = this.#slabBytes;
  }

  /** The block that the last body was cut from; what `settled` wants to know. */
  get current(): number {
    return this.#current;
  }

  /**
   * A body with its content.
   * @param size at most the largest, which it is where all are alike
   * @throws AckmarkError BAD_ENGINE when a client has written into a body
   */
  cut(size: number): Buffer {
    if (this.#usedBytes + size > this.#slabBytes) this.#turn();
    const slab = this.#slabs[this.#current] as Slab;
    const from = this.#usedBytes;
    this.#usedBytes += size;
    slab.open += 1;
    if (this.#sizes === 'alike') return slab.bodies[from / size] as Buffer;
    const body = slab.bytes.subarray(from, from + size);
    this.#content.write(body);
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
    const again = this.#idle.pop();
    if (again !== undefined) this.#look(again);
    this.#current = again ?? this.#make();
    this.#usedBytes = 0;
    const slab = this.#slabs[finished];
    if (slab !== undefined) this.#retire(finished, slab);
  }

  #look(id: number): void {
    const slab = this.#slabs[id] as Slab;
    const body = slab.bodies[slab.turns % slab.bodies.length];
    slab.turns += 1;
    if (body === undefined || this.#content.isIn(body)) return;
    throw new AckmarkError('BAD_ENGINE', 'the engine’s client wrote into the body of a message', {
      hint: 'Give the client a copy of `body`: its bytes are the harness’s own.',
    });
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
    const bytes = Buffer.allocUnsafeSlow(this.#slabBytes);
    const size = this.#largestBytes;
    const count = this.#sizes === 'alike' ? this.#slabBytes / size : 0;
    const bodies = Array.from({ length: count }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
    for (const body of bodies) this.#content.write(body);
    const id = this.#unused.pop() ?? this.#slabs.length;
    this.#slabs[id] = { bytes, bodies, open: 0, isTainted: false, turns: 0 };
    return id;
  }
}
