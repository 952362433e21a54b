import type { Socket } from 'node:net';
import type { Endpoint } from '../provisioner.ts';
import { openSocket } from './open-socket.ts';
import {
  type Command,
  type CommandBody,
  type CommandKind,
  decodeCommand,
  encodeCommand,
} from './protocol/commands.ts';
import { FrameCutter, payloadFrame, readFrame, simpleFrame } from './protocol/frames.ts';
import { ProtocolError } from './protocol/protocol-error.ts';
import { greetingId, Requests } from './requests.ts';

/** With it the broker answers settlements that ask for it (v17); later ones are about what is not spoken here. */
const protocolVersion = 17;
const plainFeatures = { supportsAuthRefresh: false, supportsBrokerEntryMetadata: false } as const;
const greetingMs = 5_000;
const requestMs = 15_000;
const farewellMs = 2_000;
const watchMs = 5_000;
/** Looks without a byte of the broker's after which it is asked for one, and given up. */
const silencesUntilPing = 2;
const silencesUntilLost = 4;
const defaultMaxMessageBytes = 5 * 1024 * 1024;

type BodyOf<K extends CommandKind> = Extract<Command, { readonly kind: K }>['body'];

/** What the broker says to one producer. */
export interface ProducerPort {
  receipt(of: BodyOf<'sendReceipt'>): void;
  refused(of: BodyOf<'sendError'>): void;
  /** It is not one any more; the connection stays. */
  closed(): void;
}

/** What the broker says to one consumer. */
export interface ConsumerPort {
  message(of: BodyOf<'message'>, rest: Buffer): void;
  closed(): void;
}

export interface ConnectionSpec {
  readonly at: Endpoint;
  readonly name: string;
  readonly signal: AbortSignal;
}

/**
 * One connection to a broker in its binary protocol
 * (https://pulsar.apache.org/docs/4.0.x/developing-binary-protocol). It does not reconnect, and it goes where it was
 * told: the address that a look-up names would lead past the proxy.
 */
export class PulsarConnection {
  readonly #socket: Socket;
  readonly #cutter = new FrameCutter();
  readonly #requests = new Requests();
  readonly #producers = new Map<number, ProducerPort>();
  readonly #consumers = new Map<number, ConsumerPort>();
  readonly #pongs: (() => void)[] = [];
  readonly #watch: NodeJS.Timeout;
  readonly #ended: Promise<Error>;
  #tellEnd!: (error: Error) => void;
  #end: Error | undefined;
  #silences = 0;
  #lastId = greetingId;
  #isCorked = false;
  #maxMessageBytes = defaultMaxMessageBytes;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#ended = new Promise((resolve) => {
      this.#tellEnd = resolve;
    });
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => this.#finish(error));
    socket.on('close', () => this.#finish(new Error('the connection was closed')));
    this.#watch = setInterval(() => this.#look(), watchMs);
  }

  /** Rejects with what the socket or the broker said. */
  static async open({ at, name, signal }: ConnectionSpec): Promise<PulsarConnection> {
    const connection = new PulsarConnection(await openSocket(at, signal));
    try {
      await connection.#greet(name);
      signal.throwIfAborted();
      return connection;
    } catch (error) {
      connection.destroy(new Error('the greeting failed'));
      throw error;
    }
  }

  get isOpen(): boolean {
    return this.#end === undefined;
  }

  /** Resolves with the reason when the connection has ended, whoever ended it. */
  get ended(): Promise<Error> {
    return this.#ended;
  }

  get maxMessageBytes(): number {
    return this.#maxMessageBytes;
  }

  newId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  addProducer(id: number, port: ProducerPort): void {
    this.#producers.set(id, port);
  }

  addConsumer(id: number, port: ConsumerPort): void {
    this.#consumers.set(id, port);
  }

  remove(id: number): void {
    this.#producers.delete(id);
    this.#consumers.delete(id);
  }

  send<K extends CommandKind>(kind: K, body: CommandBody<K>): void {
    this.#write(simpleFrame(encodeCommand(kind, body)));
  }

  sendMessage(command: CommandBody<'send'>, metadata: Buffer, payload: Buffer): void {
    this.#write(payloadFrame(encodeCommand('send', command), metadata, payload));
  }

  /** @param id of the request, which is in its body. Rejects with ServerError, or the end of the connection */
  async request<K extends CommandKind>(
    kind: K,
    id: number,
    body: CommandBody<K>,
    timeoutMs = requestMs,
  ): Promise<Command> {
    if (this.#end !== undefined) throw this.#end;
    return this.#requests.wait(id, kind, timeoutMs, () => this.send(kind, body));
  }

  /** The broker reads in order: its answer proves that it has read all that was written before. */
  ping(answered: () => void): void {
    this.#pongs.push(answered);
    this.send('ping', {});
  }

  /** Everything written so far has left, or is given up. */
  async close(): Promise<void> {
    if (this.#end !== undefined) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, farewellMs);
      this.#socket.end(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.destroy(new Error('closed by us'));
  }

  destroy(error: Error): void {
    this.#finish(error);
    this.#socket.destroy();
  }

  async #greet(clientVersion: string): Promise<void> {
    const body = { clientVersion, protocolVersion, featureFlags: plainFeatures };
    const answer = await this.request('connect', greetingId, body, greetingMs);
    if (answer.kind !== 'connected') throw new ProtocolError(`${answer.kind} for a greeting`);
    this.#maxMessageBytes = answer.body.maxMessageBytes ?? defaultMaxMessageBytes;
  }

  /** What is written in one turn leaves in one call. */
  #write(frame: Buffer): void {
    if (this.#end !== undefined) return;
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#socket.cork();
      queueMicrotask(() => {
        this.#isCorked = false;
        this.#socket.uncork();
      });
    }
    this.#socket.write(frame);
  }

  #read(chunk: Buffer): void {
    this.#silences = 0;
    try {
      for (const bytes of this.#cutter.push(chunk)) {
        const { command, rest } = readFrame(bytes);
        this.#heard(decodeCommand(command), rest);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.destroy(error);
    }
  }

  #heard(command: Command, rest: Buffer): void {
    switch (command.kind) {
      case 'sendReceipt':
        this.#producers.get(command.body.producerId)?.receipt(command.body);
        return;
      case 'message':
        this.#consumers.get(command.body.consumerId)?.message(command.body, rest);
        return;
      case 'sendError':
        this.#producers.get(command.body.producerId)?.refused(command.body);
        return;
      case 'closeProducer':
        this.#producers.get(command.body.producerId)?.closed();
        return;
      case 'closeConsumer':
        this.#consumers.get(command.body.consumerId)?.closed();
        return;
      case 'ping':
        this.send('pong', {});
        return;
      case 'pong':
        this.#pongs.shift()?.();
        return;
      default:
        this.#requests.answered(command);
    }
  }

  #look(): void {
    this.#silences += 1;
    if (this.#silences >= silencesUntilLost) this.destroy(new Error('the broker fell silent'));
    else if (this.#silences >= silencesUntilPing) this.ping(() => undefined);
  }

  #finish(error: Error): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    clearInterval(this.#watch);
    this.#requests.endAll(error);
    this.#tellEnd(error);
  }
}
