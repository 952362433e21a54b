import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allStarted } from '../all-started.ts';
import type { ManagedProcess, ProvisionHost } from '../provisioner.ts';
import { type ClusterPlan, sentinelConfiguration, type SentinelPlan } from './cluster-plan.ts';
import { endpointOf } from './node.ts';
import { asked, primaryName } from './primary.ts';
import type { ServerProgram } from './server-program.ts';

/** Sentinels say hello every two seconds, and look for replicas every ten. */
const gatheredMs = 60_000;
const graceMs = 2_000;

/** Processes of their own, which no fault strikes: they promote a replica when the primary is down. */
export interface Sentinels {
  stop(): Promise<void>;
}

/** Resolved when each knows all replicas and all others: before that none could promote anybody. */
export async function startSentinels(
  host: ProvisionHost,
  program: ServerProgram,
  cluster: ClusterPlan,
): Promise<Sentinels> {
  const running: ManagedProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((sentinel) => sentinel.stop(graceMs)));
  };
  try {
    await allStarted(
      cluster.sentinels.map(async (plan) => {
        const sentinel = await start(host, program, cluster, plan);
        running.push(sentinel);
        await sentinel.ready(() => knowsAll(plan, cluster), gatheredMs);
      }),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

async function start(
  host: ProvisionHost,
  program: ServerProgram,
  cluster: ClusterPlan,
  plan: SentinelPlan,
): Promise<ManagedProcess> {
  await mkdir(plan.directory, { recursive: true });
  const configuration = join(plan.directory, 'sentinel.conf');
  await writeFile(configuration, sentinelConfiguration(cluster, plan));
  return host.start({
    name: plan.name,
    command: program.command,
    arguments: [...program.before, configuration, '--sentinel'],
    directory: plan.directory,
    environment: {},
    logFile: join(plan.directory, 'sentinel.log'),
  });
}

async function knowsAll(
  sentinel: SentinelPlan,
  { nodes, sentinels }: ClusterPlan,
): Promise<boolean> {
  try {
    const said = await asked<readonly string[]>(endpointOf(sentinel), [
      'SENTINEL',
      'MASTER',
      primaryName,
    ]);
    const count = (name: string): number => Number(said[said.indexOf(name) + 1]);
    return (
      count('num-slaves') >= nodes.length - 1 &&
      count('num-other-sentinels') >= sentinels.length - 1
    );
  } catch {
    // It does not serve yet.
    return false;
  }
}
