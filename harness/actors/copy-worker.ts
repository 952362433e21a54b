import { EventKind, OutcomeCode } from '../core/events.ts';
import type { ConsumerActorSpec } from './actor.ts';
import { CopyBatch } from './copy-batch.ts';
import type { ConsumerWork, WorkPart } from './consumer-work.ts';
import type { CopyJournal } from './copy-journal.ts';
import { CounterSlot } from './counters.ts';
import { type PoisonAnswers, PoisonedReader } from './poison.ts';
import type { Settlements } from './settlements.ts';
import { type TapPort, type TapWork, tapWork } from './tap-work.ts';

/** Replies of settlements may lag so many prefetches behind before the consumer waits for them. */
const undecidedPrefetches = 4;

export interface WorkPort {
  readonly spec: ConsumerActorSpec;
  readonly journal: CopyJournal;
  readonly work: ConsumerWork;
  /** Layout: `CounterSlot`. */
  readonly counters: Float64Array;
  /** Where a batch of that session can still be settled; `undefined` when it cannot. */
  settlementsOf(session: number): Settlements | undefined;
  isCurrent(session: number): boolean;
  /** So many copies of the session are done with: as many more may come. */
  done(session: number, copies: number): void;
  failed(error: unknown): void;
}

/**
 * The consumer's own work, by its policy: one batch after another, each of everything that waited, as in a
 * poll loop (small ones would breed smaller ones). Begins after the call that delivered has returned.
 */
export class CopyWorker {
  readonly #port: WorkPort;
  readonly #tap: TapWork | undefined;
  readonly #queue: CopyBatch[] = [];
  readonly #restWaiting = new Set<() => void>();
  readonly #poison: PoisonedReader | undefined;
  #isWorking = false;

  constructor(port: TapPort) {
    this.#port = port;
    this.#tap = tapWork(port);
    const { poison } = port.spec;
    this.#poison = poison === undefined ? undefined : new PoisonedReader(poison, port.counters);
  }

  /** The batch that takes what the session has just delivered; call `begin` when it is filled. */
  batchFor(session: number): CopyBatch {
    const last = this.#queue.at(-1);
    if (last?.session === session) return last;
    const batch = new CopyBatch(session);
    this.#queue.push(batch);
    return batch;
  }

  begin(): void {
    if (this.#isWorking) return;
    this.#isWorking = true;
    queueMicrotask(() => void this.#work());
  }

  /** Forgets what has not been begun. @returns copies that are in hand all the same */
  drop(): number {
    this.#queue.length = 0;
    return this.#tap?.drop() ?? 0;
  }

  /** Resolves when nothing is left to work on. */
  async rest(): Promise<void> {
    while (this.#isWorking) {
      await new Promise<void>((resolve) => {
        this.#restWaiting.add(resolve);
      });
    }
    await this.#tap?.rest();
  }

  async #work(): Promise<void> {
    this.#port.work.idled();
    try {
      for (let batch = this.#queue.shift(); batch !== undefined; batch = this.#queue.shift()) {
        await this.#workOn(batch);
      }
    } catch (error) {
      this.#port.failed(error);
    }
    this.#isWorking = false;
    for (const wake of this.#restWaiting) wake();
    this.#restWaiting.clear();
  }

  async #workOn(batch: CopyBatch): Promise<void> {
    if (this.#tap !== undefined) return this.#tap.workOn(batch);
    const { work, spec } = this.#port;
    let isFirst = true;
    for (const part of work.partsOf(batch)) {
      // The rest of a batch whose session is gone is dropped like those that were not begun.
      const isLost = !isFirst && !this.#port.isCurrent(batch.session);
      if (isLost && spec.consumption !== 'automatic') return;
      await this.#workOnPart(part, isFirst);
      isFirst = false;
    }
  }

  async #workOnPart(part: WorkPart, isFirst: boolean): Promise<void> {
    const { batch } = part;
    const { spec, journal, work } = this.#port;
    const { consumption, prefetch } = spec;
    const mayProcess =
      consumption === 'settle-before-processing' ? await this.#settleFirst(batch) : everything;
    const answers = this.#poison?.answersTo(batch);
    journal.processing(EventKind.processStart, batch, mayProcess);
    if (isFirst) await work.begin();
    await work.on(part);
    const isProcessed = (index: number): boolean =>
      mayProcess(index) && answers?.[index] === undefined;
    journal.processing(EventKind.processDone, batch, isProcessed);
    this.#countProcessed(batch);
    const settlements = this.#port.settlementsOf(batch.session);
    if (consumption === 'settle-after-processing') this.#settle(batch, answers, settlements);
    await settlements?.atMost(undecidedPrefetches * prefetch);
    this.#port.done(batch.session, batch.length);
  }

  #settle(
    batch: CopyBatch,
    answers: PoisonAnswers | undefined,
    settlements: Settlements | undefined,
  ): void {
    if (answers === undefined) {
      settlements?.settle(batch);
      return;
    }
    for (const [answer, part] of batch.parted((index) => answers[index] ?? 'acknowledge')) {
      if (answer !== 'lapse') settlements?.settle(part, answer);
      // What a lost session had delivered was counted off when it was left.
      else if (this.#port.isCurrent(batch.session)) {
        (this.#port.counters[CounterSlot.unsettledDeliveries] as number) -= part.length;
      }
    }
  }

  #countProcessed(batch: CopyBatch): void {
    const { spec, counters } = this.#port;
    if (spec.consumption === 'automatic') {
      (counters[CounterSlot.settled] as number) += batch.length;
    }
    // What a lost session had delivered was counted off when it was left.
    const isInHand =
      spec.consumption === 'automatic' ||
      (spec.consumption === 'settle-before-processing' && this.#port.isCurrent(batch.session));
    if (isInHand) (counters[CounterSlot.unsettledDeliveries] as number) -= batch.length;
  }

  /** Only what is certainly settled is processed: anything else may come again, to somebody else. */
  async #settleFirst(batch: CopyBatch): Promise<(index: number) => boolean> {
    const settlements = this.#port.settlementsOf(batch.session);
    if (settlements === undefined) return nothing;
    const ranges = settlements.settle(batch);
    if (this.#port.spec.ackReply !== 'each') return everything;
    await settlements.decided(ranges);
    const isSettled = new Uint8Array(batch.length);
    for (const { from, outcomes } of ranges) {
      outcomes.forEach((outcome, i) => {
        isSettled[from + i] = outcome === OutcomeCode.ok ? 1 : 0;
      });
    }
    return (index) => isSettled[index] === 1;
  }
}

const everything = (): boolean => true;
const nothing = (): boolean => false;
