import type { SimulatedDisk } from '../../../engines/simulation.ts';
import type { Random } from '../../core/random.ts';
import type { Agenda } from './agenda.ts';
import { between, happens, ms } from '../../core/chance.ts';

interface Segment {
  /** Beyond what is written there is anything; nobody reads it. */
  bytes: Buffer;
  written: number;
  synced: number;
  /** What each sync that runs will have covered when it ends. */
  readonly syncing: Set<{ upTo: number }>;
}

const slowSyncMs = [5, 60] as const;

/**
 * A disk in memory. What is written survives its process; what is synced survives its machine. A sync takes
 * its time, now and then a long one.
 */
export class Disk implements SimulatedDisk {
  readonly #agenda: Agenda;
  readonly #random: Random;
  readonly #segments = new Map<number, Segment>();
  #room = Number.POSITIVE_INFINITY;
  /** Grows with every process that is lost: its syncs tell nobody. */
  #process = 0;

  constructor(agenda: Agenda, random: Random) {
    this.#agenda = agenda;
    this.#random = random;
  }

  list(): readonly number[] {
    return [...this.#segments.keys()].toSorted((a, b) => a - b);
  }

  create(segment: number): void {
    this.#segments.set(segment, {
      bytes: Buffer.allocUnsafe(4096),
      written: 0,
      synced: 0,
      syncing: new Set(),
    });
  }

  size(segment: number): number {
    return this.#of(segment).written;
  }

  append(segment: number, chunks: readonly Buffer[]): void {
    const of = this.#of(segment);
    for (const chunk of chunks) {
      const fits = Math.min(chunk.length, this.#room);
      this.#grow(of, of.written + fits);
      chunk.copy(of.bytes, of.written, 0, fits);
      of.written += fits;
      this.#room -= fits;
      if (fits < chunk.length) throw new Error('no space left on device');
    }
  }

  read(segment: number, position: number, into: Buffer): void {
    const { bytes, written } = this.#of(segment);
    if (position + into.length > written) throw new Error('the segment ends before');
    bytes.copy(into, 0, position, position + into.length);
  }

  truncate(segment: number, bytes: number): void {
    const of = this.#of(segment);
    this.#room += of.written - bytes;
    of.written = bytes;
    of.synced = Math.min(of.synced, bytes);
    // What comes to stand there next is not what a sync that runs began with.
    for (const sync of of.syncing) sync.upTo = Math.min(sync.upTo, bytes);
  }

  remove(segment: number): void {
    this.#room += this.#of(segment).written;
    this.#segments.delete(segment);
  }

  sync(segment: number, done: (error: unknown) => void): void {
    const of = this.#of(segment);
    const sync = { upTo: of.written };
    of.syncing.add(sync);
    const process = this.#process;
    const isSlow = happens(this.#random, 0.02);
    const tookMs = isSlow ? between(this.#random, ...slowSyncMs) : between(this.#random, 0.05, 2);
    this.#agenda.after(tookMs * ms, () => {
      of.syncing.delete(sync);
      if (this.#process !== process) return;
      of.synced = Math.max(of.synced, sync.upTo);
      done(null);
    });
  }

  close(): void {
    this.#process += 1;
  }

  loseProcess(): void {
    this.#process += 1;
  }

  /** Of what was not synced any part may be there, in any order and of any segment. */
  losePower(): void {
    this.#process += 1;
    for (const segment of this.list()) {
      const of = this.#of(segment);
      of.syncing.clear();
      const unsynced = of.written - of.synced;
      if (unsynced === 0) continue;
      // Of a journal's tail a part in front is the likely rest.
      if (happens(this.#random, 0.4)) this.#scatter(of);
      else {
        of.written = of.synced + this.#random.below(unsynced + 1);
        if (of.written > of.synced && happens(this.#random, 0.5)) this.#tear(of);
      }
      if (of.written === 0 && happens(this.#random, 0.5)) this.#segments.delete(segment);
    }
  }

  setRoom(bytes: number): void {
    this.#room = bytes;
  }

  /** The last sector holds something that nobody wrote. */
  #tear(of: Segment): void {
    const from = Math.max(of.synced, of.written - 1 - this.#random.below(32));
    for (let at = from; at < of.written; at += 1) of.bytes[at] = this.#random.below(256);
  }

  /** Some sectors reached the disk and others did not. */
  #scatter(of: Segment): void {
    const sectorBytes = 16 << this.#random.below(6);
    for (let from = of.synced; from < of.written; from += sectorBytes) {
      const isLost = happens(this.#random, 0.5);
      if (isLost) of.bytes.fill(0, from, Math.min(from + sectorBytes, of.written));
    }
  }

  #grow(of: Segment, bytes: number): void {
    if (bytes <= of.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(bytes, of.bytes.length * 2));
    of.bytes.copy(larger, 0, 0, of.written);
    of.bytes = larger;
  }

  #of(segment: number): Segment {
    const of = this.#segments.get(segment);
    if (of === undefined) throw new Error(`there is no segment ${segment}`);
    return of;
  }
}
