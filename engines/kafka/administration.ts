import {
  Admin,
  ConfigResourceTypes,
  type ListedOffsetsTopic,
  ListOffsetTimestamps,
} from '@platformatic/kafka';
import { setTimeout as pause } from 'node:timers/promises';
import { AckmarkError, invariant } from '../../harness/core/errors.ts';
import type {
  Administration,
  Backlog,
  Deployed,
  DestinationSpec,
  ScopeEnd,
  Target,
  Topology,
} from '../engine.ts';
import { accessOptions, failureAt } from './access.ts';
import { protectionOf } from './address.ts';
import { cannotConnect, keepErrorsFromThrowing, sessionTimeoutMs, within } from './connection.ts';
import { requireAccess } from './first-contact.ts';
import { type Answering, type Dialect, kafkaDialect } from './dialect.ts';
import type { KafkaOptions } from './options.ts';
import { brokerErrors } from './outcomes.ts';
import { LastReadable } from './last-readable.ts';
import { refuseUndeclared } from '../topology-needs.ts';
import { scopeTable } from './scopes.ts';
import { traits } from './traits.ts';

const reachMs = 20_000;
const leaderMs = 20_000;
const pollMs = 50;
const closeMs = 2_000;

/** Administers over its own connection; the client's retries here hide nothing that is measured. */
export async function administer(
  target: Target,
  options: KafkaOptions,
  dialect: Dialect = kafkaDialect,
): Promise<Administration> {
  if (target.kind === 'external') await requireAccess(target, options);
  const admin = new Admin({
    clientId: 'ackmark-administration',
    bootstrapBrokers: target.address.split(','),
    ...accessOptions(target, options),
    requestTimeout: 20_000,
    timeout: 10_000,
    retries: 30,
    retryDelay: 100,
  });
  keepErrorsFromThrowing(admin, () => undefined);
  const administration = new KafkaAdministration(admin, target, options, dialect);
  try {
    await within(administration.reach(), reachMs, `reaching Kafka at ${target.address}`);
  } catch (cause) {
    await administration.close();
    throw cannotConnect(target, cause);
  }
  return administration;
}

class KafkaAdministration implements Administration {
  readonly #admin: Admin;
  readonly #target: Target;
  readonly #options: KafkaOptions;
  readonly #lastReadable: LastReadable;
  readonly #committedOnly: boolean;
  readonly #dialect: Dialect;
  #brokers = 0;
  #clusterId = '';

  constructor(admin: Admin, target: Target, options: KafkaOptions, dialect: Dialect) {
    this.#admin = admin;
    this.#dialect = dialect;
    this.#target = target;
    this.#options = options;
    this.#committedOnly = options.isolation === 'read-committed';
    this.#lastReadable = new LastReadable(target, options);
  }

  /** Waits until as many brokers are there as the target says it has: a cluster gathers slowly. */
  async reach(): Promise<void> {
    for (;;) {
      const { id, brokers } = await this.#admin.metadata({ topics: [], forceUpdate: true });
      this.#clusterId = id;
      this.#brokers = brokers.size;
      if (brokers.size >= (this.#target.kind === 'external' ? 1 : this.#target.nodes)) return;
      await pause(pollMs);
    }
  }

  async apply(topology: Topology): Promise<Deployed> {
    refuseUndeclared(topology, traits(this.#options).capabilities);
    const replicas = Math.min(this.#options.replicas, this.#brokers);
    const minInsync = Math.min(this.#options.minInsyncReplicas, replicas);
    const settings = { replicas: String(replicas), minInsyncReplicas: String(minInsync) };
    const answering = this.#dialect.answering(this.#target, this.#clusterId);
    await this.#create(topology, replicas, minInsync);
    try {
      await within(this.#leaders(topology, replicas), leaderMs, 'electing the partition leaders');
      const effective = await this.#effective(topology, replicas, answering);
      return { topology, effective, settings, ...answering };
    } catch (error) {
      // Nobody else knows of the topics; why they cannot be used is what the caller must hear.
      await this.remove({ topology, effective: [], settings }).catch(() => undefined);
      throw error;
    }
  }

  async #create({ destinations }: Topology, replicas: number, minInsync: number): Promise<void> {
    try {
      await this.#admin.createTopics({
        topics: destinations.map(({ name, scopes }) => ({
          topic: name,
          partitions: scopes,
          replicas,
        })),
        configs: [...this.#dialect.topicSettings(this.#options, minInsync)],
      });
    } catch (cause) {
      throw failureAt(this.#target, 'cannot create the topics', cause);
    }
  }

  /** The end of each partition as a reader of this profile sees it. */
  async backlog(deployed: Deployed, subscription: number): Promise<Backlog> {
    const destination = deployed.topology.subscriptions[subscription]?.destination ?? -1;
    const topic = deployed.topology.destinations[destination];
    invariant(topic !== undefined, `no subscription ${subscription}`);
    const listed = await this.#ends(topic);
    const first = scopeTable(deployed.topology).scopeOf(destination, 0);
    const ends: ScopeEnd[] = [];
    for (const { partitionIndex, offset } of listed.flatMap(({ partitions }) => partitions)) {
      // Only who is idempotent has transactions.
      const end = this.#options.idempotent
        ? await this.#lastReadable.endBefore(topic.name, partitionIndex, offset)
        : offset;
      if (end > 0n) {
        ends.push({ scope: first + partitionIndex, end: { major: Number(end), minor: 0 } });
      }
    }
    return { by: 'end-position', ends: ends.sort((a, b) => a.scope - b.scope) };
  }

  async remove(deployed: Deployed): Promise<void> {
    const { destinations, subscriptions } = deployed.topology;
    for (const { name } of subscriptions) {
      // A group that nobody joined, or that a crashed member still belongs to, expires by itself.
      await this.#admin
        .deleteGroups({ groups: [name] })
        .catch(unless('GROUP_ID_NOT_FOUND', 'NON_EMPTY_GROUP'));
    }
    for (const { name } of destinations) {
      await this.#admin
        .deleteTopics({ topics: [name] })
        .catch(unless('UNKNOWN_TOPIC_OR_PARTITION'));
    }
  }

  async close(): Promise<void> {
    await this.#lastReadable.close();
    await within(this.#admin.close(), closeMs, 'closing').catch(() => undefined);
  }

  async #leaders({ destinations }: Topology, replicas: number): Promise<void> {
    const names = destinations.map(({ name }) => name);
    for (;;) {
      const { topics } = await this.#admin
        .metadata({ topics: [...names], forceUpdate: true })
        .catch((error: unknown) => {
          // The broker that answers may not have heard of the topic yet.
          if (error instanceof Error && error.message.startsWith('Unknown topic')) {
            return { topics: new Map<string, undefined>() };
          }
          throw error;
        });
      const ready = destinations.every(({ name, scopes }) => {
        const partitions = topics.get(name)?.partitions ?? [];
        return (
          partitions.length === scopes &&
          partitions.every(({ leader, isr }) => leader >= 0 && isr.length === replicas)
        );
      });
      if (ready) break;
      await pause(pollMs);
    }
    // A broker announces its leadership before it takes requests for it; at acks=0 that costs messages.
    for (const topic of destinations) await this.#ends(topic);
  }

  /** The client asks again while a leader is not ready to answer. */
  #ends({ name, scopes }: DestinationSpec): Promise<ListedOffsetsTopic[]> {
    return this.#admin.listOffsets({
      topics: [
        {
          name,
          partitions: Array.from({ length: scopes }, (_, partitionIndex) => ({
            partitionIndex,
            timestamp: ListOffsetTimestamps.LATEST,
          })),
        },
      ],
      isolationLevel: this.#committedOnly ? 1 : 0,
    });
  }

  async #effective(
    { destinations }: Topology,
    replicas: number,
    answering: Answering | undefined,
  ): Promise<readonly string[]> {
    const options = this.#options;
    const nodes = `${this.#brokers} ${this.#brokers === 1 ? 'broker' : 'brokers'}`;
    const retries =
      options.retries === 0
        ? 'the client does not retry'
        : `the client retries up to ${options.retries} times, every ${options.retryDelayMs} ms`;
    const answers = answering?.nothingClaimed ?? answering?.title;
    return [
      ...(answers === undefined ? [] : [`answers: ${answers}`]),
      ...(this.#target.kind === 'external' ? [protectionOf(this.#target)] : []),
      `effective: ${replicas} ${replicas === 1 ? 'replica' : 'replicas'} (${options.replicas} wished, ${nodes})`,
      ...(await this.#readBack(destinations[0]?.name)),
      `acks=${options.acks}, idempotence ${options.idempotent ? 'on' : 'off'}, ${retries}, ${options.maxInFlight} in flight`,
      `isolation ${options.isolation}, session timeout ${sessionTimeoutMs(this.#target, options)} ms`,
    ];
  }

  async #readBack(topic: string | undefined): Promise<readonly string[]> {
    if (topic === undefined) return [];
    const [described] = await this.#admin.describeConfigs({
      resources: [
        {
          resourceType: ConfigResourceTypes.TOPIC,
          resourceName: topic,
          configurationKeys: [...this.#dialect.decisive],
        },
      ],
    });
    if (described === undefined) {
      throw new AckmarkError('CONNECT_FAILED', `the broker does not describe topic ${topic}`, {
        hint: 'Allow DescribeConfigs on topics to this client.',
      });
    }
    const read = described.configs.map(({ name, value }) => ({ name, value: value ?? '' }));
    this.#dialect.requireTopic(this.#target, read);
    return read.map(({ name, value }) => {
      const note =
        name === 'min.insync.replicas' && value !== String(this.#options.minInsyncReplicas)
          ? ` (${this.#options.minInsyncReplicas} wished)`
          : '';
      return `effective: ${name}=${value}${note}`;
    });
  }
}

function unless(...expected: readonly string[]): (error: unknown) => void {
  return (error) => {
    const names = brokerErrors(error);
    if (!expected.some((name) => names.has(name))) throw error;
  };
}
