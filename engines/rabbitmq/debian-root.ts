import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DebianPackages } from '../debian/packages.ts';
import type { ProvisionHost } from '../provisioner.ts';
import type { Release } from './releases.ts';

/** What the start script of the server calls without depending on it. */
const besides = ['base-files', 'coreutils', 'dash', 'grep', 'sed'] as const;

/** Where the unpacked system lives in the cache. */
export const rootDirectory = (host: ProvisionHost, { directory }: Release): string =>
  join(host.cacheDirectory, directory);

/** The server and what its script calls, in a root of their own. */
export function rabbitPackages(host: ProvisionHost, release: Release): DebianPackages {
  return {
    title: 'RabbitMQ',
    suite: release.suite,
    names: [release.server, ...besides],
    megabytes: 80,
    downloadBytesMost: 250 * 1024 * 1024,
    directory: rootDirectory(host, release),
    complete: async (root) => {
      // Mount points, and the one name that must resolve inside.
      for (const place of ['ackmark', 'proc', 'dev', 'tmp']) {
        await mkdir(join(root, place), { recursive: true });
      }
      await writeFile(join(root, 'etc', 'hosts'), '127.0.0.1 localhost\n');
    },
  };
}
