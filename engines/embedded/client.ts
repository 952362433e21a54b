/** The client's side of one connection to an embedded broker; both engines' adapters stand on it. */
import { createConnection, type Socket } from 'node:net';
import { AckmarkError } from '../../harness/core/errors.ts';
import type { Answer } from './answer.ts';
import { NotLeading } from './not-leading.ts';
import { patiently } from './patience.ts';
import { ByteReader, type ByteWriter, ProtocolError } from './protocol/bytes.ts';
import {
  apiOf,
  beginRequest,
  correlationOf,
  FrameDecoder,
  responseHeaderBytes,
  sealRequest,
  setCorrelation,
  statusOf,
} from './protocol/frame.ts';
import {
  Api,
  type BrokerKind,
  type HelloAnswer,
  maxFrameBytes,
  protocolVersion,
  readHelloAnswer,
  responseBit,
  isRefusal,
  Status,
  statusName,
  writeHello,
} from './protocol/protocol.ts';

export interface ConnectOptions {
  /** `host:port`; several of a cluster, told apart by commas, where the leader is looked for among them */
  readonly address: string;
  readonly kind: BrokerKind;
  /** For the broker's eyes only. */
  readonly name: string;
  readonly connectTimeoutMs: number;
  /**
   * A request that is open so long, long polls included, ends the connection: the broker hangs, and only a
   * new connection can tell. Detected after one to one and a half of it.
   */
  readonly requestTimeoutMs: number;
  readonly signal: AbortSignal;
}

export interface ConnectionEvents {
  /** A frame that answers no request. */
  readonly pushed: (api: number, body: ByteReader) => void;
  /** Once, after every open request was answered `lost`; not after `close`. */
  readonly closed: (error: Error) => void;
  /** The socket has room again after `congested`. */
  readonly drained: () => void;
}

const lost: Answer = { kind: 'lost' };

export class BrokerConnection {
  readonly hello: HelloAnswer;
  readonly #socket: Socket;
  readonly #pending: Map<number, (answer: Answer) => void>;
  #nextCorrelation = 1;
  #ended = false;
  readonly #events: ConnectionEvents;
  readonly #watchdog: NodeJS.Timeout;
  #watched = 0;
  #watchedChecks = 0;

  private constructor(
    socket: Socket,
    hello: HelloAnswer,
    requestTimeoutMs: number,
    events: ConnectionEvents,
  ) {
    this.#socket = socket;
    this.#pending = new Map();
    this.#events = events;
    this.hello = hello;
    this.#watchdog = setInterval(() => this.#watch(requestTimeoutMs), requestTimeoutMs / 2);
  }

  /** @throws AckmarkError CONNECT_FAILED, also when something else than such a broker answers */
  static async open(options: ConnectOptions, events: ConnectionEvents): Promise<BrokerConnection> {
    const socket = await connectSocket(options);
    const decoder = new FrameDecoder(maxFrameBytes);
    try {
      const hello = await greet(socket, decoder, options);
      const connection = new BrokerConnection(socket, hello, options.requestTimeoutMs, events);
      connection.#listen(decoder);
      return connection;
    } catch (error) {
      socket.destroy();
      throw connectFailed(options.address, error);
    }
  }

  get open(): boolean {
    return !this.#ended;
  }

  /** Bytes wait in this process because the kernel's buffer is full. */
  get congested(): boolean {
    return this.#socket.writableNeedDrain;
  }

  /** Requests sent between `cork` and `uncork` leave in one write. */
  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
  }

  /**
   * Sends a sealed frame; `done` is called exactly once, never before this returns. The frame is given its
   * correlation id in place and may be sent again on another connection later.
   */
  request(frame: Buffer, done: (answer: Answer) => void): void {
    if (this.#ended) {
      queueMicrotask(() => done(lost));
      return;
    }
    const correlation = this.#nextCorrelation;
    this.#nextCorrelation = correlation === 0xffff_ffff ? 1 : correlation + 1;
    setCorrelation(frame, correlation);
    this.#pending.set(correlation, done);
    this.#socket.write(frame);
  }

  /** A frame whose answer nobody waits for, as there will be none. */
  post(frame: Buffer): void {
    if (!this.#ended) this.#socket.write(frame);
  }

  /** @throws AckmarkError when the broker refuses or the connection ends */
  call(writer: ByteWriter): Promise<ByteReader> {
    return new Promise((resolve, reject) => {
      this.request(sealRequest(writer), (answer) => {
        if (answer.kind === 'ok') resolve(answer.body);
        else reject(callFailed(answer));
      });
    });
  }

  /** Ends the connection without a goodbye; open requests are answered `lost`, `closed` is not called. */
  close(): void {
    this.#end();
  }

  /** Ends it because of `error`, as if the network had. */
  fail(error: Error): void {
    if (this.#end()) this.#events.closed(error);
  }

  #listen(decoder: FrameDecoder): void {
    let failure: Error = new Error('the broker closed the connection');
    this.#socket.on('data', (chunk: Buffer) => {
      try {
        decoder.push(chunk, (frame) => this.#frame(frame));
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.fail(error);
      }
    });
    this.#socket.on('drain', () => this.#events.drained());
    this.#socket.on('error', (error) => {
      failure = error;
    });
    this.#socket.on('close', () => this.fail(failure));
  }

  #frame(frame: Buffer): void {
    if (this.#ended) return;
    const correlation = correlationOf(frame);
    const status = statusOf(frame);
    if (status === undefined) throw new ProtocolError('an answer without a status');
    const body = new ByteReader(frame, responseHeaderBytes);
    if (correlation === 0) {
      this.#events.pushed(apiOf(frame) & ~responseBit, body);
      return;
    }
    const done = this.#pending.get(correlation);
    if (done === undefined)
      throw new ProtocolError(`an answer to request ${correlation}, which is not open`);
    this.#pending.delete(correlation);
    if (status === Status.ok) done({ kind: 'ok', body });
    else if (isRefusal(status)) done({ kind: 'refused', status, reason: body.rest().toString() });
    else throw new ProtocolError(`an answer with unknown status ${status}`);
  }

  /** The oldest request is the first of the map; the same one at three checks has waited too long. */
  #watch(requestTimeoutMs: number): void {
    const [oldest = 0] = this.#pending.keys();
    this.#watchedChecks = oldest !== 0 && oldest === this.#watched ? this.#watchedChecks + 1 : 0;
    this.#watched = oldest;
    if (this.#watchedChecks >= 2) {
      this.fail(new Error(`the broker left a request unanswered for ${requestTimeoutMs} ms`));
    }
  }

  #end(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    clearInterval(this.#watchdog);
    this.#socket.destroy();
    const open = [...this.#pending.values()];
    this.#pending.clear();
    for (const done of open) done(lost);
    return true;
  }
}

export function parseAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  const port = Number(address.slice(colon + 1));
  if (colon < 1 || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new AckmarkError('USAGE', 'not the address of an embedded broker', {
      hint: 'Write host:port, for example 127.0.0.1:40400.',
    });
  }
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port };
}

function connectSocket(options: ConnectOptions): Promise<Socket> {
  const { host, port } = parseAddress(options.address);
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, noDelay: true });
    const fail = (error: unknown): void => {
      socket.destroy();
      cleanUp();
      reject(connectFailed(options.address, error));
    };
    const stopWaiting = patiently(options.connectTimeoutMs, (ms) =>
      fail(new Error(`no connection within ${ms} ms`)),
    );
    const onAbort = (): void => fail(new Error('stopped while connecting'));
    const onConnect = (): void => {
      cleanUp();
      resolve(socket);
    };
    const cleanUp = (): void => {
      stopWaiting();
      options.signal.removeEventListener('abort', onAbort);
      socket.off('error', fail);
      socket.off('connect', onConnect);
      // An error between two owners of the socket must not end the process; `close` follows it anyway.
      socket.on('error', () => {});
    };
    if (options.signal.aborted) {
      onAbort();
      return;
    }
    socket.on('error', fail);
    socket.on('connect', onConnect);
    options.signal.addEventListener('abort', onAbort, { once: true });
  });
}

function greet(
  socket: Socket,
  decoder: FrameDecoder,
  options: ConnectOptions,
): Promise<HelloAnswer> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      stopWaiting();
      socket.off('data', onData);
      socket.off('close', onClose);
      act();
    };
    const onClose = (): void =>
      settle(() => reject(new Error('it closed the connection at the greeting')));
    const onFrame = (frame: Buffer): void => {
      if (statusOf(frame) === Status.notLeader) throw new NotLeading('it does not lead');
      if (statusOf(frame) !== Status.ok || apiOf(frame) !== (Api.hello | responseBit)) {
        throw new ProtocolError('it does not answer like an embedded broker');
      }
      const hello = readHelloAnswer(new ByteReader(frame, responseHeaderBytes));
      if (hello.kind !== options.kind) {
        throw new ProtocolError(`it is a ${hello.kind}, not a ${options.kind}`);
      }
      settle(() => resolve(hello));
    };
    const onData = (chunk: Buffer): void => {
      try {
        decoder.push(chunk, onFrame);
      } catch (error) {
        settle(() => reject(error));
      }
    };
    const stopWaiting = patiently(options.connectTimeoutMs, (ms) =>
      settle(() => reject(new Error(`no greeting within ${ms} ms`))),
    );
    socket.on('data', onData);
    socket.on('close', onClose);
    const hello = { version: protocolVersion, client: options.name };
    const frame = sealRequest(writeHello(beginRequest(Api.hello), hello));
    setCorrelation(frame, 1);
    socket.write(frame);
  });
}

function connectFailed(address: string, cause: unknown): AckmarkError {
  if (cause instanceof AckmarkError) return cause;
  return new AckmarkError('CONNECT_FAILED', `no embedded broker at ${address}`, {
    hint: 'Start one with `ackmark up`, or check host and port.',
    cause,
  });
}

function callFailed(answer: Exclude<Answer, { kind: 'ok' }>): AckmarkError {
  return answer.kind === 'lost'
    ? new AckmarkError('CONNECT_FAILED', 'the broker went away before it answered', {
        hint: 'Look at the end of the broker’s log.',
      })
    : new AckmarkError('TARGET_UNAVAILABLE', `the broker answers ${statusName[answer.status]}`, {
        hint: answer.reason || 'Look at the end of the broker’s log.',
      });
}
