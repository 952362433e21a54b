import { connect, type Socket } from 'node:net';
import type { Endpoint } from '../../engines/provisioner.ts';
import type { WireConnection } from '../../engines/wire.ts';
import { AnswerFilter, type Passage } from './answer-filter.ts';
import type { ArmedLoss } from './armed-loss.ts';

/** What a connection needs from its proxy. */
export interface ConnectionHost {
  nowMs(): number;
  /** The fault that is armed at this moment. */
  armed(): ArmedLoss | undefined;
  forwarded(bytes: number): void;
  returned(bytes: number): void;
  wireFailed(error: unknown): void;
  closed(connection: ProxiedConnection): void;
}

/**
 * One client's connection and its counterpart to the broker, piped both ways with backpressure; an end is
 * passed on as an end, a reset as a reset.
 */
export class ProxiedConnection {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #host: ConnectionHost;
  #wire: WireConnection | undefined;
  #filter: AnswerFilter | undefined;
  #bytesForwarded = 0;
  #cutting = false;
  #open = 2;

  /** @param client paused, with `allowHalfOpen` */
  constructor(
    client: Socket,
    to: Endpoint,
    wire: WireConnection | undefined,
    host: ConnectionHost,
  ) {
    this.#client = client;
    this.#host = host;
    this.#wire = wire;
    this.#filter = wire === undefined ? undefined : new AnswerFilter(wire);
    this.#upstream = connect({ ...to, allowHalfOpen: true, noDelay: true });
    this.#pipe();
    this.#watch(client, this.#upstream);
    this.#watch(this.#upstream, client);
    this.#upstream.once('connect', () => client.resume());
  }

  /** Both sides see a reset; `false` when a cut is under way already. */
  cut(): boolean {
    if (this.#cutting) return false;
    this.#cutting = true;
    this.#upstream.resetAndDestroy();
    this.#client.resetAndDestroy();
    return true;
  }

  #pipe(): void {
    const client = this.#client;
    const upstream = this.#upstream;
    client.on('data', (chunk) => {
      if (this.#cutting) return;
      this.#observeClient(chunk);
      this.#bytesForwarded += chunk.length;
      this.#host.forwarded(chunk.length);
      if (!upstream.write(chunk)) client.pause();
    });
    upstream.on('drain', () => client.resume());
    client.on('end', () => upstream.end());
    upstream.on('data', (chunk) => {
      if (this.#cutting) return;
      const passage = this.#passage(chunk);
      const writable = this.#return(passage.pass);
      if ('swallowed' in passage) this.#loseAnswer(passage);
      else if (!writable) upstream.pause();
    });
    client.on('drain', () => upstream.resume());
    upstream.on('end', () => {
      if (this.#cutting) return;
      this.#return(this.#filter?.release() ?? []);
      client.end();
    });
  }

  /** A socket that fails or is closed halfway takes its counterpart with it, as a reset. */
  #watch(socket: Socket, counterpart: Socket): void {
    socket.on('error', () => {
      if (!this.#cutting) counterpart.resetAndDestroy();
    });
    socket.on('close', () => {
      this.#open -= 1;
      if (!socket.readableEnded && !this.#cutting) counterpart.resetAndDestroy();
      if (this.#open === 0) this.#host.closed(this);
    });
  }

  #observeClient(chunk: Buffer): void {
    try {
      this.#wire?.fromClient(chunk);
    } catch (error) {
      this.#stopFiltering(error);
    }
  }

  #passage(chunk: Buffer): Passage {
    const filter = this.#filter;
    if (filter === undefined) return { pass: [chunk] };
    try {
      return filter.take(chunk, this.#host.armed()?.isDue(this.#host.nowMs()) ?? false);
    } catch (error) {
      this.#stopFiltering(error);
      return { pass: [] };
    }
  }

  /** Bytes go on as they are from here; the fault cannot be trusted, and the host will say so. */
  #stopFiltering(error: unknown): void {
    const held = this.#filter;
    this.#wire = undefined;
    this.#filter = undefined;
    this.#host.wireFailed(error);
    if (held !== undefined) this.#return(held.release());
  }

  #return(buffers: readonly Buffer[]): boolean {
    let writable = true;
    for (const buffer of buffers) {
      this.#host.returned(buffer.length);
      writable = this.#client.write(buffer);
    }
    return writable;
  }

  #loseAnswer(passage: Extract<Passage, { readonly swallowed: unknown }>): void {
    const loss = this.#host.armed();
    const [chosen, ...behind] = passage.swallowed;
    if (loss === undefined || chosen === undefined) return;
    this.#cutting = true;
    loss.fire(this.#host.nowMs(), chosen.sendsAnswered, this.#bytesForwarded);
    for (const { sendsAnswered } of behind) if (sendsAnswered > 0) loss.loseBehind(sendsAnswered);
    this.#client.pause();
    this.#upstream.resetAndDestroy();
    // A reset discards what still waits to be written, and that came before the swallowed answer.
    const reset = (): void => {
      this.#client.resetAndDestroy();
      loss.cut();
    };
    if (this.#client.writableLength === 0) reset();
    else this.#client.write('', reset);
  }
}
