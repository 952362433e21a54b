import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Keying } from '../ledger.ts';

/**
 * Effects outside the messaging system, in an SQLite database that syncs every commit. A plain effect is a row; one with
 * an idempotency key is a row unless there is one of that key, which is how payments and orders are made to happen once.
 * Keys that are stored later are in a table of their own, and an effect is a row unless its key is there.
 */
export class Ledger {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #insertUnknown: StatementSync;
  readonly #remember: StatementSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      CREATE TABLE IF NOT EXISTS effects (lane INTEGER, seq INTEGER, key TEXT UNIQUE);
      CREATE TABLE IF NOT EXISTS known (key TEXT PRIMARY KEY);
    `);
    this.#insert = this.#database.prepare(
      'INSERT INTO effects (lane, seq, key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#insertUnknown = this.#database.prepare(
      'INSERT INTO effects (lane, seq) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM known WHERE key = ?)',
    );
    this.#remember = this.#database.prepare(
      'INSERT INTO known (key) VALUES (?) ON CONFLICT DO NOTHING',
    );
  }

  /** All or nothing, on disk when it returns. @returns one for each input: 1 applied, 0 known already */
  apply(inputs: readonly number[], keying: Keying): readonly number[] {
    const insert = keying === 'stored-later' ? this.#insertUnknown : this.#insert;
    return this.#inTransaction(inputs, (lane, seq) => {
      // Null is no key: no two of them are alike.
      const { changes } = insert.run(lane, seq, keying === 'none' ? null : keyOf(lane, seq));
      return Number(changes);
    });
  }

  /** On disk when it returns. */
  remember(inputs: readonly number[]): void {
    this.#inTransaction(inputs, (lane, seq) => this.#remember.run(keyOf(lane, seq)));
  }

  #inTransaction<T>(
    inputs: readonly number[],
    each: (lane: number, seq: number) => T,
  ): readonly T[] {
    const results: T[] = [];
    this.#database.exec('BEGIN');
    try {
      for (let i = 0; i + 1 < inputs.length; i += 2) {
        results.push(each(inputs[i] as number, inputs[i + 1] as number));
      }
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
    return results;
  }

  /** `lane, seq, copies` of every input that has an effect. */
  read(): readonly number[] {
    const rows = this.#database
      .prepare('SELECT lane, seq, count(*) AS copies FROM effects GROUP BY lane, seq')
      .all();
    return rows.flatMap(({ lane, seq, copies }) => [Number(lane), Number(seq), Number(copies)]);
  }

  close(): void {
    this.#database.close();
  }
}

function keyOf(lane: number, seq: number): string {
  return `${lane}:${seq}`;
}
