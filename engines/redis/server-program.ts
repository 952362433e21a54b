import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AckmarkError, describeError } from '../../harness/core/errors.ts';
import { type DebianPackages, fetchPackages, findMirror, systemPath } from '../debian/packages.ts';
import type { ProvisionHost } from '../provisioner.ts';

/** How to start a server: `command ...before configuration`. */
export interface ServerProgram {
  /** By its own word: `Redis 8.0.2`, or `Valkey 8.1.1`. */
  readonly title: string;
  readonly command: string;
  readonly before: readonly string[];
}

/** Debian stable of this name carries Redis 8.0; the version is pinned to that series. */
const suite = 'trixie';
const versionMs = 10_000;
const onTheHost = ['/usr/bin/redis-server', '/usr/bin/valkey-server'];

const packages = (host: ProvisionHost): DebianPackages => ({
  title: 'Redis 8.0',
  suite,
  // The programs themselves are in the tools' package.
  names: ['redis-server=5:8.0.*', 'redis-tools=5:8.0.*', 'base-files'],
  megabytes: 10,
  downloadBytesMost: 100 * 1024 * 1024,
  // The number changes when the recipe does.
  directory: join(host.cacheDirectory, `redis-8.0-${suite}-1`),
  complete: () => Promise.resolve(),
});

/**
 * Redis 8.0 of Debian trixie, unpacked in the cache and run by its own loader with its own libraries; or, where that
 * cannot be fetched, the Redis or Valkey that the host has installed.
 */
export async function serverProgram(host: ProvisionHost): Promise<ServerProgram> {
  const wanted = packages(host);
  const cached = await unpackedIn(host, wanted.directory);
  if (cached !== undefined) return cached;
  const mirror = await findMirror();
  let failure: unknown;
  if (mirror !== undefined) {
    try {
      await fetchPackages(host, mirror, wanted);
      const fetched = await unpackedIn(host, wanted.directory);
      if (fetched !== undefined) return fetched;
      failure = new Error('the packages did not contain a Redis server');
    } catch (error) {
      host.signal.throwIfAborted();
      failure = error;
    }
  }
  const installed = onTheHost.find((path) => existsSync(path));
  if (installed !== undefined) {
    const program = await titled(host, installed, []);
    host.note(`using the host’s ${program.title}: ${whyNot(failure)}`);
    return program;
  }
  throw new AckmarkError('TARGET_UNAVAILABLE', `no Redis to start: ${whyNot(failure)}`, {
    hint: existsSync('/usr/bin/apt-get')
      ? 'Check the network, or run: apt-get install redis-server'
      : 'Use a Debian machine, or --target redis://host:6379.',
    ...(failure === undefined ? {} : { cause: failure }),
  });
}

const whyNot = (failure: unknown): string =>
  failure === undefined
    ? 'apt has no source of Debian packages here'
    : `fetching Debian packages failed: ${describeError(failure)}`;

async function unpackedIn(host: ProvisionHost, root: string): Promise<ServerProgram | undefined> {
  const server = join(root, 'usr/bin/redis-server');
  if (!existsSync(root) || !existsSync(server)) return undefined;
  const library = join(root, 'usr/lib');
  for (const name of await readdir(library)) {
    if (!name.endsWith('-linux-gnu')) continue;
    const libraries = join(library, name);
    const loader = (await readdir(libraries)).find((file) => /^ld-linux.*\.so\.\d$/.test(file));
    if (loader === undefined) continue;
    return titled(host, join(libraries, loader), ['--library-path', libraries, server]);
  }
  return undefined;
}

async function titled(
  host: ProvisionHost,
  command: string,
  before: readonly string[],
): Promise<ServerProgram> {
  const said = await host.run(
    {
      name: 'version of the server',
      command,
      arguments: [...before, '--version'],
      directory: '/',
      environment: { PATH: systemPath },
      logFile: '/dev/null',
    },
    versionMs,
  );
  const [, product = 'Redis', version = 'of unknown version'] =
    /^(Redis|Valkey) server v=(\S+)/.exec(said) ?? [];
  return { title: `${product} ${version}`, command, before };
}
