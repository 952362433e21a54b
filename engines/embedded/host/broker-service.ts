import type { Declared, Done, Refused, Settled } from '../broker/answers.ts';
import type { ConsumerListener, Handed } from '../broker/consumer.ts';
import type { CopyDelivery } from '../broker/copy-delivery.ts';
import type { RoutingBroker } from '../broker/routing-broker.ts';
import {
  deliveryBytes,
  readGrant,
  readPublish,
  readSettle,
  readSubscribe,
  writeDeliveries,
  writePublished,
} from '../protocol/broker-messages.ts';
import {
  readBindingSpec,
  readExchangeSpec,
  readQueueSpec,
  writeDeclaredQueue,
} from '../protocol/broker-specs.ts';
import { type ByteReader, ByteWriter, ProtocolError } from '../protocol/bytes.ts';
import { Api, Status } from '../protocol/protocol.ts';
import { writeSettled } from '../protocol/queue-messages.ts';
import { type Copies, oneCopy, type Peer, type Service } from './peer.ts';

/** Deliveries are cut into frames of about this size, so that none exceeds the largest frame. */
const frameBytes = 1024 * 1024;

const nothing: readonly Buffer[] = [];

type Answer = <T>(
  of: ({ readonly status: typeof Status.ok } & T) | Refused,
  encode: (ok: T) => readonly Buffer[],
) => void;

export function brokerService(broker: RoutingBroker, copies = oneCopy): Service {
  return {
    kind: 'broker',
    handle: (peer, api, correlation, body, nowMs) => {
      const answer: Answer = (of, encode) => {
        if (of.status === Status.ok) peer.reply(api, correlation, encode(of));
        else peer.refuse(api, correlation, of.status, of.reason);
      };
      const isKnown =
        declaring(broker, copies, peer, api, body, answer) ||
        consuming(broker, peer, api, body, nowMs, answer);
      if (!isKnown) throw new ProtocolError(`a routing broker has no request ${api}`);
    },
    disconnected: (session, nowMs) => broker.disconnected(session, nowMs),
    tick: (nowMs) => broker.tick(nowMs),
    nextWakeMs: () => broker.nextWakeMs(),
  };
}

/** @returns whether it was such a request */
function declaring(
  broker: RoutingBroker,
  { replicas, minInSync }: Copies,
  { session }: Peer,
  api: number,
  body: ByteReader,
  answer: Answer,
): boolean {
  const declared = (of: Declared): void => answer(of, ({ id }) => [u32(id)]);
  const done = (of: Done): void => answer(of, () => nothing);
  switch (api) {
    case Api.declareExchange:
      broker.declareExchange(whole(body, readExchangeSpec), declared);
      return true;
    case Api.deleteExchange:
      broker.deleteExchange(whole(body, readId), done);
      return true;
    case Api.declareQueue:
      broker.declareQueue(session, whole(body, readQueueSpec), (of) =>
        answer(of, ({ id: queue }) => [writeDeclaredQueue({ queue, replicas, minInSync })]),
      );
      return true;
    case Api.dropQueue:
      broker.deleteQueue(session, whole(body, readId), done);
      return true;
    case Api.bind:
    case Api.unbind: {
      const [exchange, queue] = [body.u32(), body.u32()];
      const binding = { exchange, queue, spec: whole(body, readBindingSpec) };
      if (api === Api.bind) broker.bind(session, binding, done);
      else broker.unbind(session, binding, done);
      return true;
    }
    default:
      return false;
  }
}

function consuming(
  broker: RoutingBroker,
  peer: Peer,
  api: number,
  body: ByteReader,
  nowMs: number,
  answer: Answer,
): boolean {
  const done = (of: Done): void => answer(of, () => nothing);
  const { session } = peer;
  switch (api) {
    case Api.publish: {
      const { request, batch } = readPublish(body);
      broker.publish(request, batch, nowMs, (of) => answer(of, (ok) => [writePublished(ok)]));
      return true;
    }
    case Api.subscribe: {
      const listener = new PeerListener(broker, peer);
      const subscribed = broker.subscribe(session, readSubscribe(body), listener);
      if (subscribed.status === Status.ok) listener.consumer = subscribed.consumer;
      answer(subscribed, ({ consumer }) => [u32(consumer)]);
      return true;
    }
    case Api.grant: {
      const { consumer, credit } = readGrant(body);
      done(broker.grant(session, consumer, credit, nowMs));
      return true;
    }
    case Api.unsubscribe:
      done(broker.unsubscribe(session, whole(body, readId), nowMs));
      return true;
    case Api.settle:
      broker.settle(session, readSettle(body), nowMs, (of: Settled) =>
        answer(of, ({ each }) => [writeSettled(each)]),
      );
      return true;
    case Api.queueDepth: {
      const depth = broker.depth(whole(body, readId), nowMs);
      const { ready, inFlight } = depth ?? { ready: 0, inFlight: 0 };
      answer(depth === undefined ? noQueue : { status: Status.ok }, () => [
        new ByteWriter(16).u64(ready).u64(inFlight).finish(),
      ]);
      return true;
    }
    case Api.ping:
      done({ status: Status.ok });
      return true;
    default:
      return false;
  }
}

/** Puts what a consumer is handed on its connection. */
class PeerListener implements ConsumerListener {
  readonly #broker: RoutingBroker;
  readonly #peer: Peer;
  consumer = 0;

  constructor(broker: RoutingBroker, peer: Peer) {
    this.#broker = broker;
    this.#peer = peer;
  }

  deliver(handed: readonly Handed[]): void {
    let frame: CopyDelivery[] = [];
    let bytes = 0;
    for (const one of handed) {
      const copy = this.#broker.deliveryOf(one);
      bytes += deliveryBytes(copy);
      if (frame.length > 0 && bytes > frameBytes) {
        this.#push(frame);
        frame = [];
        bytes = deliveryBytes(copy);
      }
      frame.push(copy);
    }
    this.#push(frame);
  }

  cancelled(): void {
    this.#peer.push(Api.cancelled, u32(this.consumer));
  }

  #push(copies: readonly CopyDelivery[]): void {
    this.#peer.push(Api.deliver, writeDeliveries(this.consumer, copies));
  }
}

const noQueue: Refused = { status: Status.unknownDestination, reason: 'there is no such queue' };

const u32 = (value: number): Buffer => new ByteWriter(4).u32(value).finish();
const readId = (from: ByteReader): number => from.u32();

/** The rest of a request, which must end there. */
function whole<T>(body: ByteReader, read: (from: ByteReader) => T): T {
  const value = read(body);
  body.end();
  return value;
}
