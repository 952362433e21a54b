import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { setTimeout as pause } from 'node:timers/promises';
import { invariant } from '../../harness/core/errors.ts';
import type { Administration, Backlog, Deployed, Target, Topology } from '../engine.ts';
import { refuseUndeclared } from '../topology-needs.ts';
import { notDone } from './access.ts';
import { protectionOf } from './address.ts';
import { isAbout } from './api-errors.ts';
import { closeConnection, openConnection, productOf } from './connection.ts';
import type { JetStreamOptions } from './options.ts';
import { requireRights, subjectsOfJetStream } from './rights.ts';
import { consumerSettings, streamSettings } from './stream-settings.ts';
import { consumerOf, streamOf } from './subjects.ts';
import { traits } from './traits.ts';

const apiTimeoutMs = 10_000;
/** A cluster that has just gathered may not know all its members yet. */
const placedMs = 30_000;
const pollMs = 100;

export class JetStreamAdministration implements Administration {
  readonly #target: Target;
  readonly #options: JetStreamOptions;
  #connection: NatsConnection | undefined;
  #turn = 0;

  constructor(target: Target, options: JetStreamOptions) {
    this.#target = target;
    this.#options = options;
  }

  /** Connects at once, so that an unreachable server is known before the cell begins. */
  static async open(target: Target, options: JetStreamOptions): Promise<JetStreamAdministration> {
    const administration = new JetStreamAdministration(target, options);
    await administration.#open();
    return administration;
  }

  async apply(topology: Topology): Promise<Deployed> {
    refuseUndeclared(topology, traits(this.#options).capabilities);
    const connection = await this.#open();
    if (this.#target.kind === 'external') {
      await requireRights(connection, this.#target, subjectsOfJetStream(topology));
    }
    const replicas = this.#replicas(connection);
    const settings = { replicas: String(replicas) };
    try {
      await this.#create(topology, replicas);
      return { topology, effective: await this.#effective(topology), settings };
    } catch (error) {
      // Nobody else knows of what was created by then; why not all of it was is what the caller must hear.
      await this.remove({ topology, effective: [], settings }).catch(() => undefined);
      throw error;
    }
  }

  async #create(topology: Topology, replicas: number): Promise<void> {
    await this.#onServer('create the streams', async (manager) => {
      for (const destination of topology.destinations) {
        await placed(() =>
          manager.streams.add(streamSettings(destination, this.#options, replicas)),
        );
      }
      for (const subscription of topology.subscriptions) {
        const stream = streamNamed(topology, subscription.destination);
        const settings = consumerSettings(subscription, this.#options);
        await placed(() => manager.consumers.add(stream, settings));
      }
    });
  }

  /** As the consumer's leader counts: not yet delivered, and delivered and unsettled. */
  async backlog({ topology }: Deployed, subscription: number): Promise<Backlog> {
    const spec = topology.subscriptions[subscription];
    invariant(spec !== undefined, `no subscription ${subscription}`);
    const stream = streamNamed(topology, spec.destination);
    const info = await this.#onServer('tell the backlog', (manager) =>
      manager.consumers.info(stream, consumerOf(spec)),
    );
    if (this.#options.acknowledgement === 'none') return { by: 'quiescence' };
    return { by: 'exact-depth', ready: info.num_pending, inFlight: info.num_ack_pending };
  }

  async remove({ topology }: Deployed): Promise<void> {
    await this.#onServer('remove the streams', async (manager) => {
      for (const destination of topology.destinations) {
        // Its consumers go with it.
        await manager.streams.delete(streamOf(destination)).catch((error: unknown) => {
          if (!isAbout(error, 'stream-not-found')) throw error;
        });
      }
    });
  }

  async close(): Promise<void> {
    if (this.#connection !== undefined) await closeConnection(this.#connection);
  }

  #replicas({ info }: NatsConnection): number {
    const { kind, nodes } = this.#target;
    const { replicas } = this.#options;
    if (kind !== 'external') return Math.min(replicas, nodes);
    // The addresses of a system elsewhere say little about its size; a cluster refuses what it cannot place.
    return info?.cluster === undefined ? 1 : replicas;
  }

  async #effective({ destinations, subscriptions }: Topology): Promise<readonly string[]> {
    const [first] = destinations;
    const [reader] = subscriptions;
    invariant(first !== undefined && reader !== undefined, 'a topology has one of each');
    return this.#onServer('describe what it made', async (manager, product) => {
      const { config } = await manager.streams.info(streamOf(first));
      const consumer = await manager.consumers.info(
        streamNamed({ destinations }, reader.destination),
        consumerOf(reader),
      );
      const { ack_policy: policy, ack_wait: wait = 0, max_deliver: limit = -1 } = consumer.config;
      const { replicas: wished, duplicateWindowMs } = this.#options;
      const copies = config.num_replicas;
      return [
        ...(this.#target.kind === 'external'
          ? [protectionOf(this.#target, this.#connection?.info)]
          : []),
        `server: ${product}, ${this.#target.nodes} ${this.#target.nodes === 1 ? 'node' : 'nodes'}`,
        `effective: ${copies} ${copies === 1 ? 'replica' : 'replicas'} (${wished} wished), ${config.storage} storage, retention ${config.retention}`,
        duplicateWindowMs === 0
          ? 'sends carry no Nats-Msg-Id'
          : `sends carry a Nats-Msg-Id, duplicate window ${config.duplicate_window / 1e6} ms`,
        policy === 'none'
          ? 'consumer: no acknowledgements'
          : `consumer: explicit acknowledgements that are answered, ack wait ${wait / 1e6} ms, max deliver ${limit === -1 ? 'unlimited' : limit}`,
        'client: no reconnection, TCP_NODELAY, pulls as many as were asked for',
      ];
    });
  }

  /** A server that was killed is met again, or another takes its place. */
  async #open(): Promise<NatsConnection> {
    if (this.#connection === undefined || this.#connection.isClosed()) {
      this.#connection = await openConnection(this.#target, {
        name: 'ackmark administration',
        first: this.#turn,
      });
      this.#turn += 1;
    }
    return this.#connection;
  }

  async #onServer<T>(
    what: string,
    task: (manager: JetStreamManager, product: string) => Promise<T>,
  ): Promise<T> {
    const connection = await this.#open();
    try {
      const manager = await jetstreamManager(connection, {
        timeout: apiTimeoutMs,
        checkAPI: false,
      });
      return await task(manager, productOf(connection));
    } catch (cause) {
      throw notDone(this.#target, what, cause);
    }
  }
}

function streamNamed({ destinations }: Pick<Topology, 'destinations'>, index: number): string {
  const destination = destinations[index];
  invariant(destination !== undefined, `no destination ${index}`);
  return streamOf(destination);
}

async function placed<T>(create: () => Promise<T>): Promise<T> {
  const endMs = performance.now() + placedMs;
  for (;;) {
    try {
      return await create();
    } catch (error) {
      if (performance.now() >= endMs || !isAbout(error, 'not-yet')) throw error;
      await pause(pollMs);
    }
  }
}
