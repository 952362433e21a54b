import type { BrokerConnection } from './client.ts';
import { connectTimeoutMsOf, openAtLeader } from './at-leader.ts';
import type { ByteReader, ByteWriter } from './protocol/bytes.ts';
import type { BrokerKind, HelloAnswer } from './protocol/protocol.ts';

/** An administrator's connection: opened when it is needed, and again after the broker was restarted. */
export class AdminLink {
  readonly #address: string;
  readonly #kind: BrokerKind;
  readonly #requestTimeoutMs: number;
  readonly #stop = new AbortController();
  #connection: BrokerConnection | undefined;

  constructor(address: string, kind: BrokerKind, requestTimeoutMs: number) {
    this.#address = address;
    this.#kind = kind;
    this.#requestTimeoutMs = requestTimeoutMs;
  }

  /** @throws AckmarkError when the broker is away or refuses */
  async call(request: ByteWriter): Promise<ByteReader> {
    return (await this.#open()).call(request);
  }

  async hello(): Promise<HelloAnswer> {
    return (await this.#open()).hello;
  }

  close(): void {
    this.#stop.abort();
    this.#connection?.close();
  }

  async #open(): Promise<BrokerConnection> {
    if (this.#connection?.open === true) return this.#connection;
    const connection = await openAtLeader(
      {
        address: this.#address,
        kind: this.#kind,
        name: 'administration',
        connectTimeoutMs: connectTimeoutMsOf(this.#address),
        requestTimeoutMs: this.#requestTimeoutMs,
        signal: this.#stop.signal,
      },
      { pushed: () => {}, closed: () => {}, drained: () => {} },
    );
    this.#connection = connection;
    return connection;
  }
}
