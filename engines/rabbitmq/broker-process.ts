import { join } from 'node:path';
import { AckmarkError } from '../../harness/core/errors.ts';
import type { BrokerNode, KillEvidence, ManagedProcess, ProvisionHost } from '../provisioner.ts';
import { targetAt } from './address.ts';
import {
  brokerEnvironment,
  startScript,
  usableNamespaces,
  writeConfiguration,
} from './broker-setup.ts';
import { type Installation, systemPath } from './installation.ts';
import { openLink } from './link.ts';
import { descendantNamed } from './processes.ts';

const readyTimeoutMs = 120_000;
const orderlyStopMs = 15_000;
const probeTimeoutMs = 10_000;

export interface RunningBroker {
  readonly node: BrokerNode;
  readonly stop: () => Promise<void>;
}

/**
 * The broker runs in a process namespace of its own: when `unshare`, our direct child, dies for whatever
 * reason, the kernel kills the namespace's first process and with it everything inside, the daemonised
 * epmd included. Mounts live in a mount namespace and go the same way.
 */
export async function startBroker(
  host: ProvisionHost,
  directory: string,
  from: Installation,
  port: number,
): Promise<RunningBroker> {
  const namespaces = await usableNamespaces(host, directory);
  await writeConfiguration(directory, port);
  const environment = await brokerEnvironment(host, directory, from);
  const broker = new Broker(host, directory, from, port, namespaces, environment);
  await broker.restart();
  return { node: broker, stop: () => broker.stop() };
}

class Broker implements BrokerNode {
  readonly name = 'rabbitmq';
  readonly dataDirectory: string;
  readonly logFile: string;
  readonly #host: ProvisionHost;
  readonly #directory: string;
  readonly #from: Installation;
  readonly #port: number;
  readonly #namespaces: readonly string[];
  readonly #environment: Readonly<Record<string, string>>;
  #process: ManagedProcess | undefined;
  #beam: number | undefined;

  constructor(
    host: ProvisionHost,
    directory: string,
    from: Installation,
    port: number,
    namespaces: readonly string[],
    environment: Readonly<Record<string, string>>,
  ) {
    this.#host = host;
    this.#directory = directory;
    this.#from = from;
    this.#port = port;
    this.#namespaces = namespaces;
    this.#environment = environment;
    this.dataDirectory = join(directory, 'data');
    this.logFile = join(directory, 'log', 'rabbit.log');
  }

  pid(): number {
    if (this.#beam === undefined) {
      throw new AckmarkError('TARGET_UNAVAILABLE', 'the RabbitMQ node is down', {
        hint: 'Restart it first.',
      });
    }
    return this.#beam;
  }

  async restart(): Promise<void> {
    const child = await this.#host.start({
      name: 'RabbitMQ',
      command: '/usr/bin/unshare',
      arguments: [...this.#namespaces, '--', '/bin/sh', '-c', startScript(this.#from)],
      directory: this.#directory,
      environment: this.#environment,
      logFile: join(this.#directory, 'rabbitmq.out'),
    });
    this.#process = child;
    try {
      await child.ready(() => this.#answers(), readyTimeoutMs);
      this.#beam = await descendantNamed(child.pid, 'beam.smp');
    } catch (error) {
      await child.kill('SIGKILL');
      throw error;
    }
  }

  async kill(): Promise<KillEvidence> {
    const pid = this.pid();
    await this.#signal('KILL', pid);
    // The rest of the namespace follows the broker at once.
    await this.#process?.ended;
    this.#beam = undefined;
    return { pid, signal: 'SIGKILL' };
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    this.#process = undefined;
    // `unshare` does not pass SIGTERM on, so the broker gets it directly.
    if (this.#beam !== undefined) await this.#signal('TERM', this.#beam).catch(() => undefined);
    this.#beam = undefined;
    await child.stop(orderlyStopMs);
  }

  /** A whole handshake: the listener opens before the broker can serve its virtual host. */
  async #answers(): Promise<boolean> {
    this.#host.signal.throwIfAborted();
    try {
      const link = await openLink(
        targetAt(
          { kind: 'local', title: 'RabbitMQ' },
          {
            protocol: 'amqp',
            hostname: '127.0.0.1',
            port: this.#port,
            username: 'guest',
            password: 'guest',
            vhost: '/',
          },
        ),
        { name: 'ackmark readiness', heartbeatSeconds: 10 },
      );
      await link.close();
      return true;
    } catch {
      return false;
    }
  }

  async #signal(signal: 'KILL' | 'TERM', pid: number): Promise<void> {
    await this.#host.run(
      {
        name: `SIG${signal} RabbitMQ`,
        command: '/bin/sh',
        arguments: ['-c', 'kill -s "$1" "$2"', 'sh', signal, String(pid)],
        directory: this.#directory,
        environment: { PATH: systemPath },
        logFile: join(this.#directory, 'signals.out'),
      },
      probeTimeoutMs,
    );
  }
}
