import { Fifo } from '../fifo.ts';
import type { ServerFrame, Wire, WireConnection } from '../wire.ts';
import { commandOf, isBulk, respReader } from './resp-reader.ts';

/** RESP 2: every command has one answer, and answers come in the order of the commands. */
export const wire: Wire = { connection: () => new RedisWire() };

class RedisWire implements WireConnection {
  readonly #fromClient = respReader();
  readonly #fromServer = respReader();
  /** Of each command without an answer, whether it is a send. */
  readonly #sends = new Fifo<boolean>();

  fromClient(chunk: Buffer): void {
    const values = this.#fromClient.read(chunk);
    // What is not understood has no answers that could be counted.
    if (this.#fromClient.isLost) return;
    for (const value of values) this.#sends.push(commandOf(value) === 'XADD');
  }

  fromServer(chunk: Buffer): readonly ServerFrame[] {
    return this.#fromServer.read(chunk).map((bytes) => {
      const isSend = !this.#fromServer.isLost && this.#sends.shift() === true;
      return { bytes, sendsAnswered: isSend && isBulk(bytes) ? 1 : 0 };
    });
  }
}
