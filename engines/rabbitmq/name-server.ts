import { connect } from 'node:net';
import { join } from 'node:path';
import { invariant } from '../../harness/core/errors.ts';
import { systemPath } from '../debian/packages.ts';
import { hostOf } from '../node-process.ts';
import type { Endpoint, ManagedProcess, ProvisionHost, ProvisionRequest } from '../provisioner.ts';
import type { ClusterPlan } from './cluster-plan.ts';
import { enclosed, type Enclosure } from './namespaces.ts';

const readyTimeoutMs = 30_000;
const answerMs = 1_000;
const cookieTimeoutMs = 10_000;

const cookie = `set -e
umask 077
head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \\n' > .erlang.cookie
chmod 400 .erlang.cookie`;

/** The nodes of a cluster know each other by a secret that nobody outside has. */
export async function makeCookie(host: ProvisionHost, directory: string): Promise<void> {
  await host.run(
    {
      name: 'Erlang’s cookie',
      command: '/bin/sh',
      arguments: ['-c', cookie],
      directory,
      environment: { PATH: systemPath },
      logFile: join(directory, 'cookie.out'),
    },
    cookieTimeoutMs,
  );
}

/**
 * The directories of Erlang nodes (epmd) of this target alone, one for each network that nodes are in. A node would
 * start one of its own, which would die with it and leave the others without names.
 */
export async function startNameServers(
  host: ProvisionHost,
  request: Pick<ProvisionRequest, 'networks'>,
  enclosure: Enclosure,
  { areApart, nameServerPort: port, nodes }: ClusterPlan,
): Promise<readonly [ManagedProcess, ...ManagedProcess[]]> {
  const [first, ...others] = nodes.map((node, index) => ({ index, at: { host: node.host, port } }));
  invariant(first !== undefined, 'a cluster has a node');
  const server = await startOne(hostOf(host, request, first.index), enclosure, first.at);
  const servers: [ManagedProcess, ...ManagedProcess[]] = [server];
  try {
    for (const { index, at } of areApart ? others : []) {
      servers.push(await startOne(hostOf(host, request, index), enclosure, at));
    }
  } catch (error) {
    await Promise.all(servers.map((started) => started.kill('SIGKILL')));
    throw error;
  }
  return servers;
}

/** Besides the address that is asked for it listens on its machine’s own (127.0.0.1), where nodes register. */
async function startOne(
  host: ProvisionHost,
  enclosure: Enclosure,
  at: Endpoint,
): Promise<ManagedProcess> {
  const server = await host.start(
    enclosed(
      enclosure,
      'Erlang’s name server',
      ['epmd', '-port', String(at.port), '-address', at.host],
      { HOME: enclosure.inside },
      join(enclosure.directory, 'epmd.out'),
    ),
  );
  try {
    await server.ready(() => takesConnections(at), readyTimeoutMs);
  } catch (error) {
    await server.kill('SIGKILL');
    throw error;
  }
  return server;
}

function takesConnections(at: Endpoint): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...at, timeout: answerMs });
    const answer = (is: boolean) => () => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', answer(true));
    socket.once('timeout', answer(false));
    socket.once('error', answer(false));
  });
}
