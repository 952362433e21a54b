import { Admin, describeQuorumV2, FindCoordinatorKeyTypes, metadataV12 } from '@platformatic/kafka';
import type { Coordinated, Endpoint, ReplicatedScope } from '../provisioner.ts';
import { keepErrorsFromThrowing } from './connection.ts';

const answerMs = 1_000;

/** Who leads the partition in the eyes of the node there: its id; undefined when it cannot say. */
export async function leaderSeenBy(
  { host, port }: Endpoint,
  { destination, scope }: ReplicatedScope,
): Promise<number | undefined> {
  return withAdmin({ host, port }, async (admin) => {
    const { topics } = await admin.metadata({ topics: [destination], forceUpdate: true });
    return topics.get(destination)?.partitions[scope]?.leader;
  });
}

/** Which broker coordinates it, in the eyes of the node there: its id; undefined when it cannot say. */
export async function coordinatorSeenBy(
  at: Endpoint,
  what: Coordinated,
): Promise<number | undefined> {
  const [keyType, key] =
    what.kind === 'group'
      ? [FindCoordinatorKeyTypes.GROUP, what.name]
      : [FindCoordinatorKeyTypes.TRANSACTION, what.transactionalId];
  return withAdmin(at, async (admin) => {
    const [found] = await admin.findCoordinator({ keyType, keys: [key] });
    return found?.nodeId;
  });
}

const quorum = [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }];

/** Which controller is active, by the word of the first of these brokers that can say (DescribeQuorum): its id. */
export async function activeControllerSeenBy(
  brokers: readonly Endpoint[],
): Promise<number | undefined> {
  for (const broker of brokers) {
    const id = await withAdmin(broker, async (admin) => {
      const connection = await admin.connections.get(broker);
      const { topics } = await describeQuorumV2.api.async(connection, quorum);
      return topics[0]?.partitions[0]?.leaderId;
    });
    if (id !== undefined && id >= 0) return id;
  }
  return undefined;
}

/** Whether so many brokers are there and every partition has all its replicas in sync, in the eyes of the node there. */
export async function hasAllBrokers(at: Endpoint, brokers: number): Promise<boolean> {
  const isWhole = await withAdmin(at, async (admin) => {
    const connection = await admin.connections.get(at);
    // Of all topics, those of groups and transactions, too, which the client's own call does not tell.
    const seen = await metadataV12.api.async(connection, null, false, false);
    const partitions = seen.topics.flatMap((topic) => topic.partitions);
    return (
      seen.brokers.length === brokers &&
      partitions.every(({ isrNodes, replicaNodes }) => isrNodes.length === replicaNodes.length)
    );
  });
  return isWhole === true;
}

/** Undefined from a node that is down, stands still or has not heard of what it is asked. */
async function withAdmin<T>(
  { host, port }: Endpoint,
  ask: (admin: Admin) => Promise<T>,
): Promise<T | undefined> {
  const admin = new Admin({
    clientId: 'ackmark-look-up',
    bootstrapBrokers: [`${host}:${port}`],
    connectTimeout: answerMs,
    requestTimeout: answerMs,
    timeout: answerMs,
    retries: 0,
  });
  keepErrorsFromThrowing(admin, () => undefined);
  try {
    return await ask(admin);
  } catch {
    return undefined;
  } finally {
    await admin.close().catch(() => undefined);
  }
}
