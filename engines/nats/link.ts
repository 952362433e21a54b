import { createInbox, type Msg, type NatsConnection } from '@nats-io/transport-node';

/** 503 in the header of an empty message: nobody subscribed to the subject. */
export function isNoResponders({ data, headers }: Msg): boolean {
  return data.length === 0 && headers?.code === 503;
}

/** Where the answers to the members of one session arrive: `<inbox>.<number>`. */
export const newInbox = (): string => createInbox();

/**
 * Runs what calls a sink outside of the client's own reading loop, which would swallow what a sink throws and
 * stop reading. One call serves everything that the loop hands over until it lets go of the thread.
 */
export class Afterwards {
  readonly #act: () => void;
  #scheduled = false;

  constructor(act: () => void) {
    this.#act = act;
  }

  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#act();
    });
  }
}

/** Resolves with the reason when the connection has ended, whoever ended it. */
export async function endOf(connection: NatsConnection): Promise<Error> {
  const error = await connection.closed();
  return error instanceof Error ? error : new Error('the connection was closed');
}
