import { median } from '../core/statistics/median.ts';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Endpoint } from '../../engines/provisioner.ts';
import type { Clock } from '../core/clock.ts';
import { invariant } from '../core/errors.ts';

/** Medians over the same number of round trips of 64 bytes, direct and proxied ones in turn. */
export interface AddedLatency {
  readonly directMedianNs: number;
  readonly proxiedMedianNs: number;
  /** What a request and its answer take longer; both directions together. */
  readonly addedMedianNs: number;
  readonly rounds: number;
}

const warmupRounds = 100;
const measuredRounds = 500;
const payload = Buffer.alloc(64, 0x61);

/**
 * Measures against an echo server in the caller's thread, so that both ways differ in the proxy alone.
 * @param forward points the proxy at the echo server
 */
export async function measureEchoes(
  through: Endpoint,
  forward: (echo: Endpoint) => Promise<void>,
  clock: Clock,
): Promise<AddedLatency> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  try {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    invariant(typeof address === 'object' && address !== null, 'a TCP server has a port');
    const echo = { host: '127.0.0.1', port: address.port };
    await forward(echo);
    const direct = await open(echo, sockets);
    const proxied = await open(through, sockets);
    return await compare(direct, proxied, clock);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

async function compare(direct: Socket, proxied: Socket, clock: Clock): Promise<AddedLatency> {
  const directNs: number[] = [];
  const proxiedNs: number[] = [];
  for (let round = 0; round < warmupRounds + measuredRounds; round += 1) {
    const [plain, added] = [await roundTrip(direct, clock), await roundTrip(proxied, clock)];
    if (round < warmupRounds) continue;
    directNs.push(plain);
    proxiedNs.push(added);
  }
  const directMedianNs = median(directNs);
  const proxiedMedianNs = median(proxiedNs);
  const addedMedianNs = proxiedMedianNs - directMedianNs;
  return { directMedianNs, proxiedMedianNs, addedMedianNs, rounds: measuredRounds };
}

async function open(endpoint: Endpoint, sockets: Set<Socket>): Promise<Socket> {
  const socket = connect({ ...endpoint, noDelay: true });
  sockets.add(socket);
  await once(socket, 'connect');
  return socket;
}

function roundTrip(socket: Socket, clock: Clock): Promise<number> {
  return new Promise((resolve, reject) => {
    let missing = payload.length;
    const startNs = clock.nowNs();
    const onData = (chunk: Buffer): void => {
      missing -= chunk.length;
      if (missing > 0) return;
      const tookNs = clock.nowNs() - startNs;
      socket.off('data', onData);
      socket.off('error', reject);
      socket.off('close', onClose);
      resolve(tookNs);
    };
    const onClose = (): void => reject(new Error('the echo connection was closed'));
    socket.on('data', onData);
    socket.once('error', reject);
    socket.once('close', onClose);
    socket.write(payload);
  });
}
