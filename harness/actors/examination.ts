import { setTimeout as pause } from 'node:timers/promises';
import { EventKind } from '../core/events.ts';
import type { CopyBatch } from './copy-batch.ts';
import { poisonAnswer } from './poison.ts';
import type { ExaminationPolicy } from './tap-policy.ts';
import type { TapPort, TapWork } from './tap-work.ts';

/** Settlements without an answer, in batches, before it waits for one. */
const undecidedBatches = 64;

/** Whether the consumers of a tap cannot decode a message: the same at every delivery. */
export function isUndecodable(
  { seed, undecodableOneIn }: Pick<ExaminationPolicy, 'seed' | 'undecodableOneIn'>,
  lane: number,
  seq: number,
): boolean {
  const poison = { seed, oneIn: undecodableOneIn, answers: ['reject'], curedAfter: 1 } as const;
  return poisonAnswer(poison, lane, seq) !== undefined;
}

/**
 * Takes records as they come. One that cannot be decoded is tried again after each pause, while what is behind it
 * waits; then it is set aside, and its offset is committed when the dead letter is stored, not before: who dies in
 * between sets it aside twice, and loses nothing.
 */
export class Examination implements TapWork {
  readonly #port: TapPort;
  readonly #policy: ExaminationPolicy;

  constructor(port: TapPort, policy: ExaminationPolicy) {
    this.#port = port;
    this.#policy = policy;
  }

  async workOn(batch: CopyBatch): Promise<void> {
    const { journal } = this.#port;
    journal.processing(EventKind.processStart, batch, () => true);
    const failed = (index: number): boolean =>
      batch.known[index] === true &&
      isUndecodable(this.#policy, batch.lanes[index] as number, batch.seqs[index] as number);
    const parts = batch.parted((index) => (failed(index) ? 'failed' : 'decided'));
    const decided = parts.get('decided');
    if (decided !== undefined) {
      journal.processing(EventKind.processDone, decided, () => true);
      this.#port.settlementsOf(batch.session)?.settle(decided);
    }
    const undecodable = parts.get('failed');
    if (undecodable !== undefined && !(await this.#setAside(undecodable))) return;
    const { prefetch } = this.#port.spec;
    await this.#port.settlementsOf(batch.session)?.atMost(undecidedBatches * prefetch);
    this.#port.done(batch.session, batch.length);
  }

  async rest(): Promise<void> {}

  drop(): number {
    return 0;
  }

  /** @returns whether its offset may be committed; if not, it comes again to another session */
  async #setAside(batch: CopyBatch): Promise<boolean> {
    const { retryPausesMs, deadLetters } = this.#policy;
    for (const pauseMs of retryPausesMs) await pause(pauseMs);
    if (deadLetters !== undefined) {
      const sender = this.#port.deadLettersOf(batch.session);
      const attempts = retryPausesMs.length + 1;
      if (sender === undefined || !(await sender.send(batch, attempts))) return false;
      this.#port.journal.setAside(batch, attempts);
    }
    // Of the log it asks that its group goes on behind them; for the history they are no acknowledgements.
    this.#port.settlementsOf(batch.session)?.settle(batch, 'reject', 'acknowledge');
    return true;
  }
}
