import { invariant } from '../../core/errors.ts';
import type { Keying, LedgerClient } from '../ledger.ts';
import { type Asked, LedgerConnection } from './ledger-connection.ts';
import type { LedgerAnswer } from './protocol.ts';

/** A ledger as its clients see it: a connection, made when it is first needed and again after it was lost. */
export class LedgerLink implements LedgerClient {
  readonly #port: number;
  #connection: LedgerConnection | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  async apply(inputs: readonly number[], keying: Keying): Promise<readonly boolean[]> {
    const answer = await this.#ask({ do: 'apply', keying, inputs });
    invariant(answer.is === 'applied', 'the ledger answers what it was asked');
    return answer.applied.map((one) => one > 0);
  }

  async remember(inputs: readonly number[]): Promise<void> {
    await this.#ask({ do: 'remember', inputs });
  }

  /** @returns `lane, seq, copies` of every input that has an effect */
  async read(): Promise<readonly number[]> {
    const answer = await this.#ask({ do: 'read' });
    invariant(answer.is === 'read', 'the ledger answers what it was asked');
    return answer.found;
  }

  close(): void {
    this.#connection?.close();
  }

  #ask(request: Asked): Promise<LedgerAnswer> {
    this.#connection ??= this.#connected();
    return this.#connection.ask(request);
  }

  #connected(): LedgerConnection {
    const connection = new LedgerConnection(this.#port, () => {
      if (this.#connection === connection) this.#connection = undefined;
    });
    return connection;
  }
}
