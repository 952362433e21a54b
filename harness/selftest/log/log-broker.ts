import { EventKind } from '../../core/events.ts';
import { between, ms } from '../../core/chance.ts';
import {
  type Destination,
  type Outgoing,
  placeFields,
  plainMessage,
  type SendAnswer,
} from '../../simulate/world/message.ts';
import type { World } from '../../simulate/world/world.ts';
import { misserved } from './misserved.ts';
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

interface Hole {
  readonly partition: Partition;
  readonly offset: number;
  readonly fits: (message: Outgoing) => boolean;
}

/**
 * A partitioned log on one durable disk: entries are answered and shown to readers when they are synced, a
 * crash cuts off what is not.
 */
export class LogBroker implements Destination {
  readonly partitions: Partition[];
  /** By scope: what it was split into. */
  readonly #children = new Map<number, readonly Partition[]>();
  isUp = true;
  readonly #world: World;
  readonly #options: LogOptions;
  readonly #random;
  readonly #known = new Map<string, { readonly partition: Partition; readonly entry: Entry }>();
  #incarnation = 0;
  #silentUntilNs = 0;
  /** A place that was passed over, and who may have it. */
  #hole: Hole | undefined;
  /** Where readers stop, though there is more. */
  #frozen: { scope: number; end: number; untilNs: number } | undefined;
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

  /** It takes requests and does nothing. */
  get isSilent(): boolean {
    return this.#world.agenda.nowNs < this.#silentUntilNs;
  }

  send(message: Outgoing, answer: (with_: SendAnswer) => void): void {
    const partition = this.#partitionFor(message);
    const { defect, agenda } = this.#world;
    if (defect.strikes('falls-silent')) this.#silentUntilNs = agenda.nowNs + 2_600 * ms;
    const first = this.#options.idempotent ? this.#known.get(idOf(message)) : undefined;
    if (first !== undefined && !defect.is('forgets-what-was-sent')) {
      return this.#answerWhenDurable(first.partition, first.entry, answer);
    }
    if (defect.strikes('stored-after-another')) {
      return this.#world.agenda.after(1.5 * ms, () => this.#store(partition, message, answer));
    }
    this.#store(partition, message, answer);
  }

  #store(partition: Partition, message: Outgoing, answer: (with_: SendAnswer) => void): void {
    const { defect } = this.#world;
    const entry = this.#append(partition, message);
    this.#known.set(idOf(message), { partition, entry });
    if (defect.strikes('stores-twice')) partition.append(message);
    if (defect.strikes('drops-acknowledged')) partition.remove(entry);
    this.#answerWhenDurable(partition, entry, answer);
  }

  #append(partition: Partition, message: Outgoing): Entry {
    const { defect, agenda, lanes } = this.#world;
    const hole = this.#hole;
    const isUnread = hole !== undefined && hole.offset >= partition.readTo;
    if (hole?.partition === partition && isUnread && hole.fits(message)) {
      this.#hole = undefined;
      return partition.insert(hole.offset, message);
    }
    const { lane } = message;
    const fromNs = agenda.nowNs + 15 * ms;
    // A place below this message is kept free for one that is sent after its acknowledgement.
    if (defect.strikes('lane-stored-backwards')) {
      const offset = partition.skip();
      this.#hole = { partition, offset, fits: (later) => later.lane === lane };
    }
    if (defect.strikes('lanes-stored-backwards')) {
      const offset = partition.skip();
      const fits = (later: Outgoing): boolean =>
        agenda.nowNs > fromNs && partition.endOf(later.lane) <= offset;
      this.#hole = { partition, offset, fits };
    }
    const [block] = lanes;
    const nobodys = block === undefined ? 0 : block.first + block.count;
    if (defect.strikes('invents-message')) partition.append(plainMessage(nobodys, 0));
    return partition.append(message);
  }

  /** The entries from an offset on that readers may see. */
  fetch(
    scope: number,
    from: number,
    most: number,
    group: number,
  ): { readonly entries: Entry[]; end: number } {
    const partition = this.partitions[scope];
    if (partition === undefined) return { entries: [], end: 0 };
    const end = this.#visibleEnd(partition, group);
    const entries = misserved(this.#world.defect, partition.read(from, most, end));
    partition.readTo = Math.max(partition.readTo, from, ...entries.map(({ offset }) => offset + 1));
    return { entries, end };
  }

  #visibleEnd({ scope, end }: Partition, group: number): number {
    const { defect, agenda } = this.#world;
    if (defect.strikes('reads-lag', 1, end > 5)) {
      this.#frozen = { scope, end, untilNs: agenda.nowNs + 1_500 * ms };
    }
    if (defect.strikes('group-stuck', 1, end > 5 && group === 0)) {
      this.#frozen = { scope, end, untilNs: agenda.nowNs + 2_600 * ms };
    }
    const frozen = this.#frozen;
    const isFrozen = frozen?.scope === scope && agenda.nowNs < frozen.untilNs;
    const isFor = defect.is('reads-lag') || group === 0;
    return isFrozen && isFor ? frozen.end : end;
  }

  /** From now on two new scopes take what the old one would; it keeps what it has. @returns the new ones */
  split(scope: number, actor: number): readonly number[] {
    const parent = this.partitions[scope];
    if (parent === undefined) return [];
    const children = [0, 1].map(
      (index) => new Partition(this.partitions.length + index, this.#options.entriesPerLedger),
    );
    this.partitions.push(...children);
    this.#children.set(scope, children);
    const place = placeFields(parent.placeOf(parent.next));
    for (const child of children) {
      this.#world.history.write(EventKind.scopeSplit, { actor, ...place, ref: child.scope });
    }
    return children.map((child) => child.scope);
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
    const { defect, agenda } = this.#world;
    if (defect.is('recovers-slowly')) this.#silentUntilNs = agenda.nowNs + 1_000 * ms;
  }

  #partitionFor({ lane, seq }: Outgoing): Partition {
    const span = this.#world.lanes.find(
      ({ first, count }) => lane >= first && lane < first + count,
    );
    const key = span?.ordered === false ? lane + seq : lane;
    const partition = this.partitions[key % this.#options.partitions];
    if (partition === undefined) throw new RangeError('a log without partitions');
    const children = this.#children.get(partition.scope);
    return children?.[Math.floor(key / this.#options.partitions) % 2] ?? partition;
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
      const isWrong = defect.strikes('answers-with-anothers-place', 1, entry.offset > 0);
      const offset = isWrong ? entry.offset - 1 : entry.offset;
      const place = this.#options.tellsPlaces ? partition.placeOf(offset) : undefined;
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
