import { createConnection, createServer, type Socket } from 'node:net';
import type { Wire } from '../../../engines/wire.ts';

/** Forwards everything, but swallows the first `times` answers to sends and cuts the connection instead. */
export async function swallowingProxy(
  wire: Wire,
  upstreamPort: number,
  times: number,
): Promise<{ address: string; swallowed: () => number; close: () => void }> {
  let left = times;
  let swallowed = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const broker = createConnection({ host: '127.0.0.1', port: upstreamPort });
    const connection = wire.connection();
    const cut = (): void => {
      client.destroy();
      broker.destroy();
    };
    for (const socket of [client, broker]) {
      sockets.add(socket);
      socket.on('error', cut);
      socket.on('close', cut);
    }
    client.on('data', (chunk: Buffer) => {
      connection.fromClient(chunk);
      broker.write(chunk);
    });
    broker.on('data', (chunk: Buffer) => {
      for (const frame of connection.fromServer(chunk)) {
        if (frame.sendsAnswered > 0 && left > 0) {
          left -= 1;
          swallowed += frame.sendsAnswered;
          cut();
          return;
        }
        if (!client.destroyed) client.write(frame.bytes);
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const bound = server.address();
  if (typeof bound !== 'object' || bound === null) throw new Error('the proxy is not bound');
  return {
    address: `127.0.0.1:${bound.port}`,
    swallowed: () => swallowed,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
