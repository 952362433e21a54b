import type {
  ActorContext,
  Consumer,
  Outgoing,
  Producer,
  ProducerSink,
  Session,
} from '../engine.ts';
import type { Freeze, NullOptions } from './engine.ts';

/** Loaded in the actor's worker. */
export function openSession(options: NullOptions, actor: ActorContext): Session {
  return {
    producer: async (_spec, sink) => new NullProducer(sink, options.freeze, actor),
    consumer: async () => silentConsumer,
    close: async () => undefined,
  };
}

const silentConsumer: Consumer = {
  request: () => undefined,
  settle: () => undefined,
  close: async () => undefined,
};

/** Answers every send on the next turn of the event loop. Allocates nothing per message. */
class NullProducer implements Producer {
  readonly #sink: ProducerSink;
  readonly #actor: ActorContext;
  #freeze: Freeze | undefined;
  #firstSendNs = -1;
  #tickets = new Uint32Array(4_096);
  #spare = new Uint32Array(4_096);
  #waiting = 0;
  #flushed: (() => void)[] = [];

  constructor(sink: ProducerSink, freeze: Freeze | undefined, actor: ActorContext) {
    this.#sink = sink;
    this.#freeze = freeze;
    this.#actor = actor;
  }

  send(batch: readonly Outgoing[]): void {
    if (this.#freeze !== undefined) this.#maybeFreeze(this.#freeze);
    if (this.#waiting === 0) setImmediate(this.#answer);
    if (this.#waiting + batch.length > this.#tickets.length) this.#grow(batch.length);
    for (const message of batch) {
      this.#tickets[this.#waiting] = message.ticket;
      this.#waiting += 1;
    }
  }

  flush(): Promise<void> {
    if (this.#waiting === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#flushed.push(resolve);
    });
  }

  async close(): Promise<void> {
    await this.flush();
  }

  readonly #answer = (): void => {
    // Swapped, so that a send from within an outcome starts the next turn's list.
    const tickets = this.#tickets;
    const count = this.#waiting;
    this.#tickets = this.#spare;
    this.#spare = tickets;
    this.#waiting = 0;
    for (let i = 0; i < count; i += 1) {
      this.#sink.settled(tickets[i] ?? 0, 'ok', 0, undefined, 1);
    }
    for (const resolve of this.#flushed.splice(0)) resolve();
  };

  #grow(more: number): void {
    const larger = new Uint32Array((this.#waiting + more) * 2);
    larger.set(this.#tickets);
    this.#tickets = larger;
  }

  #maybeFreeze(freeze: Freeze): void {
    const nowNs = this.#actor.nowNs();
    if (this.#firstSendNs < 0) this.#firstSendNs = nowNs;
    if (nowNs - this.#firstSendNs < freeze.atMs * 1e6) return;
    this.#freeze = undefined;
    if (freeze.how === 'block') this.#block(freeze, nowNs);
    else this.#pushBack(freeze, nowNs);
  }

  #block(freeze: Freeze, fromNs: number): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, freeze.forMs);
    note(freeze, fromNs, this.#actor.nowNs());
  }

  #pushBack(freeze: Freeze, fromNs: number): void {
    this.#sink.writable(false);
    setTimeout(() => {
      note(freeze, fromNs, this.#actor.nowNs());
      this.#sink.writable(true);
    }, freeze.forMs);
  }
}

function note(freeze: Freeze, fromNs: number, untilNs: number): void {
  if (freeze.measured === undefined) return;
  new Float64Array(freeze.measured).set([fromNs, untilNs]);
}
