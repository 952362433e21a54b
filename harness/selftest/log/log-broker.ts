import { between, ms } from '../world/chance.ts';
import type { Destination, Outgoing, SendAnswer } from '../world/message.ts';
import type { World } from '../world/world.ts';
import { type Entry, Partition } from './partition.ts';

export interface LogOptions {
  readonly partitions: number;
  /** 0: positions are one number; otherwise a ledger's and the entry's in it. */
  readonly entriesPerLedger: number;
  readonly syncMs: number;
  /** A message that was sent again is recognised and answered with its first place. */
  readonly idempotent: boolean;
  /** Places are told to producers. */
  readonly tellsPlaces: boolean;
}

/**
 * A partitioned log on one durable disk: entries are answered and shown to readers when they are synced, a
 * crash cuts off what is not.
 */
export class LogBroker implements Destination {
  readonly partitions: readonly Partition[];
  isUp = true;
  readonly #world: World;
  readonly #options: LogOptions;
  readonly #random;
  readonly #known = new Map<string, Entry>();
  #incarnation = 0;
  #crashWhen: { readonly is: (message: Outgoing) => boolean; readonly act: () => void } | undefined;

  constructor(world: World, options: LogOptions) {
    this.#world = world;
    this.#options = options;
    this.#random = world.random('partitions');
    this.partitions = Array.from(
      { length: options.partitions },
      (_, scope) => new Partition(scope, options.entriesPerLedger),
    );
  }

  send(message: Outgoing, answer: (with_: SendAnswer) => void): void {
    const partition = this.#partitionFor(message);
    const { defect } = this.#world;
    const first = this.#options.idempotent ? this.#known.get(idOf(message)) : undefined;
    if (first !== undefined && !defect.is('forgets-what-was-sent')) {
      return this.#answerWhenDurable(partition, first, answer);
    }
    const entry = partition.append(message);
    this.#known.set(idOf(message), entry);
    if (defect.strikes('stores-twice')) partition.append(message);
    if (defect.strikes('drops-acknowledged')) partition.remove(entry);
    this.#answerWhenDurable(partition, entry, answer);
  }

  /** The entries from an offset on that readers may see. */
  fetch(scope: number, from: number, most: number): { readonly entries: Entry[]; end: number } {
    const partition = this.partitions[scope];
    if (partition === undefined) return { entries: [], end: 0 };
    return { entries: partition.read(from, most), end: partition.end };
  }

  /** Right after the answer to such a message has left. */
  crashAfterAnswer(is: (message: Outgoing) => boolean, act: () => void): void {
    this.#crashWhen = { is, act };
  }

  /** @param tail entries a partition that are lost although they were durable */
  crash(tail: number): void {
    this.isUp = false;
    this.#incarnation += 1;
    for (const partition of this.partitions) {
      for (const { message } of partition.cutTail(tail)) this.#known.delete(idOf(message));
    }
  }

  recover(): void {
    this.isUp = true;
  }

  #partitionFor({ lane, seq }: Outgoing): Partition {
    const span = this.#world.lanes.find(
      ({ first, count }) => lane >= first && lane < first + count,
    );
    const key = span?.ordered === false ? lane + seq : lane;
    const partition = this.partitions[key % this.partitions.length];
    if (partition === undefined) throw new RangeError('a log without partitions');
    return partition;
  }

  #answerWhenDurable(
    partition: Partition,
    entry: Entry,
    answer: (with_: SendAnswer) => void,
  ): void {
    const { agenda, defect } = this.#world;
    const incarnation = this.#incarnation;
    const isAnsweredFirst = defect.is('answers-before-sync');
    const answered = (): void => {
      const place = this.#options.tellsPlaces ? partition.placeOf(entry.offset) : undefined;
      answer({ outcome: 'ok', place });
      if (this.#crashWhen?.is(entry.message) !== true) return;
      const { act } = this.#crashWhen;
      this.#crashWhen = undefined;
      act();
    };
    if (isAnsweredFirst) answered();
    const syncNs = between(this.#random, 0.1, 1) * this.#options.syncMs * ms;
    agenda.after(syncNs, () => {
      if (this.#incarnation !== incarnation) return;
      partition.sync();
      if (!isAnsweredFirst) answered();
    });
  }
}

function idOf({ lane, seq }: Outgoing): string {
  return `${lane}:${seq}`;
}
