import { invariant } from '../../core/errors.ts';
import type { Keying } from '../ledger.ts';

/**
 * What an effect ledger and those who use it say to each other: one JSON document a line, each request with a number
 * that its answer repeats. Inputs are told as `lane, seq, lane, seq, …`.
 */
export type LedgerRequest =
  | {
      readonly id: number;
      readonly do: 'apply';
      readonly keying: Keying;
      readonly inputs: readonly number[];
    }
  | { readonly id: number; readonly do: 'remember'; readonly inputs: readonly number[] }
  | { readonly id: number; readonly do: 'read' };

export type LedgerAnswer =
  /** One for each input: 1 applied, 0 known already and not applied again. Synced to disk before this is said. */
  | { readonly id: number; readonly is: 'applied'; readonly applied: readonly number[] }
  | { readonly id: number; readonly is: 'remembered' }
  /** `lane, seq, copies` of every input that has an effect. */
  | { readonly id: number; readonly is: 'read'; readonly found: readonly number[] };

/** A request of the largest batch has some 100 kB; who sends more than this means something else. */
const longestLine = 64 * 1024 * 1024;

/** Cuts what arrives into lines. */
export class Lines {
  #rest = '';
  readonly #onLine: (line: string) => void;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    invariant(this.#rest.length <= longestLine, 'a line between a ledger and its users ends');
    for (const line of lines) this.#onLine(line);
  }
}
