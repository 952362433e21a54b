import { Admin } from '@platformatic/kafka';
import type { Endpoint, ReplicatedScope } from '../provisioner.ts';
import { keepErrorsFromThrowing } from './connection.ts';

const answerMs = 1_000;

/** Who leads the partition in the eyes of the node there: its id; undefined when it cannot say. */
export async function leaderSeenBy(
  { host, port }: Endpoint,
  { destination, scope }: ReplicatedScope,
): Promise<number | undefined> {
  const admin = new Admin({
    clientId: 'ackmark-leader-look-up',
    bootstrapBrokers: [`${host}:${port}`],
    connectTimeout: answerMs,
    requestTimeout: answerMs,
    timeout: answerMs,
    retries: 0,
  });
  keepErrorsFromThrowing(admin, () => undefined);
  try {
    const { topics } = await admin.metadata({ topics: [destination], forceUpdate: true });
    return topics.get(destination)?.partitions[scope]?.leader;
  } catch {
    // A node that is down, stands still or has not heard of the topic cannot say who leads.
    return undefined;
  } finally {
    await admin.close().catch(() => undefined);
  }
}
