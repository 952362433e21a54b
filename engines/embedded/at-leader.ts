import { BrokerConnection, type ConnectionEvents, type ConnectOptions } from './client.ts';

export type { BrokerConnection, ConnectOptions };

/** Where another may lead, nobody waits for long for a node that stands still. */
const nodeTimeoutMs = 2_000;
/** The only one there is may be on a machine that is busy. */
const onlyNodeTimeoutMs = 10_000;

export function connectTimeoutMsOf(address: string): number {
  return address.includes(',') ? nodeTimeoutMs : onlyNodeTimeoutMs;
}

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
