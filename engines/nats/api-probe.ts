import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Endpoint, ReplicatedScope } from '../provisioner.ts';
import { isAbout } from './api-errors.ts';
import { atMost } from '../at-most.ts';
import { openConnection } from './connection.ts';

const answerMs = 1_500;
const goodbyeMs = 500;

const at = ({ host, port }: Endpoint) => ({
  kind: 'local',
  title: 'NATS',
  address: `${host}:${port}`,
  nodes: 1,
  settings: {},
});

/** Whether the JetStream API answers through the node: of several nodes, one leads them then. */
export async function answersApi(node: Endpoint): Promise<boolean> {
  return (await ask(node, (manager) => manager.getAccountInfo())) !== undefined;
}

/**
 * Whether it has routes to all others of so many servers, by what it tells clients of where else they may go, and the
 * JetStream API answers through it.
 */
export async function knowsServers(node: Endpoint, servers: number): Promise<boolean> {
  const known = await ask(node, async (manager, connection) => {
    await manager.getAccountInfo();
    return connection.info?.connect_urls?.length ?? 1;
  });
  return known === servers;
}

/** Who leads a stream: a node of this name, or nobody can say; or there is no such stream. */
export type Leader =
  | { readonly is: 'node'; readonly name: string }
  | { readonly is: 'unknown' }
  | { readonly is: 'no-stream' };

/** Asked through this node. */
export async function leaderSeenBy(
  node: Endpoint,
  { destination }: ReplicatedScope,
): Promise<Leader> {
  const answer = await ask(node, async (manager): Promise<Leader> => {
    try {
      const { cluster } = await manager.streams.info(destination);
      const name = cluster?.leader;
      return name === undefined ? { is: 'unknown' } : { is: 'node', name };
    } catch (error) {
      if (isAbout(error, 'stream-not-found')) return { is: 'no-stream' };
      throw error;
    }
  });
  return answer ?? { is: 'unknown' };
}

type Manager = Awaited<ReturnType<typeof jetstreamManager>>;

async function ask<T>(
  node: Endpoint,
  question: (manager: Manager, connection: NatsConnection) => Promise<T>,
): Promise<T | undefined> {
  const connection = await openConnection(at(node), { name: 'ackmark look-up', first: 0 }).catch(
    () => undefined,
  );
  // A node that is down or stands still says nothing.
  if (connection === undefined) return undefined;
  try {
    const manager = await jetstreamManager(connection, { timeout: answerMs, checkAPI: false });
    return await question(manager, connection);
  } catch {
    // Nobody leads, or whoever does stands still.
    return undefined;
  } finally {
    // Nothing that was sent matters any more: a goodbye must not make the look-up late.
    await atMost(connection.close(), goodbyeMs);
  }
}
