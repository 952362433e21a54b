import { OutcomeCode } from '../core/events.ts';
import { LedgerLink } from '../effects/ledger-link.ts';
import type { TransformerActorSpec } from './actor.ts';
import type { CopyBatch } from './copy-batch.ts';
import type { CopyJournal } from './copy-journal.ts';

/**
 * The effect that each input has outside the messaging system, where no transaction of that system reaches: what is
 * applied stands, whatever becomes of the transaction in which it was.
 */
export class OutsideEffects {
  readonly #journal: CopyJournal;
  readonly #isKeyed: boolean;
  readonly #link: LedgerLink;

  constructor(
    { port, isKeyed }: NonNullable<TransformerActorSpec['effects']>,
    journal: CopyJournal,
  ) {
    this.#journal = journal;
    this.#isKeyed = isKeyed;
    this.#link = new LedgerLink(port);
  }

  /** @returns whether all of them stand, applied now or before; otherwise nobody knows which do */
  async apply(batch: CopyBatch): Promise<boolean> {
    const inputs: number[] = [];
    for (let i = 0; i < batch.length; i += 1) {
      if (batch.known[i]) inputs.push(batch.lanes[i] as number, batch.seqs[i] as number);
    }
    const applied = await this.#link.apply(inputs, this.#isKeyed).catch(() => undefined);
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

  async close(): Promise<void> {
    this.#link.close();
  }
}
