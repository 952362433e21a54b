import { describeError } from '../../../harness/core/errors.ts';
import type {
  Outcome,
  Outgoing,
  Place,
  Producer,
  ProducerSink,
  Transaction,
} from '../../engine.ts';
import { eventually, must } from './expecting.ts';

export interface Settled {
  readonly outcome: Outcome;
  readonly code: number;
  readonly place: Place | undefined;
  readonly attempts: number;
}

export type Letter = Partial<Omit<Outgoing, 'ticket' | 'body'>> & {
  readonly body: Buffer | string;
};

/** A producer of the suite with its sink: hands out tickets and remembers how each ended. */
export class Sender implements ProducerSink {
  readonly outcomes = new Map<number, Settled>();
  readonly returns: number[] = [];
  readonly patienceMs: number;
  producer: Producer | undefined;
  #nextTicket = 1;
  #isWritable = true;
  #disconnected: unknown;

  constructor(patienceMs: number) {
    this.patienceMs = patienceMs;
  }

  settled(
    ticket: number,
    outcome: Outcome,
    code: number,
    place: Place | undefined,
    attempts: number,
  ): void {
    this.outcomes.set(ticket, { outcome, code, place, attempts });
  }

  returned(ticket: number): void {
    this.returns.push(ticket);
  }

  writable(is: boolean): void {
    this.#isWritable = is;
  }

  disconnected(error: unknown): void {
    this.#disconnected = error;
  }

  /** Hands one batch over and returns its tickets; throws what the adapter throws. */
  send(letters: readonly Letter[], transaction?: Transaction): readonly number[] {
    must(this.producer !== undefined, 'the session gave no producer');
    const batch = letters.map((letter) => this.#outgoing(letter));
    this.producer.send(batch, transaction);
    return batch.map(({ ticket }) => ticket);
  }

  /** In as many batches as the limit asks for, waiting while the client is full. */
  async sendAll(
    letters: readonly Letter[],
    limit: { messages: number; bytes: number },
    transaction?: Transaction,
  ): Promise<readonly Settled[]> {
    const tickets: number[] = [];
    for (let from = 0; from < letters.length; ) {
      await this.#writable();
      let bytes = 0;
      let to = from;
      while (to < letters.length && to - from < limit.messages) {
        bytes += Buffer.byteLength((letters[to] as Letter).body);
        if (to > from && bytes > limit.bytes) break;
        to += 1;
      }
      tickets.push(...this.send(letters.slice(from, to), transaction));
      from = to;
    }
    return this.settledAll(tickets);
  }

  async settledAll(tickets: readonly number[]): Promise<readonly Settled[]> {
    await eventually(
      `${tickets.length} tickets settle`,
      this.patienceMs,
      () => tickets.every((ticket) => this.outcomes.has(ticket)),
      () => `${tickets.filter((ticket) => this.outcomes.has(ticket)).length} did`,
    );
    return tickets.map((ticket) => this.outcomes.get(ticket) as Settled);
  }

  /** Sends one message the engine must refuse: by throwing, or by settling it as certainly not applied. */
  async mustRefuse(letter: Letter, what: string): Promise<void> {
    let tickets: readonly number[];
    try {
      tickets = this.send([letter]);
    } catch {
      return;
    }
    const [settled] = await this.settledAll(tickets);
    must(
      settled?.outcome === 'fail',
      `${what} is not declared, so a message that uses it must be refused, but it was ${settled?.outcome}`,
    );
  }

  async #writable(): Promise<void> {
    await eventually('writable(true)', this.patienceMs, () => {
      must(
        this.#disconnected === undefined,
        `the producer was disconnected: ${describeError(this.#disconnected)}`,
      );
      return this.#isWritable;
    });
  }

  #outgoing(letter: Letter): Outgoing {
    const ticket = this.#nextTicket;
    this.#nextTicket += 1;
    return {
      ticket,
      destination: letter.destination ?? 0,
      key: letter.key,
      partition: letter.partition,
      group: letter.group,
      deduplicationId: letter.deduplicationId,
      headers: letter.headers,
      delayMs: letter.delayMs ?? 0,
      body: typeof letter.body === 'string' ? Buffer.from(letter.body) : letter.body,
    };
  }
}
