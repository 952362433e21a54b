import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AckmarkError } from '../../harness/core/errors.ts';
import type { BrokerNode, KillEvidence, ManagedProcess, ProvisionHost } from '../provisioner.ts';
import { targetAt } from './address.ts';
import { type Installation, serverScript, systemPath } from './installation.ts';
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
    const script = this.#from.kind === 'unpacked' ? inItsRoot : inTheHostsRoot;
    const child = await this.#host.start({
      name: 'RabbitMQ',
      command: '/usr/bin/unshare',
      arguments: [...this.#namespaces, '--', '/bin/sh', '-c', script],
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

const inTheHostsRoot = `set -e
mount -t proc proc /proc
exec ${serverScript}`;

const inItsRoot = `set -e
mount -t proc proc "$ACKMARK_ROOT/proc"
mount --rbind /dev "$ACKMARK_ROOT/dev"
mount --bind "$ACKMARK_DIRECTORY" "$ACKMARK_ROOT/ackmark"
mount -t tmpfs -o mode=1777,size=64m tmpfs "$ACKMARK_ROOT/tmp"
exec chroot "$ACKMARK_ROOT" ${serverScript}`;

/** Root needs no user namespace; anybody else needs one and may not be allowed to have it. */
async function usableNamespaces(
  host: ProvisionHost,
  directory: string,
): Promise<readonly string[]> {
  const plain = ['--pid', '--fork', '--kill-child', '--mount', '--propagation', 'private'];
  let cause: unknown;
  for (const candidate of [plain, ['--map-root-user', ...plain]]) {
    try {
      await host.run(
        {
          name: 'namespaces',
          command: '/usr/bin/unshare',
          arguments: [...candidate, '--', '/bin/true'],
          directory,
          environment: { PATH: systemPath },
          logFile: join(directory, 'namespaces.out'),
        },
        probeTimeoutMs,
      );
      return candidate;
    } catch (error) {
      host.signal.throwIfAborted();
      cause = error;
    }
  }
  throw new AckmarkError(
    'TARGET_UNAVAILABLE',
    'RabbitMQ needs process and mount namespaces of its own, and this system refuses them',
    {
      hint: 'Run as root (in a container: privileged), or use --target amqp://user:password@host:5672.',
      cause,
    },
  );
}

async function writeConfiguration(directory: string, port: number): Promise<void> {
  for (const name of ['data', 'log']) await mkdir(join(directory, name), { recursive: true });
  await writeFile(join(directory, 'enabled_plugins'), '[].\n');
  await writeFile(
    join(directory, 'rabbitmq.conf'),
    `listeners.tcp.default = 127.0.0.1:${port}
log.console = false
log.file = rabbit.log
vm_memory_high_watermark.absolute = 1GB
disk_free_limit.absolute = 100MB
`,
  );
}

async function brokerEnvironment(
  host: ProvisionHost,
  directory: string,
  from: Installation,
): Promise<Readonly<Record<string, string>>> {
  const inside = from.kind === 'unpacked' ? '/ackmark' : directory;
  return {
    ACKMARK_ROOT: from.root,
    ACKMARK_DIRECTORY: directory,
    PATH: systemPath,
    LANG: 'C.UTF-8',
    // Erlang keeps a cookie of its own making here.
    HOME: inside,
    ERL_EPMD_PORT: String(await host.freePort()),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: 'ackmark@localhost',
    RABBITMQ_DIST_PORT: String(await host.freePort()),
    RABBITMQ_MNESIA_BASE: join(inside, 'data'),
    RABBITMQ_MNESIA_DIR: join(inside, 'data', 'node'),
    RABBITMQ_LOG_BASE: join(inside, 'log'),
    RABBITMQ_CONFIG_FILE: join(inside, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(inside, 'enabled_plugins'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
  };
}
