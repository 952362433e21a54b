import { JournalError } from '../journal/commit-log.ts';
import { Status } from '../protocol/protocol.ts';
import type { Keeps } from '../rules.ts';
import type { Done } from './topics.ts';
import type { LogEntry, ProducerIdentity, TransactionEnd, TransactionEntry } from './entries.ts';
import { type IncludedOffsets, OpenTransaction } from './open-transaction.ts';
import type { Partition } from './partition.ts';
import { fencedProducer, type Refused, unknownProducer } from './refusals.ts';

export type Ended =
  | { readonly status: typeof Status.ok; readonly next: ProducerIdentity }
  | Refused;

export interface TransactionsOptions {
  readonly keeps: Keeps;
  /** Writes an entry into the journal and applies it. @throws JournalError */
  readonly record: (entry: TransactionEntry, committed: () => void) => void;
  /** An id that no producer has had. */
  readonly newProducer: () => number;
  /** What was included is the group's now. */
  readonly commitOffsets: (included: IncludedOffsets) => void;
  /** Readers may see more of a partition. */
  readonly arrived: (partition: Partition) => void;
}

type EndEntry = Extract<TransactionEntry, { kind: 'transaction-ended' }>;

interface TransactionalProducer {
  readonly transactionalId: string;
  readonly timeoutMs: number;
  readonly epoch: number;
  /** How its last transaction ended, for whoever asks again because the answer was lost. */
  readonly ended: EndEntry | undefined;
}

const epochMost = 0xffff;
/** Of an id whose epochs are used up. */
const retired = -1;

/**
 * The transactions of a log. A producer with a transactional id is always in one: its first batch or
 * included offset begins it. Every end, and everybody who takes the id over, has the next epoch, so that
 * nothing an older one still sends can join a later transaction (KIP-98, KIP-890). An end is one entry of
 * the journal, hence atomic over all partitions and offsets.
 */
export class Transactions {
  readonly #options: TransactionsOptions;
  readonly #producers = new Map<number, TransactionalProducer>();
  readonly #byTransactionalId = new Map<string, number>();
  readonly #open = new Map<number, OpenTransaction>();

  constructor(options: TransactionsOptions) {
    this.#options = options;
  }

  /** Takes the id over: what its last owner left open is aborted, and the owner fenced. */
  init(
    transactionalId: string,
    timeoutMs: number,
    done: (identity: ProducerIdentity) => void,
  ): void {
    const owner = this.#byTransactionalId.get(transactionalId);
    if (owner !== undefined && this.#open.has(owner)) this.#abort(owner);
    const identity = this.#after(this.#current(transactionalId));
    const entry = { kind: 'transactional-producer', transactionalId, identity, timeoutMs } as const;
    this.#options.record(entry, () => done(identity));
  }

  /** Why nothing of this producer may be stored; undefined also where it is not transactional. */
  refusal({ producer, epoch }: ProducerIdentity): Refused | undefined {
    const known = this.#producers.get(producer);
    const isFenced = known !== undefined && known.epoch !== epoch;
    const { keeps } = this.#options;
    return isFenced && keeps('fence-transactional-producers') ? fencedProducer : undefined;
  }

  /** Offsets that the group has checked join the transaction. */
  include(identity: ProducerIdentity, included: IncludedOffsets, done: (done: Done) => void): void {
    const { producer } = identity;
    const refusal = this.#producers.has(producer) ? this.refusal(identity) : unknownProducer;
    if (refusal !== undefined) return done(refusal);
    this.#options.record({ kind: 'offsets-included', producer, ...included }, () =>
      done({ status: Status.ok }),
    );
  }

  /** One that is empty ends without a trace. Asked again for the end that it had, it says so again. */
  end(identity: ProducerIdentity, end: TransactionEnd, done: (ended: Ended) => void): void {
    const known = this.#producers.get(identity.producer);
    if (known === undefined) return done(unknownProducer);
    const { ended } = known;
    if (ended?.end === end && ended.identity.epoch === identity.epoch) {
      return done({ status: Status.ok, next: ended.next });
    }
    const refusal = this.refusal(identity);
    if (refusal !== undefined) return done(refusal);
    if (this.#open.has(identity.producer)) {
      return this.#end(identity, end, (next) => done({ status: Status.ok, next }));
    }
    done({ status: Status.ok, next: identity });
  }

  /**
   * The partitions of this group are about to change hands: offsets that their last owners have included
   * and not committed by now must never be. Kafka lets the new owner wait instead (KIP-447).
   */
  abortIncluding(group: string): void {
    if (!this.#options.keeps('abort-when-partitions-move')) return;
    for (const [producer, open] of this.#open) if (open.includes(group)) this.#abort(producer);
  }

  /** A batch is being appended. @returns the transaction it is part of, if it is part of one */
  wrote(producer: number, partition: Partition, baseOffset: number): OpenTransaction | undefined {
    if (!this.#producers.has(producer)) return undefined;
    const open = this.#opened(producer);
    open.wroteTo(partition, baseOffset);
    return open;
  }

  apply(entry: TransactionEntry): void {
    switch (entry.kind) {
      case 'transactional-producer': {
        const { transactionalId, timeoutMs, identity } = entry;
        const ended = this.#producers.get(identity.producer)?.ended;
        this.#own(identity.producer, { transactionalId, timeoutMs, epoch: identity.epoch, ended });
        return;
      }
      case 'offsets-included': {
        const { group, topic, offsets } = entry;
        this.#opened(entry.producer).offsets.push({ group, topic, offsets });
        return;
      }
      case 'transaction-ended':
        this.#applyEnd(entry);
    }
  }

  /** The producer whose transaction it is, while it is open. */
  producerOf(transaction: OpenTransaction): number | undefined {
    for (const [producer, open] of this.#open) if (open === transaction) return producer;
    return undefined;
  }

  /** Entries that lead to the producers as they are, and to what was included and is not decided. */
  *kept(): Generator<TransactionEntry> {
    // An id that was taken over first: its next owner retires it once more.
    const byAge = [...this.#producers].toSorted(([a], [b]) => a - b);
    for (const [producer, { transactionalId, timeoutMs, epoch, ended }] of byAge) {
      const kind = 'transactional-producer';
      if (ended !== undefined && epoch !== retired) {
        yield { kind, transactionalId, timeoutMs, identity: ended.identity };
        yield ended;
      }
      const identity = { producer, epoch: epoch === retired ? epochMost : epoch };
      yield { kind, transactionalId, timeoutMs, identity };
    }
    for (const [producer, { offsets }] of this.#open) {
      for (const included of offsets) yield { kind: 'offsets-included', producer, ...included };
    }
  }

  /** The transaction that an entry ends, asked before it is applied. */
  ending(entry: LogEntry): OpenTransaction | undefined {
    return entry.kind === 'transaction-ended' ? this.#open.get(entry.identity.producer) : undefined;
  }

  /** Aborts what took longer than its producer allowed; what cannot be stored now, it tries again later. */
  tick(nowMs: number): void {
    for (const [producer, open] of this.#open) {
      const timeoutMs = this.#producers.get(producer)?.timeoutMs ?? 0;
      open.deadlineMs ??= nowMs + timeoutMs;
      if (open.deadlineMs > nowMs) continue;
      open.deadlineMs = nowMs + timeoutMs;
      try {
        this.#abort(producer);
      } catch (error) {
        if (!(error instanceof JournalError)) throw error;
      }
    }
  }

  /** At once where a deadline is still to be set. */
  nextWakeMs(): number | undefined {
    let next: number | undefined;
    for (const { deadlineMs = 0 } of this.#open.values()) {
      next = Math.min(next ?? deadlineMs, deadlineMs);
    }
    return next;
  }

  #opened(producer: number): OpenTransaction {
    const open = this.#open.get(producer) ?? new OpenTransaction();
    this.#open.set(producer, open);
    return open;
  }

  #abort(producer: number): void {
    const epoch = this.#producers.get(producer)?.epoch ?? retired;
    this.#end({ producer, epoch }, 'abort', () => {});
  }

  #end(
    identity: ProducerIdentity,
    end: TransactionEnd,
    done: (next: ProducerIdentity) => void,
  ): void {
    const open = this.#open.get(identity.producer);
    const next = this.#after(identity);
    this.#options.record({ kind: 'transaction-ended', identity, end, next }, () => {
      for (const partition of open?.settle() ?? []) this.#options.arrived(partition);
      done(next);
    });
  }

  #applyEnd(entry: EndEntry): void {
    const { identity, end, next } = entry;
    const open = this.#open.get(identity.producer);
    this.#open.delete(identity.producer);
    open?.finish(end);
    if (end === 'commit') open?.offsets.forEach((each) => this.#options.commitOffsets(each));
    const known = this.#producers.get(identity.producer);
    if (known !== undefined)
      this.#own(next.producer, { ...known, epoch: next.epoch, ended: entry });
  }

  /** The transactional id belongs to this producer now. */
  #own(producer: number, owner: TransactionalProducer): void {
    const before = this.#byTransactionalId.get(owner.transactionalId);
    if (before !== undefined) this.#producers.set(before, { ...owner, epoch: retired });
    this.#byTransactionalId.set(owner.transactionalId, producer);
    this.#producers.set(producer, owner);
  }

  #current(transactionalId: string): ProducerIdentity | undefined {
    const producer = this.#byTransactionalId.get(transactionalId);
    if (producer === undefined) return undefined;
    return { producer, epoch: this.#producers.get(producer)?.epoch ?? retired };
  }

  #after(identity: ProducerIdentity | undefined): ProducerIdentity {
    if (identity === undefined || identity.epoch === epochMost) {
      return { producer: this.#options.newProducer(), epoch: 0 };
    }
    return { producer: identity.producer, epoch: identity.epoch + 1 };
  }
}
