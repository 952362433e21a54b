import type { Storage } from './storage.ts';

export interface TieredStorageOptions {
  /** Sealed segments go to the tier, oldest first, while all that are here have more bytes. */
  readonly localBytes: number;
  /** A segment is copied in pieces of at most so many bytes, one for each call of `move`. */
  readonly pieceBytes: number;
  /** A segment could not be copied, and stays where it is. */
  readonly onFailure: (error: unknown) => void;
}

interface Move {
  readonly segment: number;
  copiedBytes: number;
  isSyncing: boolean;
}

/**
 * A disk whose older segments lie on another one (Kafka's tiered storage, KIP-405): they are read from there, and
 * are segments like all others for whoever uses the whole. A segment is copied, the copy synced, and then the
 * original removed; while there are both, after a crash, the original counts and the copy goes. The newest
 * segment stays, because it is written to.
 */
export class TieredStorage implements Storage {
  readonly #local: Storage;
  readonly #tier: Storage;
  readonly #options: TieredStorageOptions;
  readonly #tiered: Set<number>;
  #move: Move | undefined;
  #tierReads = 0;

  constructor(local: Storage, tier: Storage, options: TieredStorageOptions) {
    this.#local = local;
    this.#tier = tier;
    this.#options = options;
    const here = new Set(local.list());
    for (const segment of tier.list()) if (here.has(segment)) tier.remove(segment);
    this.#tiered = new Set(tier.list());
  }

  /** So many reads came from the tier. */
  get tierReads(): number {
    return this.#tierReads;
  }

  /** The segments that lie there. */
  get tiered(): ReadonlySet<number> {
    return this.#tiered;
  }

  list(): readonly number[] {
    return [...this.#local.list(), ...this.#tiered].toSorted((a, b) => a - b);
  }

  create(segment: number): void {
    this.#local.create(segment);
  }

  size(segment: number): number {
    return this.#of(segment).size(segment);
  }

  append(segment: number, chunks: readonly Buffer[]): void {
    this.#giveUp(segment);
    this.#of(segment).append(segment, chunks);
  }

  read(segment: number, position: number, into: Buffer): void {
    if (this.#tiered.has(segment)) this.#tierReads += 1;
    this.#of(segment).read(segment, position, into);
  }

  truncate(segment: number, bytes: number): void {
    this.#giveUp(segment);
    this.#of(segment).truncate(segment, bytes);
  }

  remove(segment: number): void {
    this.#giveUp(segment);
    this.#of(segment).remove(segment);
    this.#tiered.delete(segment);
  }

  sync(segment: number, done: (error: unknown) => void): void {
    this.#of(segment).sync(segment, done);
  }

  close(): void {
    this.#move = undefined;
    this.#local.close();
    this.#tier.close();
  }

  /** The next piece of what has to go to the tier. @returns whether there is more to do now */
  move(): boolean {
    try {
      this.#move ??= this.#begin();
      if (this.#move === undefined || this.#move.isSyncing) return false;
      return this.#copyPiece(this.#move);
    } catch (error) {
      return this.#fail(error);
    }
  }

  /** What was copied by then goes; the next call begins anew. */
  #fail(error: unknown): false {
    this.#move = undefined;
    for (const segment of this.#tier.list()) {
      if (!this.#tiered.has(segment)) this.#tier.remove(segment);
    }
    this.#options.onFailure(error);
    return false;
  }

  #begin(): Move | undefined {
    const segments = this.#local.list();
    const [segment] = segments;
    const bytes = segments.reduce((sum, each) => sum + this.#local.size(each), 0);
    if (segment === undefined || segments.length === 1) return undefined;
    if (bytes <= this.#options.localBytes) return undefined;
    this.#tier.create(segment);
    return { segment, copiedBytes: 0, isSyncing: false };
  }

  #copyPiece(move: Move): boolean {
    const { segment, copiedBytes } = move;
    const left = this.#local.size(segment) - copiedBytes;
    if (left > 0) {
      const piece = Buffer.allocUnsafe(Math.min(left, this.#options.pieceBytes));
      this.#local.read(segment, copiedBytes, piece);
      this.#tier.append(segment, [piece]);
      move.copiedBytes += piece.length;
      return true;
    }
    move.isSyncing = true;
    this.#tier.sync(segment, (error) => {
      if (this.#move !== move) return;
      if (error) return void this.#fail(error);
      this.#move = undefined;
      this.#local.remove(segment);
      this.#tiered.add(segment);
    });
    return false;
  }

  /** What is about to change is not copied any further. */
  #giveUp(segment: number): void {
    if (this.#move?.segment !== segment) return;
    this.#move = undefined;
    this.#tier.remove(segment);
  }

  #of(segment: number): Storage {
    return this.#tiered.has(segment) ? this.#tier : this.#local;
  }
}
