import { jetstreamManager } from '@nats-io/jetstream';
import type { ReplicatedScope } from '../provisioner.ts';
import { closeConnection, openConnection } from './connection.ts';

const answerMs = 1_000;

const at = (port: number) => ({
  kind: 'local',
  title: 'NATS',
  address: `127.0.0.1:${port}`,
  nodes: 1,
  settings: {},
});

/** Whether the JetStream API answers through the node: of several nodes, one leads them then. */
export async function answersApi(port: number): Promise<boolean> {
  return (await ask(port, (manager) => manager.getAccountInfo())) !== undefined;
}

/** Who leads the stream, asked through the node at this port: its name; undefined when nobody can say. */
export async function leaderSeenBy(
  port: number,
  { destination }: ReplicatedScope,
): Promise<string | undefined> {
  const info = await ask(port, (manager) => manager.streams.info(destination));
  return info?.cluster?.leader;
}

type Manager = Awaited<ReturnType<typeof jetstreamManager>>;

async function ask<T>(
  port: number,
  question: (manager: Manager) => Promise<T>,
): Promise<T | undefined> {
  const connection = await openConnection(at(port), { name: 'ackmark look-up', first: 0 }).catch(
    () => undefined,
  );
  // A node that is down or stands still says nothing.
  if (connection === undefined) return undefined;
  try {
    const manager = await jetstreamManager(connection, { timeout: answerMs, checkAPI: false });
    return await question(manager);
  } catch {
    // Nobody leads, or whoever does stands still.
    return undefined;
  } finally {
    await closeConnection(connection);
  }
}
