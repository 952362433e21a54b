import { createServer, connect, type Server, type Socket } from 'node:net';
import { wire } from '../../../engines/rabbitmq/wire.ts';

/** What the meddler does with what passes through it. */
export type Meddling = 'nothing' | 'swallow-answers' | 'swallow-requests';

/** A proxy for one test: it forwards, swallows on demand, and cuts. */
export class Meddler {
  meddling: Meddling = 'nothing';
  swallowedAnswers = 0;
  swallowedBytes = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async before(host: string, port: number): Promise<{ meddler: Meddler; port: number }> {
    const server = createServer();
    const meddler = new Meddler(server);
    server.on('connection', (client) => meddler.#serve(client, connect(port, host)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return { meddler, port: typeof address === 'object' && address !== null ? address.port : 0 };
  }

  /** Resets every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(client: Socket, server: Socket): void {
    const connection = wire.connection();
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    client.on('data', (chunk) => {
      if (this.meddling === 'swallow-requests') {
        this.swallowedBytes += chunk.length;
        return;
      }
      connection.fromClient(chunk);
      server.write(chunk);
    });
    server.on('data', (chunk) => {
      for (const { bytes, sendsAnswered } of connection.fromServer(chunk)) {
        if (this.meddling === 'swallow-answers' && sendsAnswered > 0) {
          this.swallowedAnswers += sendsAnswered;
        } else client.write(bytes);
      }
    });
  }
}
