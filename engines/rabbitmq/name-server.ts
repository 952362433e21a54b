import { connect } from 'node:net';
import { join } from 'node:path';
import type { ManagedProcess, ProvisionHost } from '../provisioner.ts';
import { enclosed, type Enclosure } from './namespaces.ts';

const readyTimeoutMs = 30_000;
const answerMs = 1_000;

/** The nodes of a cluster know each other by a secret that nobody outside has; whoever comes first makes it. */
const withCookie = `set -e
umask 077
head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \\n' > "$HOME/.erlang.cookie"
chmod 400 "$HOME/.erlang.cookie"
exec epmd -port "$ERL_EPMD_PORT" -address 127.0.0.1`;

/**
 * The directory of Erlang nodes (epmd) of this target alone. A node would start one of its own, which would die
 * with it and leave the others without names.
 */
export async function startNameServer(
  host: ProvisionHost,
  enclosure: Enclosure,
  port: number,
): Promise<ManagedProcess> {
  const server = await host.start(
    enclosed(
      enclosure,
      'Erlang’s name server',
      ['/bin/sh', '-c', withCookie],
      { HOME: enclosure.inside, ERL_EPMD_PORT: String(port) },
      join(enclosure.directory, 'epmd.out'),
    ),
  );
  try {
    await server.ready(() => takesConnections(port), readyTimeoutMs);
  } catch (error) {
    await server.kill('SIGKILL');
    throw error;
  }
  return server;
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: answerMs });
    const answer = (is: boolean) => () => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', answer(true));
    socket.once('timeout', answer(false));
    socket.once('error', answer(false));
  });
}
