import { createInbox, type Msg, type NatsConnection } from '@nats-io/transport-node';

/** 503 in the header of an empty message: nobody subscribed to the subject. */
export function isNoResponders({ data, headers }: Msg): boolean {
  return data.length === 0 && headers?.code === 503;
}

/** Where the answers to the members of one session arrive: `<inbox>.<number>`. */
export const newInbox = (): string => createInbox();

/** Resolves with the reason when the connection has ended, whoever ended it. */
export async function endOf(connection: NatsConnection): Promise<Error> {
  const error = await connection.closed();
  return error instanceof Error ? error : new Error('the connection was closed');
}
