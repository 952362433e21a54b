import { setTimeout as pause } from 'node:timers/promises';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Endpoint } from '../../../engines/provisioner.ts';
import { answer, Framing } from './tiny-wire.ts';

/** Remembers every request of every connection, and answers each unless told to do otherwise. */
export class TinyBroker {
  readonly requests: Buffer[] = [];
  readonly connections: { bytes: number; readonly ended: Promise<void> }[] = [];
  respond: (socket: Socket, request: Buffer) => void = (socket: Socket, request: Buffer) => {
    socket.write(answer(request.readUInt32BE(4), request.subarray(9)));
  };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  endpoint: Endpoint = { host: '127.0.0.1', port: 0 };

  constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
  }

  static async start(): Promise<TinyBroker> {
    const broker = new TinyBroker();
    broker.#server.listen(0, '127.0.0.1');
    await once(broker.#server, 'listening');
    const address = broker.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    broker.endpoint = { host: '127.0.0.1', port: address.port };
    return broker;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    const framing = new Framing();
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const connection = { bytes: 0, ended };
    this.connections.push(connection);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      connection.bytes += chunk.length;
      for (const each of framing.take(chunk)) {
        this.requests.push(each);
        this.respond(socket, each);
      }
    });
  }
}

/** What came back on a connection, and how it ended. */
export interface Received {
  readonly bytes: Buffer;
  readonly end: 'end' | 'reset';
}

const probe = Buffer.from([0]);
const probeMs = 2_000;

export class TinyClient {
  readonly socket: Socket;
  readonly #chunks: Buffer[] = [];
  readonly received: Promise<Received>;

  constructor(endpoint: Endpoint) {
    this.socket = connect({ ...endpoint, allowHalfOpen: true, noDelay: true });
    this.socket.on('data', (chunk) => this.#chunks.push(chunk));
    this.received = new Promise((resolve) => {
      this.socket.once('error', () => resolve(this.#outcome('reset')));
      this.socket.once('end', () => resolve(this.#outcome('end')));
    });
  }

  /**
   * What had been received when the connection was reset. Node sends an end before it resets, and a busy reader may
   * see that first; whether nobody is there any more, only a write tells then.
   */
  async receivedUntilCut(): Promise<Received> {
    const { bytes, end } = await this.received;
    if (end === 'reset') return { bytes, end };
    const isReset = new Promise<'reset'>((resolve) => {
      this.socket.once('error', () => resolve('reset'));
    });
    this.socket.write(probe);
    return { bytes, end: await Promise.race([isReset, pause(probeMs, 'end' as const)]) };
  }

  /** Sends and waits until so many bytes have come back in all; `false` when the connection ended. */
  async exchange(bytes: Buffer, until: number): Promise<boolean> {
    this.socket.write(bytes);
    const over = this.received.then(() => 'over');
    for (let what: unknown; what !== 'over' && this.#length() < until; ) {
      what = await Promise.race([
        over,
        new Promise((resolve) => this.socket.once('data', resolve)),
      ]);
    }
    return this.#length() >= until;
  }

  #length(): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  #outcome(end: Received['end']): Received {
    return { bytes: Buffer.concat(this.#chunks), end };
  }
}
