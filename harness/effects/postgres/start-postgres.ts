import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ManagedProcess, ProcessSpec, ProvisionHost } from '../../../engines/provisioner.ts';
import { definedEntries } from '../../core/defined-entries.ts';
import type { RunningLedger } from '../ledger.ts';
import { postgresBinaries } from './binaries.ts';
import { owner, PostgresLedger } from './postgres-ledger.ts';
import { unprivileged } from './unprivileged.ts';

const initMs = 60_000;
const readyMs = 30_000;
const stopGraceMs = 5_000;
const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/**
 * A PostgreSQL server with the settings that it has when it is installed: `synchronous_commit` is on, so that a COMMIT
 * is answered when it is on disk. It listens on the loopback address alone, for whoever has the password.
 *
 * @param directory of its own, which the caller removes
 */
export async function startPostgres(
  host: ProvisionHost,
  directory: string,
): Promise<RunningLedger> {
  const { initdb, postgres } = await postgresBinaries();
  const data = join(directory, 'data');
  const passwordFile = join(directory, 'password');
  const password = randomBytes(24).toString('base64url');
  await mkdir(data, { recursive: true, mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  const asSomebody = await unprivileged([data, passwordFile]);
  const port = await host.freePort();
  const common = { directory, environment: environmentOf(host) };
  await host.run(
    asSomebody({
      ...common,
      name: 'PostgreSQL’s initdb',
      command: initdb,
      arguments: initArguments(data, passwordFile),
      logFile: join(directory, 'initdb.log'),
    }),
    initMs,
  );
  await rm(passwordFile);
  const server: ProcessSpec = {
    ...common,
    name: 'PostgreSQL',
    command: postgres,
    arguments: serverArguments(data, port),
    logFile: join(directory, 'postgres.log'),
  };
  const process = await host.start(asSomebody(server));
  const ledger = new PostgresLedger({ in: 'postgres', port, password });
  try {
    await process.ready(() => process.logged('ready to accept connections'), readyMs);
    await ledger.prepare();
    return running(process, ledger, { port, password, version: await ledger.version() });
  } catch (error) {
    ledger.close();
    await process.stop(0);
    throw error;
  }
}

function initArguments(data: string, passwordFile: string): readonly string[] {
  return [
    `--pgdata=${data}`,
    `--username=${owner}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    // Of the files that it makes: nothing is in them yet that could be lost.
    '--no-sync',
  ];
}

function serverArguments(data: string, port: number): readonly string[] {
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '' };
  return [
    '-D',
    data,
    '-p',
    String(port),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

/** The words of its log are waited for; its clients are told by theirs where they are. */
function environmentOf({ environment }: ProvisionHost): Readonly<Record<string, string>> {
  return definedEntries({ PATH: environment['PATH'], TZ: 'UTC', LC_ALL: 'C' });
}

function running(
  process: ManagedProcess,
  ledger: PostgresLedger,
  {
    port,
    password,
    version,
  }: { readonly port: number; readonly password: string; readonly version: string },
): RunningLedger {
  return {
    title: `PostgreSQL ${version}`,
    access: { in: 'postgres', port, password },
    endpoint: { host: '127.0.0.1', port },
    wire: new URL(`./postgres-wire.${suffix}`, import.meta.url),
    read: () => ledger.read(),
    stop: async () => {
      ledger.close();
      // SIGTERM waits for its clients to leave; SIGINT sends them away.
      void process.kill('SIGINT');
      await process.stop(stopGraceMs);
    },
  };
}
