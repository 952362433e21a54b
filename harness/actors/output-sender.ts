import { setTimeout as pause } from 'node:timers/promises';
import type { Outcome, Producer, ProducerSink, Transaction } from '../../engines/engine.ts';
import { OutcomeCode } from '../core/events.ts';
import type { TransformerActorSpec } from './actor.ts';
import { CounterSlot } from './counters.ts';
import { InFlight, inFlightCapacity } from './in-flight.ts';
import { OutgoingBatch } from './outgoing-batch.ts';
import { noAnswerCode, type RoleContext } from './role.ts';
import { SendJournal } from './send-journal.ts';

const outputDestination = 1;

/** What an output is made of. */
export interface Input {
  readonly lane: number;
  readonly seq: number;
  /** An output is due when its input was: what is measured with it is the whole way. */
  readonly intendedNs: number;
  readonly warmup: boolean;
  /** Which its output has as well. */
  readonly correlation: string | undefined;
}

/** The transaction that outputs are sent in. */
export interface Within {
  readonly handle: Transaction;
  /** Its number in the history. */
  readonly number: number;
}

interface Output extends Input {
  /** Among the outputs of one call. */
  readonly index: number;
  readonly outLane: number;
  readonly outSeq: number;
  attempt: number;
  outcome: OutcomeCode;
  hasLeft: boolean;
}

/**
 * Sends one output of each input and waits for all answers. Every output is a message of its own: one that
 * is made again, because its input came again, has another number. Outputs of unknown outcome are repeated
 * only where the profile leaves that to the harness.
 */
export class OutputSender {
  readonly #spec: TransformerActorSpec;
  readonly #context: RoleContext;
  readonly #breach: (how: string, cause?: unknown) => void;
  readonly #inFlight: InFlight;
  readonly #batch: OutgoingBatch;
  readonly #attempts: number;
  readonly #journal: SendJournal;
  /** By bucket of the lanes. */
  readonly #nextSeq: number[];
  readonly #wake = new Set<() => void>();
  #outputs: readonly Output[] = [];
  #producer: Producer | undefined;
  #isWritable = true;

  constructor(
    spec: TransformerActorSpec,
    context: RoleContext,
    breach: (how: string, cause?: unknown) => void,
  ) {
    this.#spec = spec;
    this.#context = context;
    this.#breach = breach;
    this.#inFlight = new InFlight(inFlightCapacity(spec.prefetch));
    this.#attempts = spec.retry.by === 'harness' ? Math.max(1, spec.retry.attempts) : 1;
    this.#batch = new OutgoingBatch(spec, outputDestination);
    this.#journal = new SendJournal(spec.actor, context.events, this.#inFlight, this.#attempts);
    this.#nextSeq = Array.from({ length: spec.lanes.count }, () => 0);
  }

  use(producer: Producer, session: number): void {
    this.#producer = producer;
    this.#isWritable = true;
    this.#journal.session = session;
  }

  /** The session is gone: what has no answer gets none, and nothing is sent until there is another. */
  leave(): void {
    this.#producer = undefined;
    const nowNs = this.#context.clock.nowNs();
    for (const slot of this.#inFlight.openSlots()) {
      this.#journal.settled(slot, nowNs, 'unknown', noAnswerCode, undefined, 0);
      this.#settled(slot, 'unknown');
    }
    this.#notify();
  }

  /** @param isHeard whether its session is still the present one */
  sinkFor(isHeard: () => boolean, disconnected: () => void): ProducerSink {
    return {
      settled: (ticket, outcome, code, place, attempts) => {
        if (!isHeard()) return;
        const slot = this.#inFlight.find(ticket);
        if (slot < 0) return this.#breach(`settled ticket ${ticket}, which is not open`);
        this.#journal.settled(slot, this.#context.clock.nowNs(), outcome, code, place, attempts);
        this.#settled(slot, outcome);
      },
      returned: (ticket) => {
        if (!isHeard()) return;
        const slot = this.#inFlight.find(ticket);
        if (slot >= 0) this.#journal.returned(slot, this.#context.clock.nowNs());
      },
      writable: (is) => {
        if (!isHeard()) return;
        this.#isWritable = is;
        this.#notify();
      },
      disconnected,
    };
  }

  /** @returns what became of the output of each input, `none` where it never left */
  async send(inputs: readonly Input[], within?: Within): Promise<readonly OutcomeCode[]> {
    const outputs = inputs.map((input, index) => this.#outputOf(input, index));
    this.#outputs = outputs;
    let due = outputs;
    while (due.length > 0 && this.#producer !== undefined) {
      await this.#sendOnce(due, within);
      due = outputs.filter(
        ({ outcome, attempt }) => outcome === OutcomeCode.unknown && attempt < this.#attempts,
      );
      for (const output of due) output.attempt += 1;
      if (due.length > 0 && this.#spec.retry.by === 'harness')
        await pause(this.#spec.retry.pauseMs);
    }
    this.#takeBack(outputs);
    return outputs.map(({ outcome }) => outcome);
  }

  /** Numbers of what never left are the next ones again: lanes are dense. */
  #takeBack(outputs: readonly Output[]): void {
    for (const { hasLeft, outLane, outSeq } of outputs) {
      const bucket = outLane - this.#spec.lanes.first;
      const next = this.#nextSeq[bucket] ?? 0;
      if (!hasLeft) this.#nextSeq[bucket] = Math.min(next, outSeq);
    }
  }

  #outputOf(input: Input, index: number): Output {
    const { lane } = input;
    const { first, count } = this.#spec.lanes;
    const bucket = lane % count;
    const outSeq = this.#nextSeq[bucket] ?? 0;
    this.#nextSeq[bucket] = outSeq + 1;
    const outLane = first + bucket;
    return {
      ...input,
      index,
      outLane,
      outSeq,
      attempt: 1,
      outcome: OutcomeCode.none,
      hasLeft: false,
    };
  }

  async #sendOnce(due: readonly Output[], within: Within | undefined): Promise<void> {
    for (let from = 0; from < due.length; from += this.#batch.limit) {
      await this.#until(() => this.#isWritable || this.#producer === undefined);
      if (this.#producer === undefined) break;
      this.#hand(this.#producer, due.slice(from, from + this.#batch.limit), within);
    }
    await this.#until(() => this.#inFlight.outstanding === 0);
  }

  #hand(producer: Producer, outputs: readonly Output[], within: Within | undefined): void {
    const nowNs = this.#context.clock.nowNs();
    this.#batch.clear();
    for (const output of outputs) {
      if (this.#batch.isFull) this.#sendBatch(producer, within);
      this.#put(output, within, nowNs);
    }
    this.#sendBatch(producer, within);
  }

  #sendBatch(producer: Producer, within: Within | undefined): void {
    this.#count();
    try {
      producer.send(this.#batch.messages, within?.handle);
    } catch (error) {
      this.#breach('send threw', error);
    }
    this.#batch.clear();
  }

  #put(output: Output, within: Within | undefined, nowNs: number): void {
    output.hasLeft = true;
    const inFlight = this.#inFlight;
    const { header } = this.#batch;
    const { index, outLane, outSeq, attempt } = output;
    const slot = inFlight.put(index, outLane, outSeq, attempt, nowNs, nowNs);
    header.lane = outLane;
    header.seq = outSeq;
    header.attempt = attempt;
    header.intendedNs = output.intendedNs;
    header.warmup = output.warmup;
    header.sentNs = nowNs;
    header.parentLane = output.lane;
    header.parentSeq = output.seq;
    header.transaction = within?.number ?? 0;
    this.#batch.correlation = output.correlation;
    const bucket = outLane - this.#spec.lanes.first;
    inFlight.slab[slot] = this.#batch.add(inFlight.ticket[slot] as number, bucket);
    const { lane, seq } = output;
    this.#journal.invoked(slot, nowNs, { lane, seq, transaction: header.transaction });
  }

  #settled(slot: number, outcome: Outcome): void {
    const output = this.#outputs[this.#inFlight.index[slot] as number];
    if (output !== undefined) output.outcome = OutcomeCode[outcome];
    this.#batch.settled(this.#inFlight.slab[slot] as number, outcome === 'ok');
    this.#inFlight.release(slot);
    if (outcome === 'ok') (this.#context.counters[CounterSlot.acknowledged] as number) += 1;
    this.#count();
    if (this.#inFlight.outstanding === 0) this.#notify();
  }

  #count(): void {
    this.#context.counters[CounterSlot.unsettledSends] = this.#inFlight.outstanding;
  }

  #notify(): void {
    for (const wake of this.#wake) wake();
    this.#wake.clear();
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        this.#wake.add(resolve);
      });
    }
  }
}
