import type { ServerFrame, Wire, WireConnection } from '../wire.ts';
import { FrameCutter } from './wire-frames.ts';
import { acceptedRecords, type ProduceSummary, readProduce } from './wire-produce.ts';

const produceKey = 0;
const headBytes = 12;
/** Requests without an answer (acks=0, a broker that died) must not pile up. */
const rememberedMost = 10_000;

export const wire: Wire = {
  connection: () => new KafkaConnection(),
};

/** One broker connection: remembers the correlation ids of Produce requests and finds their answers. */
class KafkaConnection implements WireConnection {
  readonly #sends = new Map<number, ProduceSummary>();
  readonly #requests = new FrameCutter((head) => head.readInt16BE(4) === produceKey, headBytes);
  readonly #responses = new FrameCutter(() => true, 4);

  fromClient(chunk: Buffer): void {
    for (const frame of this.#requests.push(chunk)) this.#remember(frame);
  }

  fromServer(chunk: Buffer): readonly ServerFrame[] {
    return this.#responses.push(chunk).map((bytes) => ({
      bytes,
      sendsAnswered: this.#sendsAnswered(bytes),
    }));
  }

  #remember(request: Buffer): void {
    const summary = readProduce(request);
    if (summary === undefined || summary.acks === 0) return;
    this.#sends.set(summary.correlationId, summary);
    if (this.#sends.size <= rememberedMost) return;
    for (const oldest of this.#sends.keys()) {
      this.#sends.delete(oldest);
      return;
    }
  }

  #sendsAnswered(response: Buffer): number {
    if (response.length < 8) return 0;
    const correlationId = response.readInt32BE(4);
    const send = this.#sends.get(correlationId);
    if (send === undefined) return 0;
    this.#sends.delete(correlationId);
    return acceptedRecords(response, send);
  }
}
