import { join } from 'node:path';
import { AckmarkError, invariant } from '../../harness/core/errors.ts';
import { systemPath } from '../debian/packages.ts';
import type {
  BrokerNode,
  Endpoint,
  KillEvidence,
  ManagedProcess,
  ProcessEnd,
  ProvisionHost,
  Replica,
} from '../provisioner.ts';
import { localAccess, targetAt } from './address.ts';
import { type ClusterPlan, doubtMs, environmentOf, type NodePlan } from './cluster-plan.ts';
import { serverScript } from './installation.ts';
import { openLink } from './link.ts';
import { drainNode, leadsQueue, membersSeenBy } from './look-up.ts';
import { enclosed, type Enclosure } from './namespaces.ts';
import { descendantNamed } from './processes.ts';

const readyTimeoutMs = 120_000;
const orderlyStopMs = 15_000;
const signalTimeoutMs = 10_000;
/** Until members of a queue that doubt their leader have agreed on another, also on a busy machine. */
const electionMs = 5_000;

/** One broker process in namespaces of its own. */
export class RabbitNode implements BrokerNode {
  readonly name: string;
  readonly dataDirectory: string;
  readonly logFile: string;
  readonly replica?: Replica;
  readonly #host: ProvisionHost;
  readonly #enclosure: Enclosure;
  readonly #cluster: ClusterPlan;
  readonly #plan: NodePlan;
  readonly #lookUp: Endpoint;
  #process: ManagedProcess | undefined;
  #beam: number | undefined;

  constructor(host: ProvisionHost, enclosure: Enclosure, cluster: ClusterPlan, plan: NodePlan) {
    this.#host = host;
    this.#enclosure = enclosure;
    this.#cluster = cluster;
    this.#plan = plan;
    this.name = plan.name;
    this.#lookUp = { host: plan.host, port: plan.ports.lookUp };
    const own = join(enclosure.directory, plan.folder);
    this.dataDirectory = join(own, 'data');
    this.logFile = join(own, 'log', 'rabbit.log');
    if (cluster.nodes.length > 1) this.replica = this.#replica();
  }

  pid(): number {
    if (this.#beam === undefined) {
      throw new AckmarkError('TARGET_UNAVAILABLE', `${this.name} is down`, {
        hint: 'Restart it first.',
      });
    }
    return this.#beam;
  }

  /** Resolves when it serves clients; whether it has found the others, `hasFoundAll` says. */
  async restart(): Promise<void> {
    invariant(this.#process === undefined, `${this.name} runs already`);
    const child = await this.#host.start(
      enclosed(
        this.#enclosure,
        this.name,
        [serverScript],
        environmentOf(this.#enclosure, this.#cluster, this.#plan),
        join(this.#enclosure.directory, this.#plan.folder, 'rabbitmq.out'),
      ),
    );
    this.#process = child;
    void this.#forget(child);
    try {
      await child.ready(() => this.#answers(), readyTimeoutMs);
      this.#beam = await descendantNamed(child.pid, 'beam.smp');
    } catch (error) {
      await child.kill('SIGKILL');
      throw error;
    }
  }

  async hasFoundAll(): Promise<boolean> {
    return (await membersSeenBy(this.#lookUp)) === this.#cluster.nodes.length;
  }

  async kill(): Promise<KillEvidence> {
    const pid = this.pid();
    const process = this.#process;
    await this.#signal('KILL');
    // The rest of the namespace follows the broker at once.
    await process?.ended;
    return { pid, signal: 'SIGKILL' };
  }

  async stop(): Promise<ProcessEnd | undefined> {
    const child = this.#process;
    if (child === undefined) return undefined;
    // `unshare` does not pass SIGTERM on, so the broker gets it directly; one that stands still would not hear it.
    if (this.#beam !== undefined) {
      await this.#signal('CONT').catch(() => undefined);
      await this.#signal('TERM').catch(() => undefined);
    }
    return child.stop(orderlyStopMs);
  }

  #replica(): Replica {
    return {
      // Members have no in-sync set to fall out of: whoever comes back catches up.
      outOfSyncMs: 2 * doubtMs,
      successionMs: 2 * doubtMs + electionMs,
      leads: async ({ subscription }) =>
        this.#beam !== undefined && leadsQueue(this.#lookUp, subscription),
      hasAll: async () => this.#beam !== undefined && (await this.hasFoundAll()),
      pause: () => this.#signal('STOP'),
      resume: () => this.#signal('CONT'),
      withdraw: async () => {
        if (await drainNode(this.#lookUp)) return this.stop();
        throw new AckmarkError('TARGET_UNAVAILABLE', `${this.name} did not go into maintenance`, {
          hint: `Read its log: ${this.logFile}`,
        });
      },
    };
  }

  async #forget(ended: ManagedProcess): Promise<void> {
    await ended.ended;
    if (this.#process !== ended) return;
    this.#process = undefined;
    this.#beam = undefined;
  }

  /** A whole handshake: the listener opens before the broker can serve its virtual host. */
  async #answers(): Promise<boolean> {
    this.#host.signal.throwIfAborted();
    const own = [{ host: this.#plan.host, port: this.#plan.ports.amqp }];
    try {
      const link = await openLink(
        targetAt({ kind: 'local', title: 'RabbitMQ' }, localAccess, own),
        { name: 'ackmark readiness', heartbeatSeconds: 10 },
      );
      await link.close();
      return true;
    } catch {
      return false;
    }
  }

  async #signal(signal: 'KILL' | 'TERM' | 'STOP' | 'CONT'): Promise<void> {
    const { directory } = this.#enclosure;
    await this.#host.run(
      {
        name: `SIG${signal} ${this.name}`,
        command: '/bin/sh',
        arguments: ['-c', 'kill -s "$1" "$2"', 'sh', signal, String(this.pid())],
        directory,
        environment: { PATH: systemPath },
        logFile: join(directory, 'signals.out'),
      },
      signalTimeoutMs,
    );
  }
}
