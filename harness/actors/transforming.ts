import { setImmediate as turn } from 'node:timers/promises';
import type { Consumer, Delivery, Producer, Transaction } from '../../engines/engine.ts';
import { OutcomeCode } from '../core/events.ts';
import type { TransformerActorSpec } from './actor.ts';
import type { ConsumerWork } from './consumer-work.ts';
import type { CopyBatch } from './copy-batch.ts';
import type { CopyJournal } from './copy-journal.ts';
import { CounterSlot } from './counters.ts';
import type { OutsideEffects } from './outside-effects.ts';
import type { Input, OutputSender } from './output-sender.ts';
import { correlationIn } from './reply-book.ts';
import type { Settlements } from './settlements.ts';

/** A session of a transformer with everything that was made on it. */
export interface TransformLink {
  readonly session: number;
  readonly producer: Producer;
  readonly consumer: Consumer;
  readonly settlements: Settlements;
  /** Begun when the session was, so that its earlier owner was fenced before any position was read. */
  begun: Transaction | undefined;
  isOpen: boolean;
}

/** What every way of transforming works with. */
export interface TransformTools {
  readonly spec: TransformerActorSpec;
  readonly journal: CopyJournal;
  readonly outputs: OutputSender;
  readonly work: ConsumerWork;
  /** Undefined: the outputs are the only effect. */
  readonly effects: OutsideEffects | undefined;
  readonly counters: Float64Array;
}

/** One way to make outputs of a batch and have its progress recorded. */
export interface Transforming {
  /** @returns whether both halves stand; if not, the session shall begin anew from what was recorded */
  transform(link: TransformLink, batch: CopyBatch): Promise<boolean>;
}

/** The outcome of the output of each copy, `none` for copies that have none. */
export async function sendOutputs(
  { outputs }: TransformTools,
  batch: CopyBatch,
  mayProcess: (index: number) => boolean,
  within?: Parameters<OutputSender['send']>[1],
): Promise<readonly OutcomeCode[]> {
  const made: number[] = [];
  const inputs: Input[] = [];
  for (let i = 0; i < batch.length; i += 1) {
    if (!batch.known[i] || !mayProcess(i)) continue;
    made.push(i);
    inputs.push({
      lane: batch.lanes[i] as number,
      seq: batch.seqs[i] as number,
      intendedNs: batch.intendedNs[i] as number,
      warmup: batch.warmup[i] as boolean,
      correlation: correlationIn(batch.deliveries[i] as Delivery),
    });
  }
  const sent = await outputs.send(inputs, within);
  const outcomes = Array.from({ length: batch.length }, (): OutcomeCode => OutcomeCode.none);
  for (const [at, index] of made.entries()) outcomes[index] = sent[at] ?? OutcomeCode.none;
  return outcomes;
}

/**
 * Half of the batch's work stands; a crash may strike before the other half leaves. It looks once in a turn of the
 * event loop, before what was asked for later: whoever is frozen then and thawed goes on at once, and hears of what
 * befell it meanwhile after that.
 */
export async function halfDone(counters: Float64Array, copies: number): Promise<void> {
  (counters[CounterSlot.halfTransformed] as number) += copies;
  (counters[CounterSlot.halves] as number) += 1;
  await turn();
}

/** A transaction has come to one of its other steps; a crash that is aimed at it strikes here. */
export async function stepDone(
  counters: Float64Array,
  step: 'effectsAlone' | 'offsetsIncluded' | 'committed',
  copies: number,
): Promise<void> {
  counters[CounterSlot[step]] = copies;
  await turn();
  await turn();
  counters[CounterSlot[step]] = 0;
}

/** What became of each output, of those that may stand in the system. */
export function maybeStanding(outcome: OutcomeCode | undefined): OutcomeCode {
  const mayStand = outcome === OutcomeCode.ok || outcome === OutcomeCode.unknown;
  return mayStand ? outcome : OutcomeCode.none;
}

/** Both halves stand, or the session is lost. */
export function wholeDone(counters: Float64Array, copies: number): void {
  const left = (counters[CounterSlot.halfTransformed] as number) - copies;
  counters[CounterSlot.halfTransformed] = Math.max(0, left);
}

/** @returns whether the settlement of every copy was answered well, as far as there are answers */
export async function settleAll(
  { spec }: TransformTools,
  { settlements }: TransformLink,
  batch: CopyBatch,
): Promise<(index: number) => boolean> {
  const ranges = settlements.settle(batch);
  if (spec.ackReply !== 'each') return () => true;
  await settlements.decided(ranges);
  const isSettled = new Uint8Array(batch.length);
  for (const { from, outcomes } of ranges) {
    outcomes.forEach((outcome, i) => {
      isSettled[from + i] = outcome === OutcomeCode.ok ? 1 : 0;
    });
  }
  return (index) => isSettled[index] === 1;
}
