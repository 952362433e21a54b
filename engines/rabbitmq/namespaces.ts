import { join } from 'node:path';
import { AckmarkError } from '../../harness/core/errors.ts';
import { systemPath } from '../debian/packages.ts';
import type { ProcessSpec, ProvisionHost } from '../provisioner.ts';
import type { Installation } from './installation.ts';

const probeTimeoutMs = 10_000;

const inTheHostsRoot = `set -e
mount -t proc proc /proc
exec "$@"`;

const inItsRoot = `set -e
mount -t proc proc "$ACKMARK_ROOT/proc"
mount --rbind /dev "$ACKMARK_ROOT/dev"
mount --bind "$ACKMARK_DIRECTORY" "$ACKMARK_ROOT/ackmark"
mount -t tmpfs -o mode=1777,size=64m tmpfs "$ACKMARK_ROOT/tmp"
exec chroot "$ACKMARK_ROOT" "$@"`;

/** The namespaces in which everything of one target runs, and what it sees of its directory there. */
export interface Enclosure {
  readonly from: Installation;
  readonly namespaces: readonly string[];
  /** Of the whole target, as the host has it. */
  readonly directory: string;
  /** The same as the processes see it. */
  readonly inside: string;
}

export async function encloseIn(
  host: ProvisionHost,
  directory: string,
  from: Installation,
): Promise<Enclosure> {
  const namespaces = await usableNamespaces(host, directory);
  return { from, namespaces, directory, inside: from.kind === 'unpacked' ? '/ackmark' : directory };
}

/**
 * A process namespace for each process: when `unshare`, our direct child, dies for whatever reason, the kernel
 * kills the namespace's first process and with it everything inside. Mounts live in a mount namespace and go
 * the same way.
 */
export function enclosed(
  { from, namespaces, directory }: Enclosure,
  name: string,
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  logFile: string,
): ProcessSpec {
  const script = from.kind === 'unpacked' ? inItsRoot : inTheHostsRoot;
  return {
    name,
    command: '/usr/bin/unshare',
    arguments: [...namespaces, '--', '/bin/sh', '-c', script, 'sh', ...command],
    directory,
    environment: {
      ACKMARK_ROOT: from.root,
      ACKMARK_DIRECTORY: directory,
      PATH: systemPath,
      LANG: 'C.UTF-8',
      ...environment,
    },
    logFile,
  };
}

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
      hint: 'Run as root (in a container: privileged), or use --target amqp://host:5672.',
      cause,
    },
  );
}
