import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import type { MessageWork } from '../../scenarios/spread.ts';
import type { Clock } from '../core/clock.ts';
import type { CopyBatch } from './copy-batch.ts';
import { drawOf } from './draws/draw.ts';

/** Messages are worked on one by one, and told of together where they are done within this. */
const togetherNs = 1e6;
/** What a timer overslept is made up for; what the consumer waited for anything else is not. */
const oversleptNs = 2e6;

/** What the consumer's own work is; see `Workload`. */
export interface WorkSpec {
  /** Of each batch, waiting. */
  readonly workMs: number;
  /** Of each message, besides. */
  readonly work: MessageWork | undefined;
  readonly loadSeed: number;
}

/** A range of a batch whose messages are worked on before anything else is done for them. */
export interface WorkPart {
  readonly batch: CopyBatch;
  readonly ns: number;
}

/**
 * The consumer's own work, of each batch and of each message. The time of a message is drawn for its identity: a
 * copy that comes again takes as long. It works like a server with one place: the next message begins when the one
 * before is done, so that on average the time is kept, though a timer has whole milliseconds only.
 */
export class ConsumerWork {
  readonly #spec: WorkSpec;
  readonly #clock: Clock;
  readonly #pause: (ms: number) => Promise<unknown>;
  readonly #timeNs: (unit: number) => number;
  #doneNs = 0;

  constructor(spec: WorkSpec, clock: Clock, sleep: (ms: number) => Promise<unknown> = pause) {
    this.#spec = spec;
    this.#pause = sleep;
    this.#clock = clock;
    this.#timeNs = timeOf(spec.work);
  }

  /** The batch in parts that are done one after another; in one where messages have no time of their own. */
  *partsOf(batch: CopyBatch): Generator<WorkPart> {
    if (this.#spec.work === undefined) {
      yield { batch, ns: 0 };
      return;
    }
    let from = 0;
    let ns = 0;
    for (let i = 0; i < batch.length; i += 1) {
      ns += this.#ofCopy(batch, i);
      if (ns < togetherNs && i < batch.length - 1) continue;
      yield { batch: from === 0 && i === batch.length - 1 ? batch : batch.part(from, i + 1), ns };
      from = i + 1;
      ns = 0;
    }
  }

  /** All of a batch at once. */
  wholeOf(batch: CopyBatch): WorkPart {
    let ns = 0;
    if (this.#spec.work !== undefined) {
      for (let i = 0; i < batch.length; i += 1) ns += this.#ofCopy(batch, i);
    }
    return { batch, ns };
  }

  /** Of a batch, before its parts. */
  async begin(): Promise<void> {
    if (this.#spec.workMs > 0) await this.#pause(this.#spec.workMs);
  }

  async on({ ns }: WorkPart): Promise<void> {
    const { work } = this.#spec;
    if (work === undefined) return;
    const nowNs = this.#clock.nowNs();
    if (work.by === 'busy') {
      while (this.#clock.nowNs() - nowNs < ns);
      // Answers and deliveries get in between two messages, as in a poll loop.
      await turn();
      return;
    }
    this.#doneNs = Math.max(this.#doneNs, nowNs - oversleptNs) + ns;
    const waitMs = (this.#doneNs - nowNs) / 1e6;
    if (waitMs >= 0.5) await this.#pause(waitMs);
    else await turn();
  }

  /** Nothing waited for it: the time until now was nobody's. */
  idled(): void {
    this.#doneNs = this.#clock.nowNs();
  }

  #ofCopy(batch: CopyBatch, index: number): number {
    if (!batch.known[index]) return 0;
    const { loadSeed } = this.#spec;
    return this.#timeNs(
      drawOf(loadSeed ^ 0x776f_726b, batch.lanes[index] as number, batch.seqs[index] as number),
    );
  }
}

function timeOf(work: MessageWork | undefined): (unit: number) => number {
  if (work === undefined) return () => 0;
  const { time } = work;
  switch (time.kind) {
    case 'constant':
      return () => time.ms * 1e6;
    case 'exponential':
      return (unit) => -Math.log(1 - unit) * time.meanMs * 1e6;
    case 'uniform':
      return (unit) => (time.leastMs + unit * (time.mostMs - time.leastMs)) * 1e6;
  }
}
