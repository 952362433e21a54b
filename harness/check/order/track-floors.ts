import { Floors } from './send-floors.ts';

/** Tracks whose maxima are kept. */
const most = 1 << 16;
/**
 * A row is 64 bytes, so that looking at one touches one cache line: two maxima of time, major and minor, how
 * many of them there are, and what became of older ones.
 */
const width = 8;
const countColumn = 6;
const olderColumn = 7;
const forgotOlder = 1;
/** From here on: the number of the track's full floors. */
const firstFull = 2;

/**
 * The floors of many tracks. Where answers come before the next send, two maxima are all that a track needs
 * to remember; a track that needs more gets floors of its own.
 */
export class TrackFloors {
  #rows = new Float64Array(64 * width);
  readonly #rowOf = new Map<number, number>();
  readonly #full: Floors[] = [];
  /** By lane, side by side: the scope to which its last send went plus one, and the row of that track. */
  #recent = new Float64Array(64);

  /** The row of the lane's last send if that went to this scope, where a lane's sends mostly stay; else -1. */
  recentRow(lane: number, scope: number): number {
    const at = lane * 2;
    return this.#recent[at] === scope + 1 ? (this.#recent[at + 1] as number) : -1;
  }

  /** @param track of the lane's sends to this scope. @returns its row; -1 when there is room for no more */
  rowOf(lane: number, scope: number, track: number): number {
    const at = lane * 2;
    const row = this.#rowOf.get(track) ?? this.#add(track);
    if (row < 0) return row;
    if (at >= this.#recent.length) this.#recent = larger(this.#recent, at + 2);
    this.#recent[at] = scope + 1;
    this.#recent[at + 1] = row;
    return row;
  }

  /** As `Floors.isBelow`. */
  isBelow(row: number, timeNs: number, major: number, minor: number): boolean | 'unknown' {
    const older = this.#rows[row + olderColumn] as number;
    if (older >= firstFull) return this.#fullOf(older).isBelow(timeNs, major, minor);
    let at = row + ((this.#rows[row + countColumn] as number) - 1) * 3;
    if (at >= row && this.#isAbove(at, major, minor)) return false;
    for (; at >= row; at -= 3) {
      if ((this.#rows[at] as number) < timeNs) return !this.#isAbove(at, major, minor);
    }
    return older === forgotOlder ? 'unknown' : false;
  }

  /** As `Floors.note`. */
  note(row: number, timeNs: number, invokedNs: number, major: number, minor: number): void {
    const older = this.#rows[row + olderColumn] as number;
    if (older >= firstFull) return this.#fullOf(older).note(timeNs, invokedNs, major, minor);
    const count = this.#rows[row + countColumn] as number;
    const newest = row + (count - 1) * 3;
    if (count > 0) {
      if (!this.#isAbove(newest, major, minor)) return;
      if (this.#rows[newest] === timeNs) return this.#write(newest, timeNs, major, minor);
    }
    if (count < 2) {
      this.#rows[row + countColumn] = count + 1;
      return this.#write(newest + 3, timeNs, major, minor);
    }
    if ((this.#rows[newest] as number) >= invokedNs) {
      return this.#ownFloors(row).note(timeNs, invokedNs, major, minor);
    }
    this.#rows[row + olderColumn] = forgotOlder;
    // Not by copyWithin, which costs more than all the rest.
    const rows = this.#rows;
    this.#write(
      row,
      rows[newest] as number,
      rows[newest + 1] as number,
      rows[newest + 2] as number,
    );
    this.#write(newest, timeNs, major, minor);
  }

  bytes(): number {
    return this.#rows.byteLength + this.#recent.byteLength;
  }

  #add(track: number): number {
    const rows = this.#rowOf.size;
    if (rows >= most) return -1;
    const row = rows * width;
    if (row >= this.#rows.length) this.#rows = larger(this.#rows, row + width);
    this.#rowOf.set(track, row);
    return row;
  }

  /** What the row remembers, with room for more. */
  #ownFloors(row: number): Floors {
    const floors = new Floors(this.#rows[row + olderColumn] === forgotOlder);
    for (let at = row; at < row + countColumn; at += 3) {
      const [timeNs = 0, major = 0, minor = 0] = this.#rows.subarray(at, at + 3);
      floors.note(timeNs, Number.NEGATIVE_INFINITY, major, minor);
    }
    this.#rows[row + olderColumn] = this.#full.push(floors) - 1 + firstFull;
    return floors;
  }

  #write(at: number, timeNs: number, major: number, minor: number): void {
    this.#rows[at] = timeNs;
    this.#rows[at + 1] = major;
    this.#rows[at + 2] = minor;
  }

  #isAbove(at: number, major: number, minor: number): boolean {
    const known = this.#rows[at + 1] as number;
    return major > known || (major === known && minor > (this.#rows[at + 2] as number));
  }

  #fullOf(older: number): Floors {
    return this.#full[older - firstFull] as Floors;
  }
}

function larger(from: Float64Array, least: number): Float64Array<ArrayBuffer> {
  const into = new Float64Array(Math.max(least, from.length * 2));
  into.set(from);
  return into;
}
