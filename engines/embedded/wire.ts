import type { ServerFrame, Wire, WireConnection } from '../wire.ts';
import { readPublish, readPublished } from './protocol/broker-messages.ts';
import { ByteReader, ProtocolError } from './protocol/bytes.ts';
import {
  apiOf,
  correlationOf,
  FrameDecoder,
  requestBody,
  responseHeaderBytes,
  statusOf,
} from './protocol/frame.ts';
import { readProduce } from './protocol/log-messages.ts';
import { Api, maxFrameBytes, responseBit, Status } from './protocol/protocol.ts';
import { readSend } from './protocol/queue-messages.ts';

/** Sends whose answer never comes must not pile up. */
const rememberedMost = 10_000;

/** The embedded brokers speak one protocol, so the proxy needs no more than this for any of them. */
export const wire: Wire = { connection: () => new EmbeddedWire() };

class EmbeddedWire implements WireConnection {
  readonly #requests = new FrameDecoder(maxFrameBytes);
  readonly #responses = new FrameDecoder(maxFrameBytes);
  /** Correlation id → messages of the send. */
  readonly #sends = new Map<number, number>();
  #isGarbage = false;

  fromClient(chunk: Buffer): void {
    if (this.#isGarbage) return;
    try {
      this.#requests.push(chunk, (frame) => this.#remember(frame));
    } catch (error) {
      // The broker will close such a connection; until then its bytes are passed on as they are.
      if (!(error instanceof ProtocolError)) throw error;
      this.#isGarbage = true;
    }
  }

  fromServer(chunk: Buffer): readonly ServerFrame[] {
    const frames: ServerFrame[] = [];
    this.#responses.push(chunk, (bytes) =>
      frames.push({ bytes, sendsAnswered: this.#answered(bytes) }),
    );
    return frames;
  }

  #remember(frame: Buffer): void {
    const messages = messagesOf(frame);
    if (messages === 0) return;
    this.#sends.set(correlationOf(frame), messages);
    if (this.#sends.size <= rememberedMost) return;
    for (const oldest of this.#sends.keys()) {
      this.#sends.delete(oldest);
      break;
    }
  }

  #answered(response: Buffer): number {
    const api = apiOf(response) & ~responseBit;
    if (api !== Api.produce && api !== Api.send && api !== Api.publish) return 0;
    const messages = this.#sends.get(correlationOf(response)) ?? 0;
    this.#sends.delete(correlationOf(response));
    if (statusOf(response) !== Status.ok) return 0;
    return api === Api.publish ? messages - refusedIn(response) : messages;
  }
}

function refusedIn(response: Buffer): number {
  return readPublished(new ByteReader(response, responseHeaderBytes)).refused.size;
}

/** 0 for anything but a send that will be answered. */
function messagesOf(frame: Buffer): number {
  switch (apiOf(frame)) {
    case Api.produce: {
      const { acks, batch } = readProduce(requestBody(frame));
      return acks === 'none' ? 0 : batch.count;
    }
    case Api.send:
      return readSend(requestBody(frame)).batch.count;
    case Api.publish:
      return readPublish(requestBody(frame)).batch.count;
    default:
      return 0;
  }
}
