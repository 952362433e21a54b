import { EventKind, OutcomeCode } from '../core/events.ts';
import type { CopyBatch } from './copy-batch.ts';
import { CounterSlot } from './counters.ts';
import {
  halfDone,
  maybeStanding,
  sendOutputs,
  settleAll,
  type Transforming,
  type TransformLink,
  type TransformTools,
  wholeDone,
} from './transforming.ts';

/** Without transactions: the output and the settlement of its input are two steps, and a crash comes between. */
export class TransformAndSettle implements Transforming {
  readonly #tools: TransformTools;

  constructor(tools: TransformTools) {
    this.#tools = tools;
  }

  async transform(link: TransformLink, batch: CopyBatch): Promise<boolean> {
    const { spec, journal, counters, work } = this.#tools;
    const { consumption } = spec;
    const isAfter = consumption === 'settle-after-processing';
    const mayProcess =
      consumption === 'settle-before-processing'
        ? await settleAll(this.#tools, link, batch)
        : (): boolean => true;
    if (!isAfter) await halfDone(counters, batch.length);
    journal.processing(EventKind.processStart, batch, mayProcess);
    await work.begin();
    await work.on(work.wholeOf(batch));
    if (!link.isOpen) return false;
    const outcomes = await sendOutputs(this.#tools, batch, mayProcess);
    const stands = (index: number): boolean => outcomes[index] === OutcomeCode.ok;
    journal.effects(batch, (index) => maybeStanding(outcomes[index]));
    journal.processing(EventKind.processDone, batch, stands);
    const isWhole = outcomes.every(
      (outcome, index) => outcome === OutcomeCode.ok || !batch.known[index] || !mayProcess(index),
    );
    if (isAfter && isWhole) {
      await halfDone(counters, batch.length);
      if (link.isOpen) await settleAll(this.#tools, link, batch);
    }
    wholeDone(counters, batch.length);
    if (!isAfter && isWhole && link.isOpen) this.#countProcessed(batch);
    return isWhole;
  }

  /** What was settled first, or by being handed out, is in hand until its output stands. */
  #countProcessed(batch: CopyBatch): void {
    const { spec, counters } = this.#tools;
    (counters[CounterSlot.unsettledDeliveries] as number) -= batch.length;
    if (spec.consumption === 'automatic') (counters[CounterSlot.settled] as number) += batch.length;
  }
}
