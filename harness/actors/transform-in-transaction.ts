import type { Outcome, Transaction } from '../../engines/engine.ts';
import { invariant } from '../core/errors.ts';
import { EventKind, OutcomeCode } from '../core/events.ts';
import type { TransformerActorSpec } from './actor.ts';
import type { CopyBatch } from './copy-batch.ts';
import { CounterSlot } from './counters.ts';
import type { TransactionJournal } from './transaction-journal.ts';
import {
  halfDone,
  maybeStanding,
  sendOutputs,
  settleAll,
  stepDone,
  type Transforming,
  type TransformLink,
  type TransformTools,
  wholeDone,
} from './transforming.ts';

const transactionsMost = 65_535;

/**
 * A transaction for each batch. Whatever is not certainly committed ends the session: the next one fences
 * this one and goes on from what the broker has, which is the whole or nothing.
 */
export class TransformInTransaction implements Transforming {
  readonly #tools: TransformTools;
  readonly #journal: TransactionJournal;
  readonly #how: TransformerActorSpec['transform'] & { readonly by: 'transaction' };
  #used = 0;

  constructor(
    tools: TransformTools,
    how: TransformerActorSpec['transform'] & { readonly by: 'transaction' },
    journal: TransactionJournal,
  ) {
    this.#tools = tools;
    this.#how = how;
    this.#journal = journal;
  }

  async transform(link: TransformLink, batch: CopyBatch): Promise<boolean> {
    const { journal, work, effects } = this.#tools;
    journal.processing(EventKind.processStart, batch, everything);
    await work.begin();
    await work.on(work.wholeOf(batch));
    if (!link.isOpen) return false;
    const handle = await this.#begin(link);
    if (handle === undefined) return false;
    invariant(this.#used <= transactionsMost, 'a transformer has 65,535 transactions');
    const number = this.#how.firstTransaction + this.#used;
    this.#used += 1;
    this.#journal.begun(number, link.session);
    const outcome = await this.#fill(link, batch, handle, number);
    // What an outside effect is, its ledger says.
    if (effects === undefined) journal.effects(batch, () => maybeStanding(OutcomeCode[outcome]));
    if (outcome !== 'ok') return false;
    journal.processing(EventKind.processDone, batch, everything);
    if (effects !== undefined && !(await effects.committed(batch))) return false;
    return this.#how.offsets === 'in-transaction' || this.#settleAfter(link, batch);
  }

  async #begin(link: TransformLink): Promise<Transaction | undefined> {
    const { begun } = link;
    link.begun = undefined;
    // A begin that fails tells nothing that the end of the session would not.
    return begun ?? link.producer.begin?.().catch(() => undefined);
  }

  /** Everything between begin and end. @returns whether it is committed */
  async #fill(
    link: TransformLink,
    batch: CopyBatch,
    handle: Transaction,
    number: number,
  ): Promise<Outcome> {
    const { counters } = this.#tools;
    const isInside = this.#how.offsets === 'in-transaction';
    if (isInside) this.#journal.read(number, batch);
    const isApplied = await this.#applyEffects(batch);
    const outcomes = isApplied
      ? await sendOutputs(this.#tools, batch, everything, { handle, number })
      : [];
    const isSent =
      isApplied && outcomes.every((it, index) => it === OutcomeCode.ok || !batch.known[index]);
    if (isInside && isSent) await halfDone(counters, batch.length);
    const isReady = isSent && (!isInside || (await this.#include(link, batch, handle, number)));
    if (isReady) await this.#come('offsetsIncluded', batch);
    const end = isReady ? 'commit' : 'abort';
    const ended = this.#journal.ending(number, link.session, end);
    const outcome = await (isReady ? handle.commit() : handle.abort());
    ended(outcome);
    if (isInside) wholeDone(counters, batch.length);
    if (end === 'abort') return 'fail';
    if (outcome === 'ok') await this.#come('committed', batch);
    if (isInside && outcome === 'ok') this.#countSettled(link, batch.length);
    return outcome;
  }

  /** While the transaction is open, as a job does that calls somebody else while it works. */
  async #applyEffects(batch: CopyBatch): Promise<boolean> {
    const { effects } = this.#tools;
    if (effects === undefined) return true;
    const isApplied = await effects.apply(batch);
    if (isApplied) await this.#come('effectsAlone', batch);
    return isApplied;
  }

  /** To a step at which jobs with outside effects may crash; others, which have a price, do not wait for that. */
  async #come(step: Parameters<typeof stepDone>[1], batch: CopyBatch): Promise<void> {
    const { counters, effects } = this.#tools;
    if (effects !== undefined) await stepDone(counters, step, batch.length);
  }

  async #include(
    link: TransformLink,
    batch: CopyBatch,
    handle: Transaction,
    number: number,
  ): Promise<boolean> {
    if (!link.isOpen) return false;
    const included = this.#journal.including(number, batch);
    const outcome = await handle.include(link.consumer, batch.deliveries);
    included(outcome);
    return outcome === 'ok';
  }

  #countSettled(link: TransformLink, copies: number): void {
    const { counters } = this.#tools;
    (counters[CounterSlot.settled] as number) += copies;
    if (link.isOpen) (counters[CounterSlot.unsettledDeliveries] as number) -= copies;
  }

  async #settleAfter(link: TransformLink, batch: CopyBatch): Promise<boolean> {
    const { counters } = this.#tools;
    await halfDone(counters, batch.length);
    if (link.isOpen) await settleAll(this.#tools, link, batch);
    wholeDone(counters, batch.length);
    return true;
  }
}

const everything = (): boolean => true;
