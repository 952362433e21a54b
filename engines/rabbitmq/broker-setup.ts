import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AckmarkError } from '../../harness/core/errors.ts';
import type { ProvisionHost } from '../provisioner.ts';
import { type Installation, serverScript, systemPath } from './installation.ts';

const probeTimeoutMs = 10_000;

const inTheHostsRoot = `set -e
mount -t proc proc /proc
exec ${serverScript}`;

const inItsRoot = `set -e
mount -t proc proc "$ACKMARK_ROOT/proc"
mount --rbind /dev "$ACKMARK_ROOT/dev"
mount --bind "$ACKMARK_DIRECTORY" "$ACKMARK_ROOT/ackmark"
mount -t tmpfs -o mode=1777,size=64m tmpfs "$ACKMARK_ROOT/tmp"
exec chroot "$ACKMARK_ROOT" ${serverScript}`;

/** Run by root of the new namespaces; becomes the broker's own start script. */
export const startScript = ({ kind }: Installation): string =>
  kind === 'unpacked' ? inItsRoot : inTheHostsRoot;

/** Root needs no user namespace; anybody else needs one and may not be allowed to have it. */
export async function usableNamespaces(
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

export async function writeConfiguration(directory: string, port: number): Promise<void> {
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

export async function brokerEnvironment(
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
