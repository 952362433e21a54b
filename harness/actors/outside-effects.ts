import { OutcomeCode } from '../core/events.ts';
import { type LedgerClient, ledgerClient } from '../effects/ledger.ts';
import type { TransformerActorSpec } from './actor.ts';
import type { CopyBatch } from './copy-batch.ts';
import type { CopyJournal } from './copy-journal.ts';

type EffectsSpec = NonNullable<TransformerActorSpec['effects']>;

/**
 * The effect that each input has outside the messaging system, where no transaction of that system reaches: what is
 * applied stands, whatever becomes of the transaction in which it was.
 */
export class OutsideEffects {
  readonly #journal: CopyJournal;
  readonly #keying: EffectsSpec['keying'];
  readonly #ledger: LedgerClient;

  constructor({ access, keying }: EffectsSpec, journal: CopyJournal) {
    this.#journal = journal;
    this.#keying = keying;
    this.#ledger = ledgerClient(access);
  }

  /** @returns whether all of them stand, applied now or before; otherwise nobody knows which do */
  async apply(batch: CopyBatch): Promise<boolean> {
    const inputs = inputsOf(batch);
    const applied = await this.#ledger.apply(inputs, this.#keying).catch(() => undefined);
    let next = 0;
    this.#journal.effects(batch, (index) => {
      if (!batch.known[index]) return OutcomeCode.none;
      if (applied === undefined) return OutcomeCode.unknown;
      const isNew = applied[next];
      next += 1;
      return isNew === true ? OutcomeCode.ok : OutcomeCode.fail;
    });
    return applied !== undefined;
  }

  /**
   * The progress of the inputs is committed: their keys are stored where that is left for now.
   * @returns whether they are, where they are to be
   */
  async committed(batch: CopyBatch): Promise<boolean> {
    if (this.#keying !== 'stored-later') return true;
    return this.#ledger.remember(inputsOf(batch)).then(
      () => true,
      () => false,
    );
  }

  close(): void {
    this.#ledger.close();
  }
}

function inputsOf(batch: CopyBatch): readonly number[] {
  const inputs: number[] = [];
  for (let i = 0; i < batch.length; i += 1) {
    if (batch.known[i]) inputs.push(batch.lanes[i] as number, batch.seqs[i] as number);
  }
  return inputs;
}
