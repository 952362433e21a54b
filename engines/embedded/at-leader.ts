import { BrokerConnection, type ConnectionEvents, type ConnectOptions } from './client.ts';

export type { BrokerConnection, ConnectOptions };

/**
 * A connection to whichever of the addresses leads, which are told apart by commas; with one, to that one.
 *
 * @throws AckmarkError CONNECT_FAILED of the last that was tried, when none does
 */
export async function openAtLeader(
  options: ConnectOptions,
  events: ConnectionEvents,
): Promise<BrokerConnection> {
  let failure: unknown;
  for (const address of options.address.split(',')) {
    try {
      return await BrokerConnection.open({ ...options, address }, events);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
