import { BatchStore, type StoredBatch } from '../journal/batch-store.ts';
import { type CommitLog, type EntryAddress, type Need, sliceFrom } from '../journal/commit-log.ts';
import { BatchView, decodeHeaders } from '../protocol/batch.ts';
import type { Checkpointed, PlaceOf } from '../journal/space.ts';
import type { Keeps } from '../rules.ts';
import { type Arrival, BrokerState } from './broker-state.ts';
import type { Copy, Message } from './copy.ts';
import {
  type BrokerEntry,
  decodeBrokerEntry,
  encodeBrokerEntry,
  needOf,
  type PublishedEntry,
  publishedHeadBytes,
  type TopologyEntry,
} from './entries.ts';
import { keptState, persistentCopies } from './kept-state.ts';
import type { Headers, Routable } from './exchanges/exchange-type.ts';

type Committed = (arrived: readonly Arrival[]) => void;

interface Publishing {
  readonly persistent: boolean;
  /** Of the confirm; handed out is nothing that is not committed. */
  readonly need: Need;
  readonly confirm: () => void;
  readonly committed: Committed;
}

const noHeaders: Headers = {};

/** The journal and the state it stands for: what is applied was written first, transient messages apart. */
export class Ledger implements Checkpointed {
  readonly state: BrokerState;
  readonly #log: CommitLog;
  readonly #keeps: Keeps;
  readonly #batches: BatchStore;

  constructor(log: CommitLog, cacheBytes: number, keeps: Keeps) {
    this.#log = log;
    this.#keeps = keeps;
    this.#batches = new BatchStore(log, cacheBytes);
    this.state = new BrokerState(keeps);
  }

  replay(payload: Buffer, address: EntryAddress): void {
    const entry = decodeBrokerEntry(payload);
    if (entry.kind === 'removed' && !this.#keeps('remember-acknowledgements')) return;
    const stored = this.#replayed(entry, address);
    this.state.apply(entry, stored === undefined ? undefined : { stored, persistent: true });
  }

  /** @throws JournalError, and then nothing has changed; so do all that follow */
  record(entry: TopologyEntry, committed: Committed): void {
    if (this.#isPassing(entry)) return committed(this.state.apply(entry));
    const address = this.#log.append([encodeBrokerEntry(entry)], needOf(entry));
    const arrived = this.state.apply(entry);
    this.#log.when(address.index, needOf(entry), () => committed(arrived));
  }

  /** @throws JournalError, and then nothing has changed */
  publish(entry: PublishedEntry, batch: Buffer, publishing: Publishing): void {
    const { persistent, need, confirm, committed } = publishing;
    if (!persistent || !this.#keeps('confirm-when-stored')) {
      const stored = { segment: 0, position: 0, length: batch.length, bytes: batch };
      const arrived = this.state.apply(entry, { stored, persistent: false });
      confirm();
      return committed(arrived);
    }
    const address = this.#log.append([encodeBrokerEntry(entry), batch], need);
    const stored = this.#stored(entry, address, batch);
    const arrived = this.state.apply(entry, { stored, persistent: true });
    this.#log.when(address.index, need, confirm);
    this.#log.when(address.index, 'committed', () => committed(arrived));
  }

  /** What happens to copies: written for the persistent ones, and applied to the others all the same. */
  change(
    copies: readonly Copy[],
    entryOf: (copies: readonly Copy[]) => BrokerEntry,
    committed: Committed,
  ): void {
    const stored = copies.filter(({ message }) => message.persistent);
    const transient = copies.filter(({ message }) => !message.persistent);
    const arrived: Arrival[] = [];
    let index: number | undefined;
    if (stored.length > 0) {
      const entry = entryOf(stored);
      ({ index } = this.#log.append([encodeBrokerEntry(entry)], 'committed'));
      arrived.push(...this.state.apply(entry));
    }
    if (transient.length > 0) arrived.push(...this.state.apply(entryOf(transient)));
    const need = this.#keeps('hand-out-when-replicated') ? 'committed' : 'leader';
    if (index === undefined) committed(arrived);
    else this.#log.when(index, need, () => committed(arrived));
  }

  viewOf({ stored }: Message): BatchView {
    return BatchView.trusted(this.#batches.load(stored));
  }

  *live(): Generator<StoredBatch> {
    for (const queue of this.state.queues.values()) {
      for (const { message } of persistentCopies(queue)) yield message.stored;
    }
  }

  entries(placeOf: PlaceOf): Iterable<Buffer> {
    return keptState(this.state, placeOf);
  }

  #isPassing(entry: TopologyEntry): boolean {
    if (entry.kind === 'queue-declared') return entry.spec.exclusive;
    return 'queue' in entry && this.state.isPassing(entry.queue);
  }

  #replayed(entry: BrokerEntry, address: EntryAddress): StoredBatch | undefined {
    if (entry.kind === 'copies-kept') return this.#batches.kept(entry.batch);
    return entry.kind === 'published' ? this.#stored(entry, address, undefined) : undefined;
  }

  #stored(entry: PublishedEntry, address: EntryAddress, batch: Buffer | undefined): StoredBatch {
    return this.#batches.add(sliceFrom(address, publishedHeadBytes(entry)), batch);
  }
}

/** The routing key is whatever bytes the client gave; each is one character here. */
export function routableOf(batch: BatchView, slot: number): Routable {
  return {
    key: batch.key(slot)?.toString('latin1') ?? '',
    headers: () => decodeHeaders(batch.headers(slot)) ?? noHeaders,
  };
}
