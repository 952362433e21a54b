import type { BrokerConnection } from '../embedded/client.ts';
import { type ProducerIdentity, readIdentity } from '../embedded/log/entries.ts';
import { beginRequest } from '../embedded/protocol/frame.ts';
import { writeInitTransactions } from '../embedded/protocol/log-messages.ts';
import { Api } from '../embedded/protocol/protocol.ts';
import type { LogOptions } from './options.ts';

/** Of a producer whose batches nobody recognises. */
export const anonymous: ProducerIdentity = { producer: 0, epoch: 0 };

/**
 * An id of its own, or the next epoch of a transactional id: its last owner is fenced then.
 * @throws AckmarkError
 */
export async function register(
  connection: BrokerConnection,
  options: LogOptions,
  transactionalId: string | undefined,
): Promise<ProducerIdentity> {
  if (!options.idempotent && transactionalId === undefined) return anonymous;
  const request =
    transactionalId === undefined
      ? beginRequest(Api.initProducer)
      : writeInitTransactions(beginRequest(Api.initTransactions), {
          transactionalId,
          timeoutMs: options.transactionTimeoutMs,
        });
  return readIdentity(await connection.call(request));
}
