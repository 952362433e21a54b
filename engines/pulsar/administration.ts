import { AckmarkError, invariant } from '../../harness/core/errors.ts';
import type { Administration, Backlog, Deployed, Target, Topology } from '../engine.ts';
import { subscribed } from '../subscribed.ts';
import { refuseUndeclared } from '../topology-needs.ts';
import { addressOf } from './address.ts';
import { AdminLink } from './admin-link.ts';
import type { PulsarOptions } from './options.ts';
import { readRuntime, readStats } from './admin-answers.ts';
import { namespace } from './topics.ts';
import { traits } from './traits.ts';

const missing = 404;
const alreadyThere = 409;

/** Asks for the version at once, so that an unreachable broker is known before the cell begins. */
export async function administer(target: Target, options: PulsarOptions): Promise<Administration> {
  const link = new AdminLink(addressOf(target).admin);
  const version = (await link.request('GET', '/brokers/version')).replace(/[^ -~]/g, '?');
  return new PulsarAdministration(target, options, link, version.slice(0, 40));
}

class PulsarAdministration implements Administration {
  readonly #target: Target;
  readonly #options: PulsarOptions;
  readonly #link: AdminLink;
  readonly #version: string;

  constructor(target: Target, options: PulsarOptions, link: AdminLink, version: string) {
    this.#target = target;
    this.#options = options;
    this.#link = link;
    this.#version = version;
  }

  async apply(topology: Topology): Promise<Deployed> {
    refuseUndeclared(topology, traits(this.#options).capabilities);
    const deployed = {
      topology,
      effective: await this.#effective(),
      version: this.#version,
      settings: {},
    };
    try {
      await this.#create(topology);
      return deployed;
    } catch (error) {
      // Nobody else knows of what was created by then; why not all of it was is what the caller must hear.
      await this.remove(deployed).catch(() => undefined);
      throw error;
    }
  }

  /** Counted exactly: what is not acknowledged, and of it what members have in hand. */
  async backlog({ topology }: Deployed, number: number): Promise<Backlog> {
    const { subscription, destination } = subscribed(topology, number);
    const path = `${pathOf(destination.name)}/stats?getPreciseBacklog=true`;
    const stats = readStats(await this.#link.request('GET', path), subscription.name);
    if (stats === undefined) {
      throw new AckmarkError('CONNECT_FAILED', `Pulsar has no subscription ${subscription.name}`, {
        hint: 'Read the broker’s log for what became of it.',
      });
    }
    const inFlight = Math.min(stats.unacknowledged, stats.backlog);
    return { by: 'exact-depth', ready: stats.backlog - inFlight, inFlight };
  }

  async remove({ topology }: Deployed): Promise<void> {
    for (const { name } of topology.destinations) {
      await this.#link.request('DELETE', `${pathOf(name)}?force=true`, [missing]);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #create({ destinations, subscriptions }: Topology): Promise<void> {
    for (const { name } of destinations) await this.#link.request('PUT', pathOf(name));
    for (const { name, destination } of subscriptions) {
      const topic = destinations[destination]?.name;
      invariant(topic !== undefined, `no destination ${destination}`);
      // The topic is empty: at its end is at its beginning.
      const path = `${pathOf(topic)}/subscription/${encodeURIComponent(name)}`;
      await this.#link.request('PUT', path, [alreadyThere]);
    }
  }

  async #effective(): Promise<readonly string[]> {
    const runtime = readRuntime(await this.#link.request('GET', '/brokers/configuration/runtime'));
    const { subscription, resend } = this.#options;
    if (resend === 'client' && runtime.get('brokerDeduplicationEnabled') !== 'true') {
      throw new AckmarkError('TARGET_UNAVAILABLE', 'this broker does not look for copies', {
        hint: 'Set brokerDeduplicationEnabled=true, or use a profile that does not need it.',
      });
    }
    const quorum = ['EnsembleSize', 'WriteQuorum', 'AckQuorum']
      .map((name) => runtime.get(`managedLedgerDefault${name}`) ?? '?')
      .join('/');
    return [
      `broker: Pulsar ${this.#version}, deduplication ${runtime.get('brokerDeduplicationEnabled') ?? '?'}, transaction coordinator ${runtime.get('transactionCoordinatorEnabled') ?? '?'}`,
      `effective: ledgers on ensemble/write/ack quorum ${quorum}, journal ${this.#target.settings['journal'] ?? 'as it was configured there'}`,
      `subscription: ${subscription}, acknowledgements ${subscription === 'failover' ? 'cumulative' : 'one by one'} and with receipts`,
      resend === 'client'
        ? 'client: a named producer, comes back after a lost connection and sends again with the same numbers; no batches'
        : 'client: no reconnection, nothing is sent again, no batches, no prefetch beyond the permits',
    ];
  }
}

const pathOf = (topic: string): string => `/persistent/${namespace}/${encodeURIComponent(topic)}`;
