import type { Client } from 'pg';
import { AckmarkError } from '../../core/errors.ts';
import type { Keying, LedgerAccess, LedgerClient } from '../ledger.ts';

type PostgresAccess = LedgerAccess & { readonly in: 'postgres' };

/** Whose database it is; nobody else has one there. */
export const owner = 'ackmark';

const connectMs = 5_000;
/** An answer is a transaction on a disk that others use too. */
const answerMs = 30_000;

const schema = `
  CREATE TABLE effects (lane bigint NOT NULL, seq bigint NOT NULL, key text UNIQUE);
  CREATE TABLE known (key text PRIMARY KEY);
`;

const inputs = `
  SELECT lane, seq, lane || ':' || seq AS key
  FROM unnest($1::bigint[], $2::bigint[]) AS input (lane, seq)
`;

/** Sorted, so that two that apply the same inputs wait for each other and do not lock each other out. */
const insert: Readonly<Record<Keying, string>> = {
  none: `INSERT INTO effects (lane, seq) SELECT lane, seq FROM (${inputs}) RETURNING lane, seq`,
  'with-effect': `
    INSERT INTO effects (lane, seq, key) SELECT lane, seq, key FROM (${inputs}) ORDER BY lane, seq
    ON CONFLICT (key) DO NOTHING RETURNING lane, seq`,
  'stored-later': `
    INSERT INTO effects (lane, seq) SELECT lane, seq FROM (${inputs}) AS input
    WHERE NOT EXISTS (SELECT FROM known WHERE known.key = input.key) RETURNING lane, seq`,
};

interface Row {
  /** A `bigint`, which the client hands over as text. */
  readonly lane: string;
  readonly seq: string;
}

/** A ledger in PostgreSQL: each batch of effects is one transaction there, ended by a COMMIT of its own. */
export class PostgresLedger implements LedgerClient {
  readonly #access: PostgresAccess;
  #connection: Promise<Client> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(access: PostgresAccess) {
    this.#access = access;
  }

  async prepare(): Promise<void> {
    await this.#alone((client) => client.query(schema));
  }

  /** @returns such as `18.4` */
  async version(): Promise<string> {
    const { rows } = await this.#alone((client) =>
      client.query<{ readonly server_version: string }>('SHOW server_version'),
    );
    return rows[0]?.server_version ?? 'of unknown version';
  }

  async apply(batch: readonly number[], keying: Keying): Promise<readonly boolean[]> {
    const { rows } = await this.#alone(async (client) => {
      await client.query('BEGIN');
      const inserted = await client.query<Row>(insert[keying], columns(batch));
      await client.query('COMMIT');
      return inserted;
    });
    return isApplied(batch, rows);
  }

  async remember(batch: readonly number[]): Promise<void> {
    const text = `INSERT INTO known (key) SELECT key FROM (${inputs}) ORDER BY key ON CONFLICT DO NOTHING`;
    await this.#alone((client) => client.query(text, columns(batch)));
  }

  /** `lane, seq, copies` of every input that has an effect. */
  async read(): Promise<readonly number[]> {
    const { rows } = await this.#alone((client) =>
      client.query<Row & { readonly copies: string }>(
        'SELECT lane, seq, count(*) AS copies FROM effects GROUP BY lane, seq',
      ),
    );
    return rows.flatMap(({ lane, seq, copies }) => [Number(lane), Number(seq), Number(copies)]);
  }

  close(): void {
    this.#drop();
  }

  /** One at a time: what two ask at once would be one transaction. After a failure the connection is another one. */
  #alone<T>(what: (client: Client) => Promise<T>): Promise<T> {
    const result = this.#last.then(async () => {
      try {
        this.#connection ??= this.#connected();
        return await what(await this.#connection);
      } catch (cause) {
        this.#drop();
        throw new AckmarkError('CONNECT_FAILED', 'the effect ledger did not answer', {
          hint: 'PostgreSQL may have been killed, or the machine is too busy to answer: run the cell again.',
          cause,
        });
      }
    });
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #connected(): Promise<Client> {
    const { Client: PgClient } = await import('pg');
    const { port, password } = this.#access;
    const client = new PgClient({
      host: '127.0.0.1',
      port,
      user: owner,
      password,
      database: 'postgres',
      ssl: false,
      connectionTimeoutMillis: connectMs,
      query_timeout: answerMs,
    });
    // Between two queries nobody waits; the next one is told.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Without waiting: whoever is on the other side of a lost connection does not answer. */
  #drop(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    void connection?.then((client) => client.end()).catch(() => undefined);
  }
}

function columns(batch: readonly number[]): [lanes: readonly number[], seqs: readonly number[]] {
  return [batch.filter((_, i) => i % 2 === 0), batch.filter((_, i) => i % 2 === 1)];
}

/** One for each input; of an input that is there twice and was inserted once, the first. */
function isApplied(batch: readonly number[], rows: readonly Row[]): readonly boolean[] {
  const left = new Map<string, number>();
  for (const { lane, seq } of rows) {
    const key = `${lane}:${seq}`;
    left.set(key, (left.get(key) ?? 0) + 1);
  }
  const [lanes, seqs] = columns(batch);
  return lanes.map((lane, i) => {
    const key = `${lane}:${seqs[i]}`;
    const rest = left.get(key) ?? 0;
    left.set(key, rest - 1);
    return rest > 0;
  });
}
