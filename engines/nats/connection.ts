import { connect, type NatsConnection } from '@nats-io/transport-node';
import { isIP } from 'node:net';
import type { Target } from '../engine.ts';
import { tlsOptionsOf } from '../external-access.ts';
import { atMost } from '../at-most.ts';
import { endpointOf } from '../endpoints.ts';
import { cannotConnect } from './access.ts';
import { addressOf, type NatsAddress } from './address.ts';

const connectTimeoutMs = 2_000;
/** A server that stands still is noticed after two of these without an answer. */
const pingIntervalMs = 5_000;
/** How long a peer may take to answer a goodbye; a dead or frozen one never does. */
const farewellMs = 2_000;

export interface ConnectionSpec {
  /** Shown by the server's own tools. */
  readonly name: string;
  /** Which of the servers is tried first; the others follow in turn. */
  readonly first: number;
  readonly signal?: AbortSignal;
}

/**
 * One connection to the first server that takes it: no reconnection, which would send again behind our back,
 * and no servers but the target's own, because a cluster tells its clients addresses that go past the proxy.
 */
export async function openConnection(
  target: Target,
  { name, first, signal }: ConnectionSpec,
): Promise<NatsConnection> {
  const at = addressOf(target);
  const tls = tlsOptionsOf(target.settings);
  let cause: unknown;
  for (let turn = 0; turn < at.servers.length; turn += 1) {
    signal?.throwIfAborted();
    const server = at.servers[(first + turn) % at.servers.length] ?? '';
    try {
      const connection = await connect({
        servers: server,
        name,
        timeout: connectTimeoutMs,
        reconnect: false,
        ignoreClusterUpdates: true,
        pingInterval: pingIntervalMs,
        maxPingOut: 2,
        noAsyncTraces: true,
        // Of a name with several addresses Node tries one after the other.
        resolve: false,
        ...loginOf(at),
        ...(tls === undefined ? {} : { tls: { ...tls, ...identityOf(server) } }),
      });
      if (signal?.aborted === true) await connection.close();
      signal?.throwIfAborted();
      return connection;
    } catch (error) {
      cause = error;
    }
  }
  throw cannotConnect(target, cause);
}

/** Everything sent so far has reached the server, or is given up; then the socket is gone. Idempotent. */
export async function closeConnection(connection: NatsConnection): Promise<void> {
  if (!connection.isClosed()) await atMost(connection.flush(), farewellMs);
  await atMost(connection.close(), farewellMs);
}

/** `NATS 2.15.1` by the server's own word, made printable. */
export function productOf({ info }: NatsConnection): string {
  return `NATS ${info?.version ?? 'of unknown version'}`.replace(/[^ -~]/g, '?').slice(0, 80);
}

/**
 * Whose certificate it must be. The client upgrades a socket that is open already, and of one that was opened to an
 * address Node would take any certificate for `localhost` (Node.js, tls.connect: `host`).
 */
function identityOf(server: string): { readonly host: string; readonly servername?: string } {
  const { host } = endpointOf(server);
  return isIP(host) === 0 ? { host, servername: host } : { host };
}

function loginOf({ login }: NatsAddress) {
  switch (login.by) {
    case 'nothing':
      return {};
    case 'password':
      return { user: login.user, pass: login.password };
    case 'token':
      return { token: login.token };
  }
}
