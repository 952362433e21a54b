import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AckmarkError } from '../../harness/core/errors.ts';
import type { ProvisionHost } from '../provisioner.ts';
import { type DebianMirror, debianMirror, type SourceFile } from './apt-sources.ts';

/** Where the programs of a Debian are, unpacked or installed. */
export const systemPath = '/usr/sbin:/usr/bin:/sbin:/bin';

const archiveKeyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const listTimeoutMs = 180_000;
const downloadTimeoutMs = 600_000;
const scratchPrefix = '.debian-';
const abandonedAfterMs = 3_600_000;

/** Packages of one suite, to be unpacked with everything they need into a directory of their own. */
export interface DebianPackages {
  /** For messages: `RabbitMQ 4.0`. */
  readonly title: string;
  /** A codename; a version that matters is pinned in `names`, as `rabbitmq-server=4.0.*`. */
  readonly suite: string;
  readonly names: readonly string[];
  /** What is downloaded, to say so. */
  readonly megabytes: number;
  /** More than that is not what was asked for. */
  readonly downloadBytesMost: number;
  /** Where the unpacked system is published. */
  readonly directory: string;
  /** Adds to the unpacked root what no package brings, before it is published. */
  readonly complete: (root: string) => Promise<void>;
}

export async function findMirror(): Promise<DebianMirror | undefined> {
  if (!existsSync('/usr/bin/apt-get') || !existsSync('/usr/bin/dpkg-deb')) return undefined;
  return debianMirror(await sourceFiles('/etc/apt'));
}

/**
 * Downloads packages and everything they need with an apt of its own (own sources, lists, cache and an
 * empty status, so the host's apt is not touched) and unpacks them into a directory that is published by
 * rename. Apt verifies the signature of the suite and the checksum of every package.
 */
export async function fetchPackages(
  host: ProvisionHost,
  mirror: DebianMirror,
  packages: DebianPackages,
): Promise<void> {
  await mkdir(host.cacheDirectory, { recursive: true });
  const scratch = await mkdtemp(join(host.cacheDirectory, scratchPrefix));
  try {
    await sweep(host.cacheDirectory, scratch);
    const { title, suite, names, megabytes } = packages;
    const apt = await privateApt(host, scratch, mirror, suite);
    host.note(`fetching ${title} from Debian ${suite} (about ${megabytes} MB, once)`);
    await apt('update', [], listTimeoutMs);
    const plan = await apt('plan', ['-qq', '--print-uris', 'install', ...names], listTimeoutMs);
    boundDownload(plan, packages);
    await apt('download', ['-qq', '-y', '--download-only', 'install', ...names], downloadTimeoutMs);
    const root = await unpack(host, scratch);
    await packages.complete(root);
    await publish(root, packages.directory);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What a killed fetch left. Nobody works in a directory for an hour: every step has a shorter timeout. */
async function sweep(cacheDirectory: string, ours: string): Promise<void> {
  const nowMs = (await stat(ours)).mtimeMs;
  for (const name of await readdir(cacheDirectory)) {
    if (!name.startsWith(scratchPrefix)) continue;
    const path = join(cacheDirectory, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && nowMs - found.mtimeMs > abandonedAfterMs) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

type Apt = (what: string, args: readonly string[], timeoutMs: number) => Promise<string>;

async function privateApt(
  host: ProvisionHost,
  scratch: string,
  mirror: DebianMirror,
  suite: string,
): Promise<Apt> {
  await mkdir(join(scratch, 'lists', 'partial'), { recursive: true });
  await mkdir(join(scratch, 'cache', 'archives', 'partial'), { recursive: true });
  const keyring = mirror.signedBy ?? (existsSync(archiveKeyring) ? archiveKeyring : undefined);
  const options = keyring === undefined ? '' : `[signed-by=${keyring}] `;
  await writeFile(join(scratch, 'sources.list'), `deb ${options}${mirror.uri} ${suite} main\n`);
  await writeFile(join(scratch, 'status'), '');
  const settings = [
    `Dir::Etc::SourceList=${scratch}/sources.list`,
    'Dir::Etc::SourceParts=/dev/null',
    'Dir::Etc::Preferences=/dev/null',
    'Dir::Etc::PreferencesParts=/dev/null',
    `Dir::State=${scratch}`,
    `Dir::State::Lists=${scratch}/lists`,
    `Dir::State::status=${scratch}/status`,
    `Dir::Cache=${scratch}/cache`,
    `Dir::Log=${scratch}`,
    'Debug::NoLocking=1',
    'APT::Install-Recommends=false',
    'APT::Sandbox::User=root',
    'Acquire::Languages=none',
    'Acquire::Retries=2',
    'Acquire::http::Timeout=30',
  ];
  const flags = settings.flatMap((setting) => ['-o', setting]);
  return (what, args, timeoutMs) =>
    host.run(
      {
        name: `apt ${what}`,
        command: '/usr/bin/apt-get',
        arguments: [...flags, ...(args.length === 0 ? ['-qq', 'update'] : args)],
        directory: scratch,
        environment: aptEnvironment(host),
        logFile: join(scratch, 'apt.log'),
      },
      timeoutMs,
    );
}

/** Apt reads proxies from its configuration and from these. */
function aptEnvironment(host: ProvisionHost): Record<string, string> {
  const environment: Record<string, string> = { PATH: systemPath, LANG: 'C.UTF-8' };
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy', 'APT_CONFIG']) {
    const value = host.environment[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

/** Lines are `'uri' name size checksum`. */
function boundDownload(plan: string, { suite, downloadBytesMost }: DebianPackages): void {
  let bytes = 0;
  for (const line of plan.split('\n')) bytes += Number(/^'\S+' \S+ (\d+) /.exec(line)?.[1] ?? 0);
  if (bytes > 0 && bytes <= downloadBytesMost) return;
  throw new AckmarkError('FETCH_FAILED', `Debian ${suite} wants to send ${bytes} bytes`, {
    hint: `Expected at most ${downloadBytesMost}; check the mirror in /etc/apt/sources.list.d.`,
  });
}

async function unpack(host: ProvisionHost, scratch: string): Promise<string> {
  const archives = join(scratch, 'cache', 'archives');
  const root = join(scratch, 'root');
  const debs = (await readdir(archives)).filter((name) => name.endsWith('.deb')).sort();
  // base-files brings the links /bin -> usr/bin and so on, through which the others unpack.
  debs.sort((a, b) => Number(b.startsWith('base-files_')) - Number(a.startsWith('base-files_')));
  await mkdir(root);
  for (const deb of debs) {
    await host.run(
      {
        name: `unpack ${deb}`,
        command: '/usr/bin/dpkg-deb',
        arguments: ['--extract', join(archives, deb), root],
        directory: scratch,
        environment: { PATH: systemPath, LANG: 'C.UTF-8' },
        logFile: join(scratch, 'dpkg.log'),
      },
      listTimeoutMs,
    );
  }
  await writeFile(join(root, 'ackmark-packages.txt'), `${debs.join('\n')}\n`);
  return root;
}

/** Another process may have been faster; its result is as good. */
async function publish(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (cause) {
    if (!existsSync(to)) throw cause;
  }
}

async function sourceFiles(directory: string): Promise<readonly SourceFile[]> {
  const names = ['sources.list'];
  const parts = join(directory, 'sources.list.d');
  if (existsSync(parts)) {
    const found = (await readdir(parts)).filter((name) => /\.(list|sources)$/.test(name)).sort();
    names.push(...found.map((name) => join('sources.list.d', name)));
  }
  const files: SourceFile[] = [];
  for (const name of names) {
    const path = join(directory, name);
    if (existsSync(path)) files.push({ name, text: await readFile(path, 'utf8') });
  }
  return files;
}
