import { connect, type Socket } from 'node:net';
import type { Endpoint } from '../provisioner.ts';

const connectMs = 5_000;

/** Rejects with what the system said, or when the signal aborts. */
export function openSocket(
  { host, port }: Endpoint,
  signal: AbortSignal | undefined,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const socket = connect({ host, port, noDelay: true });
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      socket.removeListener('error', fail);
    };
    const fail = (error: Error): void => {
      done();
      socket.destroy();
      reject(error);
    };
    const abort = (): void => fail(new Error('the actor stops'));
    const timer = setTimeout(() => fail(new Error(`no connection in ${connectMs} ms`)), connectMs);
    signal?.addEventListener('abort', abort, { once: true });
    socket.once('error', fail);
    socket.once('connect', () => {
      done();
      resolve(socket);
    });
  });
}
