import { Admin } from '@platformatic/kafka';
import { everyErrorIn } from '../access-failures.ts';
import type { Target } from '../engine.ts';
import { baseOptions, cannotConnect, keepErrorsFromThrowing, within } from './connection.ts';
import type { KafkaOptions } from './options.ts';

const reachMs = 20_000;
const closeMs = 2_000;

/**
 * Connects once to every broker that the cluster names, by the address that it gives its clients. Nothing is tried
 * again: a login that is wrong has to be told before the account is locked.
 * @throws AckmarkError TLS_FAILED, ACCESS_REFUSED, CONNECT_FAILED
 */
export async function requireAccess(target: Target, options: KafkaOptions): Promise<void> {
  const client = new Admin({ ...baseOptions(target, options, 'ackmark-access'), retries: 0 });
  const told: Error[] = [];
  keepErrorsFromThrowing(client, () => undefined);
  // The client answers a request on a connection that broke with its end alone, without what broke it.
  client.connections.on('connecting', ({ connection }) => {
    connection.on('error', (error) => told.push(error));
  });
  try {
    await within(client.connectToBrokers(), reachMs, `reaching Kafka at ${target.address}`);
  } catch (error) {
    const known = everyErrorIn(error);
    const [why] = told.filter((one) => !known.includes(one));
    throw cannotConnect(target, why === undefined ? error : new AggregateError([error, why]));
  } finally {
    // A connection that hangs is not waited for.
    await within(client.close(), closeMs, 'closing').catch(() => undefined);
  }
}
