import type { CopyBatch } from './copy-batch.ts';
import type { DeadLetterSender } from './dead-letter-sender.ts';
import type { WorkPort } from './copy-worker.ts';
import { Examination } from './examination.ts';
import { Filing } from './filing.ts';

/** What a tap's consumers do with a batch, instead of what all others do. */
export interface TapWork {
  workOn(batch: CopyBatch): Promise<void>;
  /** Resolves when nothing is left in memory. */
  rest(): Promise<void>;
  /** The session is gone. @returns copies that it still owes to somebody */
  drop(): number;
}

export interface TapPort extends WorkPort {
  /** Of the session, where there are dead letters; undefined while there is none. */
  deadLettersOf(session: number): DeadLetterSender | undefined;
}

export function tapWork(port: TapPort): TapWork | undefined {
  const { tap } = port.spec;
  switch (tap?.kind) {
    case undefined:
      return undefined;
    case 'examine':
      return new Examination(port, tap);
    case 'file':
      return new Filing(port, tap);
  }
}
