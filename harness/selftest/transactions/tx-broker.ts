import type { Entry } from '../log/partition.ts';
import { Partition } from '../log/partition.ts';
import { ms } from '../../core/chance.ts';
import type { Destination, Outgoing, Place, SendAnswer } from '../../simulate/world/message.ts';
import { plainMessage } from '../../simulate/world/message.ts';
import type { World } from '../../simulate/world/world.ts';

interface Transaction {
  readonly id: number;
  state: 'open' | 'committed' | 'aborted';
  readonly writes: { readonly partition: Partition; readonly entry: Entry }[];
}

interface Identity {
  epoch: number;
  open: Transaction | undefined;
}

/** What a request of a transactional client says of itself. */
export interface Signature {
  readonly identity: number;
  readonly epoch: number;
  readonly transaction: number;
}

export type Ending =
  | { readonly how: 'abort' }
  /** The input offset that becomes the committed one together with the writes. */
  | { readonly how: 'commit'; readonly scope: number; readonly offset: number };

/** What readers of committed messages may see, where that ends, and where to go on. */
export interface Fetched {
  readonly entries: readonly Entry[];
  readonly end: number;
  readonly next: number;
}

/** Longer than the bound of a model (T9). */
const hangingNs = 4_000 * ms;

/**
 * A log with transactions: writes are seen when their transaction has committed, the offsets of its inputs
 * move with them, and a newer epoch of a transactional id fences off the older ones.
 */
export class TxBroker implements Destination {
  readonly partitions: readonly Partition[];
  readonly #world: World;
  readonly #inputs: number;
  readonly #identities = new Map<number, Identity>();
  readonly #transactions = new Map<number, Transaction>();
  readonly #committed = new Map<number, number>();
  /** A write that came too late for its transaction. */
  #late:
    | { readonly by: Signature; readonly message: Outgoing; readonly partition: Partition }
    | undefined;
  #hangs: { readonly scope: number; readonly offset: number; readonly untilNs: number } | undefined;

  /** @param inputs the first scopes, which producers write to by lane; the rest are outputs */
  constructor(world: World, inputs: number, outputs: number) {
    this.#world = world;
    this.#inputs = inputs;
    this.partitions = Array.from(
      { length: inputs + outputs },
      (_, scope) => new Partition(scope, 0),
    );
  }

  /** Of plain producers. */
  send(message: Outgoing, answer: (with_: SendAnswer) => void): void {
    const partition = this.#partition(message.lane % this.#inputs);
    const entry = partition.append(message);
    partition.sync();
    answer({ outcome: 'ok', place: partition.placeOf(entry.offset) });
  }

  committedOf(scope: number): number {
    return this.#committed.get(scope) ?? 0;
  }

  /** @returns the new epoch; what an older one had begun is aborted */
  init(identity: number): number {
    const of = this.#identity(identity);
    of.epoch += 1;
    if (of.open !== undefined && !this.#world.defect.is('accepts-old-epoch')) {
      this.#finish(of.open, 'aborted');
      of.open = undefined;
    }
    return of.epoch;
  }

  /** @returns undefined for an epoch that is fenced off, `silent` where it never answers */
  write(by: Signature, scope: number, message: Outgoing): Place | undefined | 'silent' {
    const transaction = this.#openOf(by);
    if (transaction === undefined) return undefined;
    const partition = this.#partition(scope);
    if (this.#world.defect.strikes('late-write-taken')) {
      this.#late = { by, message, partition };
      return 'silent';
    }
    this.#takeLate(by, transaction);
    return partition.placeOf(this.#append(transaction, partition, message).offset);
  }

  /** Whether it is done; repeated, it is answered as before. */
  end(by: Signature, ending: Ending): boolean {
    if (this.isFenced(by)) return false;
    const known = this.#transactions.get(by.transaction);
    const wanted = ending.how === 'commit' ? 'committed' : 'aborted';
    if (known !== undefined && known.state !== 'open') return known.state === wanted;
    const transaction = this.#openOf(by);
    if (transaction === undefined) return false;
    this.#finish(transaction, wanted);
    const of = this.#identity(by.identity);
    if (of.open === transaction) of.open = undefined;
    if (ending.how === 'commit' && !this.#world.defect.strikes('offsets-forgotten')) {
      this.#committed.set(ending.scope, ending.offset);
    }
    return true;
  }

  isFenced({ identity, epoch }: Pick<Signature, 'identity' | 'epoch'>): boolean {
    return epoch !== this.#identity(identity).epoch && !this.#world.defect.is('accepts-old-epoch');
  }

  fetch(scope: number, from: number, most: number, as: 'reader' | 'peer' = 'reader'): Fetched {
    const partition = this.#partition(scope);
    const isOpen = as === 'peer' && this.#world.defect.is('peers-see-open');
    const end = isOpen ? partition.next : this.#stableEnd(partition);
    const found = partition.read(from, most, end);
    const last = found.length < most ? undefined : found.at(-1);
    const next = Math.max(from, last === undefined ? end : last.offset + 1);
    return { entries: found.filter((entry) => this.#isVisible(entry)), end, next };
  }

  /** The first offset whose transaction is still open. */
  #stableEnd(partition: Partition): number {
    const { defect, agenda } = this.#world;
    const open = [...this.#transactions.values()]
      .filter(({ state }) => state === 'open')
      .flatMap(({ writes }) => writes.filter((write) => write.partition === partition))
      .map(({ entry }) => entry.offset);
    const hangs = this.#hangs;
    const isHanging = hangs?.scope === partition.scope && agenda.nowNs < hangs.untilNs;
    const end = Math.min(partition.next, ...open, isHanging ? hangs.offset : partition.next);
    if (defect.strikes('serves-open', 5, open.length === 1)) return partition.next;
    return end;
  }

  #isVisible({ message: { transaction } }: Entry): boolean {
    const { defect } = this.#world;
    const state = transaction === 0 ? 'committed' : this.#transactions.get(transaction)?.state;
    if (state !== 'aborted') return true;
    return defect.strikes('serves-aborted');
  }

  #openOf({ identity, epoch, transaction: id }: Signature): Transaction | undefined {
    if (this.isFenced({ identity, epoch })) return undefined;
    const of = this.#identity(identity);
    const known = this.#transactions.get(id);
    if (known !== undefined) return known.state === 'open' ? known : undefined;
    const transaction: Transaction = { id, state: 'open', writes: [] };
    this.#transactions.set(id, transaction);
    of.open = transaction;
    return transaction;
  }

  #append(transaction: Transaction, partition: Partition, message: Outgoing): Entry {
    const entry = partition.append({ ...message, transaction: transaction.id });
    partition.sync();
    transaction.writes.push({ partition, entry });
    return entry;
  }

  #takeLate({ identity }: Signature, transaction: Transaction): void {
    const late = this.#late;
    if (late === undefined || late.by.identity !== identity) return;
    if (late.by.transaction === transaction.id) return;
    this.#late = undefined;
    const { lane, seq } = late.message;
    this.#append(transaction, late.partition, plainMessage(lane, seq));
  }

  #finish(transaction: Transaction, state: 'committed' | 'aborted'): void {
    const { defect, agenda } = this.#world;
    transaction.state = state;
    const { writes } = transaction;
    const [first] = writes;
    const isHalf = state === 'committed' && writes.length > 1;
    if (first !== undefined && defect.strikes('commits-half', 1, isHalf)) {
      first.partition.remove(first.entry);
    }
    if (first !== undefined && defect.strikes('never-stable')) {
      const untilNs = agenda.nowNs + hangingNs;
      this.#hangs = { scope: first.partition.scope, offset: first.entry.offset, untilNs };
    }
    // The marker that tells readers how it ended.
    for (const partition of new Set(writes.map((write) => write.partition))) {
      partition.skip();
      partition.sync();
    }
  }

  #identity(identity: number): Identity {
    const known = this.#identities.get(identity) ?? { epoch: -1, open: undefined };
    this.#identities.set(identity, known);
    return known;
  }

  #partition(scope: number): Partition {
    const partition = this.partitions[scope];
    if (partition === undefined) throw new RangeError(`no partition ${scope}`);
    return partition;
  }
}
