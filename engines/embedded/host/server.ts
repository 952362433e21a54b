import { createServer, type Server, type Socket } from 'node:net';
import { JournalError } from '../journal/commit-log.ts';
import { ProtocolError } from '../protocol/bytes.ts';
import {
  apiOf,
  correlationOf,
  FrameDecoder,
  requestBody,
  responseHeader,
} from '../protocol/frame.ts';
import {
  Api,
  type HelloAnswer,
  protocolVersion,
  readHello,
  Status,
  writeHelloAnswer,
} from '../protocol/protocol.ts';
import { type Peer, type Service, statusOf } from './peer.ts';

export interface BrokerServerOptions {
  readonly service: Service;
  /** Whether clients may come; whoever greets while they may not is told to look elsewhere. */
  readonly isOpen?: () => boolean;
  readonly hello: HelloAnswer;
  readonly maxFrameBytes: number;
  readonly maxConnections: number;
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number;
  /** One line about something that an operator should know. */
  readonly note: (line: string) => void;
}

/** Serves one state machine over TCP: frames in, frames out, one timer for its waits. */
export class BrokerServer {
  readonly #options: BrokerServerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #nextSession = 1;
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;

  constructor(options: BrokerServerOptions) {
    this.#options = options;
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.#server.maxConnections = options.maxConnections;
  }

  /** @returns the port, which is chosen by the system when 0 is asked for */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        const address = this.#server.address();
        // What recovery found open has deadlines, too.
        this.#schedule();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /** Every client's connection ends, whatever it has asked. */
  disconnectAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): Promise<void> {
    clearTimeout(this.#timer);
    this.disconnectAll();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #accept(socket: Socket): void {
    const peer = new SocketPeer(socket, this.#nextSession);
    this.#nextSession += 1;
    this.#sockets.add(socket);
    const decoder = new FrameDecoder(this.#options.maxFrameBytes);
    let greeted = false;
    const onFrame = (frame: Buffer): void => {
      if (socket.destroyed) return;
      if (greeted) this.#request(peer, frame);
      else this.#greet(peer, frame);
      greeted = true;
    };
    socket.on('data', (chunk) => {
      socket.cork();
      try {
        decoder.push(chunk, onFrame);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        const from = `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`;
        this.#options.note(`closed the connection from ${from}: ${error.message}`);
        socket.destroy();
      }
      socket.uncork();
      // A client that does not read its answers is not read from either.
      if (socket.writableNeedDrain) socket.pause();
      this.#schedule();
    });
    socket.on('drain', () => socket.resume());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#options.service.disconnected(peer.session, this.#options.nowMs());
      this.#schedule();
    });
  }

  #greet(peer: Peer, frame: Buffer): void {
    if (apiOf(frame) !== Api.hello) throw new ProtocolError('the first request is no greeting');
    const hello = readHello(requestBody(frame));
    if (hello.version !== protocolVersion) {
      throw new ProtocolError(`the client speaks version ${hello.version}, not ${protocolVersion}`);
    }
    if (this.#options.isOpen?.() === false) {
      return peer.refuse(
        Api.hello,
        correlationOf(frame),
        Status.notLeader,
        'this node does not lead',
      );
    }
    peer.reply(Api.hello, correlationOf(frame), [writeHelloAnswer(this.#options.hello)]);
  }

  #request(peer: Peer, frame: Buffer): void {
    const api = apiOf(frame);
    const correlation = correlationOf(frame);
    const { service, nowMs, note } = this.#options;
    try {
      service.handle(peer, api, correlation, requestBody(frame), nowMs());
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      note(`refused a request: ${error.message}${causeOf(error)}`);
      peer.refuse(api, correlation, statusOf(error), error.message);
    }
  }

  /** The timer stands at the earliest wait of the state machine or before: a tick too many does no harm. */
  #schedule(): void {
    const { service, nowMs } = this.#options;
    const nextMs = service.nextWakeMs() ?? Number.POSITIVE_INFINITY;
    if (nextMs >= this.#timerAtMs) return;
    clearTimeout(this.#timer);
    this.#timerAtMs = nextMs;
    this.#timer = setTimeout(
      () => {
        this.#timerAtMs = Number.POSITIVE_INFINITY;
        service.tick(nowMs());
        this.#schedule();
      },
      Math.max(0, Math.ceil(nextMs - nowMs())),
    );
  }
}

class SocketPeer implements Peer {
  readonly session: number;
  readonly #socket: Socket;

  constructor(socket: Socket, session: number) {
    this.#socket = socket;
    this.session = session;
  }

  reply(api: number, correlation: number, body: readonly Buffer[]): void {
    this.#write(api, correlation, Status.ok, body);
  }

  refuse(api: number, correlation: number, status: number, reason: string): void {
    this.#write(api, correlation, status, [Buffer.from(reason)]);
  }

  push(api: number, body: Buffer): void {
    this.#write(api, 0, Status.ok, [body]);
  }

  #write(api: number, correlation: number, status: number, body: readonly Buffer[]): void {
    if (!this.#socket.writable) return;
    let bytes = 0;
    for (const chunk of body) bytes += chunk.length;
    this.#socket.cork();
    this.#socket.write(responseHeader(api, correlation, status, bytes));
    for (const chunk of body) this.#socket.write(chunk);
    this.#socket.uncork();
  }
}

function causeOf(error: JournalError): string {
  return error.cause instanceof Error ? ` (${error.cause.message})` : '';
}
