import { AckmarkError } from '../../harness/core/errors.ts';
import type { Answer } from '../embedded/answer.ts';
import type { BrokerConnection } from '../embedded/client.ts';
import {
  type ProducerIdentity,
  readIdentity,
  type TransactionEnd,
} from '../embedded/log/entries.ts';
import { ClientCode, outcomeOfRefusal } from '../embedded/outcomes.ts';
import { beginRequest, sealRequest } from '../embedded/protocol/frame.ts';
import { writeEndTransaction } from '../embedded/protocol/log-messages.ts';
import { Api, type Refusal } from '../embedded/protocol/protocol.ts';
import type { Outcome, Transaction } from '../engine.ts';
import { LogTransaction } from './transaction.ts';

/** What the transactions of a producer need of it. */
export interface TransactingProducer {
  readonly nowNs: () => number;
  readonly connection: () => BrokerConnection | undefined;
  readonly flush: () => Promise<void>;
  /** A transaction has ended: this is the producer from now on. */
  readonly becomes: (identity: ProducerIdentity) => void;
  /** An end was refused: another owns the transactional id, or nothing can be stored. */
  readonly refused: (status: Refusal, reason: string) => void;
}

/** The request that ends a transaction, kept to be sent again: the broker answers a copy as the first. */
interface Ending {
  readonly frame: Buffer;
  readonly sinceNs: number;
  readonly done: (outcome: Outcome) => void;
  attempts: number;
}

/** The transactions of one producer, one after another. */
export class Transacting {
  readonly #transactionalId: string | undefined;
  readonly #producer: TransactingProducer;
  #current: LogTransaction | undefined;
  #ending: Ending | undefined;
  #isClosed = false;

  constructor(transactionalId: string | undefined, producer: TransactingProducer) {
    this.#transactionalId = transactionalId;
    this.#producer = producer;
  }

  get isTransactional(): boolean {
    return this.#transactionalId !== undefined;
  }

  /** @throws AckmarkError USAGE */
  begin(identity: ProducerIdentity): Transaction {
    if (!this.isTransactional) {
      throw new AckmarkError('USAGE', 'this producer has no transactional id', {
        hint: 'Give ProducerSpec.transactionalId to a producer that will call begin().',
      });
    }
    if (this.#current !== undefined) {
      throw new AckmarkError('USAGE', 'the transaction before has not ended', {
        hint: 'A producer has one transaction at a time; await its commit or abort.',
      });
    }
    this.#current = new LogTransaction(identity, {
      settled: this.#producer.flush,
      end: (end) => this.#end(identity, end),
    });
    return this.#current;
  }

  /** Why messages cannot be sent under `transaction`; undefined when they can. */
  refusalOf(transaction: Transaction | undefined): number | undefined {
    if (!this.isTransactional) return transaction === undefined ? undefined : ClientCode.notOffered;
    if (transaction === undefined || transaction !== this.#current) return ClientCode.notOffered;
    return this.#current.isOpen ? undefined : ClientCode.neverSent;
  }

  /** A message was refused: its transaction cannot be committed any more. */
  fail(): void {
    this.#current?.fail();
  }

  /** There is a connection again. */
  resume(): void {
    const connection = this.#producer.connection();
    if (connection === undefined || this.#ending === undefined) return;
    this.#ending.attempts += 1;
    connection.request(this.#ending.frame, (answer) => this.#answered(answer));
  }

  isOverdue(oldestNs: number): boolean {
    return this.#ending !== undefined && this.#ending.sinceNs <= oldestNs;
  }

  /** The producer ends; whether the transaction did is known only if nobody was asked to end it. */
  close(): void {
    this.#isClosed = true;
    const ending = this.#ending;
    this.#ending = undefined;
    ending?.done(ending.attempts === 0 ? 'fail' : 'unknown');
  }

  #end(identity: ProducerIdentity, end: TransactionEnd): Promise<Outcome> {
    // Nobody is asked any more, so nobody commits it.
    if (this.#isClosed) return Promise.resolve('fail');
    const request = writeEndTransaction(beginRequest(Api.endTransaction), { identity, end });
    return new Promise((done) => {
      const sinceNs = this.#producer.nowNs();
      this.#ending = { frame: sealRequest(request), sinceNs, done, attempts: 0 };
      this.resume();
    });
  }

  #answered(answer: Answer): void {
    const ending = this.#ending;
    if (ending === undefined || answer.kind === 'lost') return;
    this.#ending = undefined;
    this.#current = undefined;
    if (answer.kind === 'ok') {
      this.#producer.becomes(readIdentity(answer.body));
      return ending.done('ok');
    }
    ending.done(outcomeOfRefusal(answer.status, ending.attempts));
    this.#producer.refused(answer.status, answer.reason);
  }
}
