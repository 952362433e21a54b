import type { CellFacts } from '../../../../harness/core/facts.ts';
import {
  EventKind,
  Flag,
  noEpoch,
  OutcomeCode,
  TransactionEndCode,
} from '../../../../harness/core/events.ts';
import { consumerA, HistoryBuilder, producer } from '../history-of.ts';

type Outcome = 'ok' | 'fail' | 'unknown';
type End = 'commit' | 'abort';

export interface WriteDetails {
  readonly outcome?: Outcome | 'open';
  /** The input that it is made from. */
  readonly from?: readonly [lane: number, seq: number];
  readonly at?: readonly [scope: number, position: number];
}

/** Whose transactional id a transaction has, and with which epoch. */
export interface Owner {
  readonly id?: number;
  readonly epoch?: number;
  readonly actor?: number;
}

export const transacted: Partial<CellFacts> = { transactions: 'read-committed' };

/** Writes histories of transactions; everything about one without an owner is of the same producer. */
export class TransactionHistory extends HistoryBuilder {
  init(id: number, epoch: number, outcome: Outcome = 'ok'): this {
    const kind = EventKind.transactionInit;
    return this.add({ kind, scope: id, seq: epoch, outcome: OutcomeCode[outcome] });
  }

  begin(transaction: number, { id = 0, epoch = noEpoch, actor = producer }: Owner = {}): this {
    const kind = EventKind.transactionBegin;
    return this.add({ kind, actor, ref: transaction, scope: id, seq: epoch });
  }

  write(transaction: number, lane: number, seq: number, details: WriteDetails = {}): this {
    const { outcome = 'ok', from, at } = details;
    this.add({
      kind: EventKind.sendInvoke,
      actor: producer,
      lane,
      seq,
      attempt: 1,
      ref: transaction,
      ...(from === undefined
        ? {}
        : { flags: Flag.derived, positionMajor: from[0], positionMinor: from[1] }),
    });
    return outcome === 'open' ? this : this.settled(lane, seq, outcome, at);
  }

  reads(transaction: number, lane: number, seq: number, group = 0, actor = producer): this {
    return this.add({ kind: EventKind.transactionRead, actor, ref: transaction, group, lane, seq });
  }

  carries(transaction: number, scope: number, position: number, group = 0): this {
    return this.add({
      kind: EventKind.offsetCommitSettled,
      actor: producer,
      group,
      scope,
      positionMajor: position,
      seq: transaction,
      flags: Flag.placed,
      outcome: OutcomeCode.ok,
    });
  }

  asks(transaction: number, end: End, owner: Owner = {}): this {
    return this.#end(EventKind.transactionEndInvoke, transaction, end, 'none', owner);
  }

  answers(transaction: number, end: End, outcome: Outcome = 'ok', owner: Owner = {}): this {
    return this.#end(EventKind.transactionEndSettled, transaction, end, outcome, owner);
  }

  commit(transaction: number, outcome: Outcome = 'ok', owner: Owner = {}): this {
    return this.asks(transaction, 'commit', owner).answers(transaction, 'commit', outcome, owner);
  }

  abort(transaction: number, outcome: Outcome = 'ok', owner: Owner = {}): this {
    return this.asks(transaction, 'abort', owner).answers(transaction, 'abort', outcome, owner);
  }

  /** A read that was requested now and could see up to the position. */
  looks(scope: number, position: number, group = 0): this {
    const auxNs = this.nowNs;
    const flags = Flag.placed;
    const where = { scope, positionMajor: position, flags };
    return this.add({ kind: EventKind.read, ...consumerA, group, auxNs, ...where });
  }

  #end(
    kind: EventKind,
    transaction: number,
    end: End,
    outcome: Outcome | 'none',
    { id = 0, epoch = noEpoch, actor = producer }: Owner,
  ): this {
    return this.add({
      kind,
      actor,
      ref: transaction,
      scope: id,
      seq: epoch,
      detail: TransactionEndCode[end],
      outcome: OutcomeCode[outcome],
    });
  }
}

export function transactions(): TransactionHistory {
  return new TransactionHistory();
}
