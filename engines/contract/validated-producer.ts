import { invariant } from '../../harness/core/errors.ts';
import type {
  Consumer,
  Delivery,
  Outcome,
  Outgoing,
  Place,
  Producer,
  ProducerSink,
  Transaction,
} from '../engine.ts';
import type { Judge } from './judge.ts';
import { undeclaredUse } from './undeclared.ts';

/** A ticket no caller uses: whoever settles it has read an object after giving it back. */
const poison = -1;
const rememberedMost = 65_536;

interface Pending {
  readonly undeclared: string | undefined;
  readonly transaction: Transaction | undefined;
}

/** Watches one producer. `innerConsumer` maps a watched consumer to the adapter's own. */
export class ProducerWatch {
  readonly #judge: Judge;
  readonly #sink: ProducerSink;
  readonly #innerConsumer: (consumer: Consumer) => Consumer;
  readonly #pending = new Map<number, Pending>();
  readonly #done = new Set<number>();
  readonly #innerTransaction = new WeakMap<Transaction, Transaction>();
  #closed = false;

  constructor(judge: Judge, sink: ProducerSink, innerConsumer: (consumer: Consumer) => Consumer) {
    this.#judge = judge;
    this.#sink = sink;
    this.#innerConsumer = innerConsumer;
  }

  /** The session was closed, and the producer with it. */
  end(): void {
    this.#checkAllSettled('close-settles', 'the session was closed');
    this.#closed = true;
  }

  sink(): ProducerSink {
    return {
      settled: (ticket, outcome, code, place, attempts) => {
        if (this.#maySettle(ticket, outcome, code, place, attempts)) {
          this.#sink.settled(ticket, outcome, code, place, attempts);
        }
      },
      throttled: (sends) => this.#sink.throttled?.(sends),
      returned: (ticket) => {
        if (this.#mayReturn(ticket)) this.#sink.returned(ticket);
      },
      writable: (is) => {
        if (this.#open('writable')) this.#sink.writable(is);
      },
      disconnected: (error) => {
        if (!this.#open('disconnected')) return;
        this.#checkAllSettled('disconnected-settles-first', 'disconnected');
        this.#sink.disconnected(error);
      },
    };
  }

  wrap(inner: Producer): Producer {
    const declared = this.#judge.traits.capabilities.has('transactions');
    if (declared !== (inner.begin !== undefined)) {
      this.#judge.broke('presence-is-declared', `begin is ${declared ? 'absent' : 'present'}`);
    }
    const begin = inner.begin?.bind(inner);
    return {
      send: (batch, transaction) => this.#send(inner, batch, transaction),
      ...(begin === undefined ? {} : { begin: async () => this.#wrapTransaction(await begin()) }),
      flush: () => this.#flush(inner),
      close: async () => {
        await inner.close();
        this.end();
        this.#judge.throwIfBroken();
      },
    };
  }

  #send(inner: Producer, batch: readonly Outgoing[], transaction: Transaction | undefined): void {
    this.#judge.throwIfBroken();
    const limit = this.#judge.traits.sendLimit;
    invariant(!this.#closed, 'the harness sends after close');
    invariant(batch.length > 0 && batch.length <= limit.messages, 'the harness exceeds sendLimit');
    const lent = batch.map((message) => ({ ...message }));
    for (const message of lent) {
      invariant(
        !this.#pending.has(message.ticket),
        `the harness uses ticket ${message.ticket} twice`,
      );
      const undeclared = undeclaredUse(this.#judge.traits.capabilities, message);
      this.#pending.set(message.ticket, { undeclared, transaction });
    }
    try {
      inner.send(lent, transaction && this.#innerTransaction.get(transaction));
    } catch (refusal) {
      for (const { ticket } of batch) this.#pending.delete(ticket);
      throw refusal;
    }
    for (const message of lent) {
      message.ticket = poison;
      message.destination = poison;
      message.body = Buffer.alloc(0);
    }
    lent.length = 0;
  }

  async #flush(inner: Producer): Promise<void> {
    const before = new Set(this.#pending.keys());
    await inner.flush();
    for (const ticket of before) {
      if (this.#pending.has(ticket))
        this.#judge.broke('flush-waits', `ticket ${ticket} is unsettled`);
    }
    this.#judge.throwIfBroken();
  }

  #wrapTransaction(inner: Transaction): Transaction {
    const outer: Transaction = {
      include: (consumer: Consumer, upTo: readonly Delivery[]): Promise<Outcome> =>
        inner.include(this.#innerConsumer(consumer), upTo),
      commit: async () => {
        const outcome = await inner.commit();
        if (outcome === 'ok') this.#checkCommitted(outer);
        this.#judge.throwIfBroken();
        return outcome;
      },
      abort: () => inner.abort(),
    };
    this.#innerTransaction.set(outer, inner);
    return outer;
  }

  #checkCommitted(transaction: Transaction): void {
    for (const [ticket, pending] of this.#pending) {
      if (pending.transaction === transaction) {
        this.#judge.broke('commit-settles', `ticket ${ticket} is unsettled`);
      }
    }
  }

  #maySettle(
    ticket: number,
    outcome: Outcome,
    code: number,
    place: Place | undefined,
    attempts: number,
  ): boolean {
    const judge = this.#judge;
    const what = `ticket ${ticket}, outcome ${outcome}`;
    if (!this.#open(`settled (${what})`)) return false;
    if (ticket === poison) return judge.broke('outgoing-is-not-kept', 'a returned object was read');
    const pending = this.#pending.get(ticket);
    if (pending === undefined) {
      return judge.broke(this.#done.has(ticket) ? 'ticket-settles-once' : 'ticket-is-known', what);
    }
    this.#pending.delete(ticket);
    this.#remember(ticket);
    if (outcome === 'ok' && judge.traits.sendReply === 'none') {
      return judge.broke('no-reply-is-never-ok', what);
    }
    if (outcome === 'ok' && pending.undeclared !== undefined) {
      return judge.broke('undeclared-is-refused', `${what}: it used "${pending.undeclared}"`);
    }
    if (!Number.isInteger(attempts) || attempts < 1) {
      return judge.broke('attempts-count', `${what}, attempts ${attempts}`);
    }
    return judge.checkCode(outcome === 'ok', code) && this.#mayPlace(outcome, place, what);
  }

  #mayPlace(outcome: Outcome, place: Place | undefined, what: string): boolean {
    const declared = this.#judge.traits.capabilities.has('places');
    if (place !== undefined && !declared) {
      return this.#judge.broke('report-what-is-declared', `${what}: a place without "places"`);
    }
    if (place === undefined && declared && outcome === 'ok') {
      return this.#judge.broke('report-what-is-declared', `${what}: no place despite "places"`);
    }
    return true;
  }

  #mayReturn(ticket: number): boolean {
    if (!this.#open(`returned (ticket ${ticket})`)) return false;
    if (!this.#judge.traits.capabilities.has('returns')) {
      return this.#judge.broke(
        'report-what-is-declared',
        `ticket ${ticket} returned without "returns"`,
      );
    }
    if (!this.#pending.has(ticket) && !this.#done.has(ticket)) {
      return this.#judge.broke('ticket-is-known', `ticket ${ticket} returned`);
    }
    return true;
  }

  #open(call: string): boolean {
    return this.#closed ? this.#judge.broke('silent-after-close', `ProducerSink.${call}`) : true;
  }

  #checkAllSettled(rule: 'close-settles' | 'disconnected-settles-first', when: string): void {
    const [first] = this.#pending.keys();
    if (first === undefined) return;
    this.#judge.broke(rule, `${when} with ${this.#pending.size} unsettled, first ticket ${first}`);
    this.#pending.clear();
  }

  #remember(ticket: number): void {
    this.#done.add(ticket);
    if (this.#done.size <= rememberedMost) return;
    for (const oldest of this.#done) {
      this.#done.delete(oldest);
      return;
    }
  }
}
