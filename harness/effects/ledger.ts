import { DatabaseSync, type StatementSync } from 'node:sqlite';

/**
 * Effects outside the messaging system, in an SQLite database that syncs every commit. A plain effect is a row; one with
 * an idempotency key is a row unless there is one of that key, which is how payments and orders are made to happen once.
 */
export class Ledger {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      CREATE TABLE IF NOT EXISTS effects (lane INTEGER, seq INTEGER, key TEXT UNIQUE);
    `);
    this.#insert = this.#database.prepare(
      'INSERT INTO effects (lane, seq, key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
  }

  /** All or nothing, on disk when it returns. @returns one for each input: 1 applied, 0 known already */
  apply(inputs: readonly number[], isKeyed: boolean): readonly number[] {
    const applied: number[] = [];
    this.#database.exec('BEGIN');
    try {
      for (let i = 0; i + 1 < inputs.length; i += 2) {
        const lane = inputs[i] as number;
        const seq = inputs[i + 1] as number;
        // Null is no key: no two of them are alike.
        const { changes } = this.#insert.run(lane, seq, isKeyed ? `${lane}:${seq}` : null);
        applied.push(Number(changes));
      }
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
    return applied;
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
