import { performance } from 'node:perf_hooks';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Wire } from '../../engines/wire.ts';
import { AckmarkError, describeError, invariant, toErrorRecord } from '../core/errors.ts';
import { ProxyDesk } from './proxy-desk.ts';
import { ProxyListener } from './proxy-listener.ts';
import type { ProxyReply, ProxyRequest, ProxyWorkerData } from './proxy-messages.ts';

/** Entry of the proxy's worker: its event loop moves bytes, and nobody else's work delays them. */
const data: ProxyWorkerData = workerData;

async function loadWire(url: string): Promise<Wire> {
  const module: { readonly wire?: Partial<Wire> } = await import(url).catch((cause: unknown) => {
    throw badWire(url, describeError(cause));
  });
  if (typeof module.wire?.connection !== 'function') throw badWire(url, 'it exports no wire');
  return { connection: module.wire.connection.bind(module.wire) };
}

function badWire(url: string, reason: string): AckmarkError {
  return new AckmarkError('BAD_ENGINE', `cannot use the wire module ${url}: ${reason}`, {
    hint: 'Export `wire` as engines/wire.ts describes it, or leave `wire` out of the engine.',
  });
}

async function open(port: MessagePort): Promise<void> {
  const wire = data.wire === undefined ? undefined : await loadWire(data.wire);
  const nowMs = (): number => performance.now();
  const looking = data.listeners - data.opaque;
  const listeners = Array.from(
    { length: data.listeners },
    (_, index) => new ProxyListener(index < looking ? wire : undefined, nowMs),
  );
  const endpoints = await Promise.all(listeners.map((listener) => listener.open()));
  const desk = new ProxyDesk(listeners);
  port.on('message', (request: ProxyRequest) => {
    desk.carryOut(request).then(
      (value) => reply(port, { id: request.id, value }),
      (error: unknown) => reply(port, { id: request.id, error: toErrorRecord(error) }),
    );
  });
  reply(port, { id: 'opened', endpoints });
}

function reply(port: MessagePort, message: ProxyReply): void {
  port.postMessage(message);
}

invariant(parentPort !== null, 'proxy.worker is the entry of a worker');
const port = parentPort;
open(port).catch((error: unknown) => reply(port, { id: 'opened', error: toErrorRecord(error) }));
