import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AckmarkError } from '../../harness/core/errors.ts';
import { allStarted } from '../all-started.ts';
import type {
  ManagedProcess,
  Provisioned,
  Provisioner,
  ProvisionHost,
  ProvisionRequest,
} from '../provisioner.ts';
import { ClusterNode } from './cluster-node.ts';
import type { ReplicatedKind } from './host/replicated.ts';
import { protocolVersion } from './protocol/protocol.ts';
import { nodeEnvironment } from './node-environment.ts';
import { loopback } from './started.ts';

const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const entry = fileURLToPath(new URL(`./host/cluster/controller.entry.${suffix}`, import.meta.url));
const stopGraceMs = 3_000;
const readyTimeoutMs = 20_000;

/** How several processes of the kind that replicate to each other come up on this machine, with their controller. */
export function clusterOf(kind: ReplicatedKind): Provisioner['up'] {
  return (host, request) => clusterUp(kind, host, request);
}

async function clusterUp(
  kind: ReplicatedKind,
  host: ProvisionHost,
  request: ProvisionRequest,
): Promise<Provisioned> {
  const { nodes: count, directory, settings } = request;
  if (settings['local-bytes'] !== undefined) {
    throw new AckmarkError('USAGE', 'the journal of a replica has no tier', {
      hint: 'Run this profile on one node.',
    });
  }
  // The controller's, which elects; all others are the nodes'.
  const { 'unclean-election': uncleanElection = 'false', ...ofNodes } = settings;
  const stateFile = join(directory, 'cluster-state.json');
  const controllerPort = await host.freePort();
  const ports: number[] = [];
  for (let node = 0; node < count; node += 1) ports.push(await host.freePort());
  const common = [
    `--nodes=${count}`,
    `--controller=${loopback}:${controllerPort}`,
    ...Object.entries(ofNodes).map(([name, value]) => `--${name}=${value}`),
  ];
  const nodes = ports.map(
    (port, number) =>
      new ClusterNode(host, {
        kind,
        number,
        nodes: ports.length,
        port,
        directory,
        stateFile,
        settings: common,
      }),
  );
  const controller = await startController(host, directory, [
    `--port=${controllerPort}`,
    `--nodes=${count}`,
    `--state=${stateFile}`,
    `--unclean-election=${uncleanElection}`,
  ]);
  const down = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
    await controller.stop(stopGraceMs);
  };
  try {
    await allStarted(nodes.map((node) => node.start()));
    await controller.ready(() => somebodyServes(nodes), readyTimeoutMs);
  } catch (error) {
    await down();
    throw error;
  }
  const upstreams = ports.map((port) => ({ host: loopback, port }));
  const target = {
    kind: 'embedded',
    title: `Ackmark embedded ${kind} of ${count} nodes, protocol ${protocolVersion}`,
    address: addressOf(upstreams),
    nodes: count,
    settings,
  };
  const proxied = request.proxies.length === 0 ? upstreams : request.proxies;
  return { target, proxied: { ...target, address: addressOf(proxied) }, upstreams, nodes, down };
}

async function startController(
  host: ProvisionHost,
  directory: string,
  settings: readonly string[],
): Promise<ManagedProcess> {
  const process = await host.start({
    name: 'embedded controller',
    command: host.nodeExecutable,
    arguments: [entry, `--host=${loopback}`, ...settings],
    directory,
    environment: nodeEnvironment(host),
    logFile: join(directory, 'controller.log'),
  });
  try {
    await process.ready(() => process.logged('ready'), readyTimeoutMs);
  } catch (error) {
    await process.stop(0);
    throw error;
  }
  return process;
}

async function somebodyServes(nodes: readonly ClusterNode[]): Promise<boolean> {
  const serving = await Promise.all(nodes.map((node) => node.serves()));
  return serving.includes(true);
}

function addressOf(endpoints: readonly { readonly host: string; readonly port: number }[]): string {
  return endpoints.map(({ host, port }) => `${host}:${port}`).join(',');
}
