import type { ServerFrame, Wire, WireConnection } from '../wire.ts';
import { readPublishAnswer, NatsCode } from './outcomes.ts';
import { type ProtocolFrame, ProtocolReader } from './protocol-reader.ts';

/** Publishes without an answer (a server that died, a message to nobody) must not pile up. */
const rememberedMost = 100_000;
/** Requests to the JetStream API and settlements go to subjects of the server's own. */
const serversOwn = '$JS.';

/**
 * The NATS client protocol (https://docs.nats.io/reference/reference-protocols/nats-protocol): a send is a
 * publish with a reply subject, and its answer a message to that subject.
 */
export const wire: Wire = { connection: () => new NatsWire() };

class NatsWire implements WireConnection {
  readonly #fromClient = new ProtocolReader(false);
  readonly #fromServer = new ProtocolReader(true);
  readonly #replies = new Set<string>();

  fromClient(chunk: Buffer): void {
    for (const frame of this.#fromClient.read(chunk)) this.#requested(frame);
  }

  fromServer(chunk: Buffer): readonly ServerFrame[] {
    return this.#fromServer.read(chunk).map((frame) => ({
      bytes: frame.bytes,
      sendsAnswered: this.#answers(frame) ? 1 : 0,
    }));
  }

  #requested({ verb, words }: ProtocolFrame): void {
    const [subject = '', reply] = words;
    const hasReply = words.length === (verb === 'HPUB' ? 4 : 3);
    if ((verb !== 'PUB' && verb !== 'HPUB') || !hasReply || reply === undefined) return;
    if (subject.startsWith(serversOwn)) return;
    this.#replies.add(reply);
    if (this.#replies.size <= rememberedMost) return;
    for (const oldest of this.#replies) {
      this.#replies.delete(oldest);
      return;
    }
  }

  /** Of an answer with headers nothing good is known: no responders, above all. */
  #answers({ verb, words: [subject = ''], body }: ProtocolFrame): boolean {
    if ((verb !== 'MSG' && verb !== 'HMSG') || !this.#replies.delete(subject)) return false;
    return verb === 'MSG' && readPublishAnswer(body().toString()).code === NatsCode.ok;
  }
}
