import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { EventKind, OutcomeCode } from '../core/events.ts';
import type { CopyBatch } from './copy-batch.ts';
import { CounterSlot } from './counters.ts';
import { fileSink, type FilingPolicy } from './tap-policy.ts';
import type { TapPort, TapWork } from './tap-work.ts';

/**
 * Collects the rows of batches and writes them out together: a file has its name when it is whole and on disk. What
 * was read is committed after that, so that whoever dies before has written nothing and committed nothing; or at once,
 * and then whoever dies before takes the rows along.
 */
export class Filing implements TapWork {
  readonly #port: TapPort;
  readonly #policy: FilingPolicy;
  #collected: CopyBatch[] = [];
  #rows = 0;
  /** Committed, and in no file yet. */
  #owed = 0;
  #files = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(port: TapPort, policy: FilingPolicy) {
    this.#port = port;
    this.#policy = policy;
  }

  async workOn(batch: CopyBatch): Promise<void> {
    const { journal, spec, counters } = this.#port;
    // It comes again: to whoever has its partitions now.
    if (!this.#port.isCurrent(batch.session)) return;
    journal.processing(EventKind.processStart, batch, () => true);
    const settlements = this.#port.settlementsOf(batch.session);
    this.#collected.push(batch);
    this.#rows += batch.length;
    if (this.#policy.isCommittedFirst) {
      // Settled copies are counted off; in its hands they are until they are written.
      this.#owed += batch.length;
      (counters[CounterSlot.unsettledDeliveries] as number) += batch.length;
      settlements?.settle(batch);
    }
    if (this.#rows >= this.#policy.flushRows) await this.#flush();
    else this.#timer ??= setTimeout(() => this.#flushLater(), this.#policy.flushEveryMs);
    await settlements?.atMost(Math.max(this.#policy.flushRows, 4 * spec.prefetch));
    this.#port.done(batch.session, batch.length);
  }

  async rest(): Promise<void> {
    await this.#flush();
  }

  drop(): number {
    if (this.#policy.isCommittedFirst) return this.#owed;
    this.#forget();
    return 0;
  }

  #flushLater(): void {
    this.#flush().catch((error: unknown) => this.#port.failed(error));
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#collected = [];
    this.#rows = 0;
  }

  /** One after another, so that what is committed is in a file, whoever asked. */
  #flush(): Promise<void> {
    const batches = this.#collected;
    this.#forget();
    const written = this.#writing.then(() => this.#write(batches));
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async #write(batches: readonly CopyBatch[]): Promise<void> {
    if (batches.length === 0) return;
    const { journal, counters, spec } = this.#port;
    this.#files += 1;
    const name = join(this.#policy.directory, `${spec.name}-${this.#files}`);
    const file = await open(`${name}.part`, 'w');
    try {
      await file.writeFile(batches.map(rowsOf).join(''));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${name}.part`, `${name}.csv`);
    for (const batch of batches) {
      journal.effects(batch, () => OutcomeCode.ok, fileSink);
      journal.processing(EventKind.processDone, batch, () => true);
      if (this.#policy.isCommittedFirst) {
        this.#owed -= batch.length;
        (counters[CounterSlot.unsettledDeliveries] as number) -= batch.length;
      } else this.#port.settlementsOf(batch.session)?.settle(batch);
    }
  }
}

/** `lane,seq,scope,position` and the end of the line, for each copy that is a message of the cell. */
function rowsOf(batch: CopyBatch): string {
  return batch.deliveries
    .map(({ place }, index) => {
      if (batch.known[index] !== true) return '';
      const at = `${place?.scope ?? -1},${place?.position.major ?? -1}`;
      return `${batch.lanes[index]},${batch.seqs[index]},${at}\n`;
    })
    .join('');
}
