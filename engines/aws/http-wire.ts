import { Fifo } from '../fifo.ts';
import type { ServerFrame, Wire, WireConnection } from '../wire.ts';
import { type HttpFrame, HttpFrames } from './http-frames.ts';

/** How many sends a good answer to a call answers: 0 where the call is none. Throws nothing. */
export type SendsAnswered = (request: HttpFrame, answer: HttpFrame) => number;

/** A service behind HTTP/1.1: each call has one answer, in the order of the calls. */
export function httpWire(sendsAnswered: SendsAnswered): Wire {
  return { connection: () => new HttpWire(sendsAnswered) };
}

class HttpWire implements WireConnection {
  readonly #sendsAnswered: SendsAnswered;
  readonly #fromClient = new HttpFrames();
  readonly #fromServer = new HttpFrames();
  readonly #calls = new Fifo<HttpFrame>();

  constructor(sendsAnswered: SendsAnswered) {
    this.#sendsAnswered = sendsAnswered;
  }

  fromClient(chunk: Buffer): void {
    for (const call of this.#fromClient.read(chunk)) {
      if (!this.#fromClient.isLost) this.#calls.push(call);
    }
  }

  fromServer(chunk: Buffer): readonly ServerFrame[] {
    return this.#fromServer.read(chunk).map((answer) => ({
      bytes: answer.bytes,
      sendsAnswered: this.#answered(answer),
    }));
  }

  #answered(answer: HttpFrame): number {
    // What is not understood has no answers that could be counted; `100 Continue` is none yet.
    if (this.#fromClient.isLost || this.#fromServer.isLost) return 0;
    if (/^HTTP\/1\.\d 1\d\d/.test(answer.startLine)) return 0;
    const call = this.#calls.shift();
    const isGood = /^HTTP\/1\.\d 2\d\d/.test(answer.startLine);
    return call !== undefined && isGood ? this.#sendsAnswered(call, answer) : 0;
  }
}
