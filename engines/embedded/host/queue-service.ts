import { type ByteReader, ByteWriter, ProtocolError } from '../protocol/bytes.ts';
import { Api, Status } from '../protocol/protocol.ts';
import { readFilter } from '../protocol/message-filter.ts';
import { readAttributes } from '../protocol/queue-attributes.ts';
import {
  readReceipts,
  readReceive,
  readRedrive,
  readSend,
  writeIds,
  writeReceived,
  writeSent,
  writeSettled,
} from '../protocol/queue-messages.ts';
import type { QueueBroker } from '../queue/queue-broker.ts';
import type { Refused, Settled } from '../queue/queue-requests.ts';
import type { Peer, Service } from './peer.ts';

const nothing: readonly Buffer[] = [];

type Answer<T> = ({ readonly status: typeof Status.ok } & T) | Refused;

type Answering = <T>(of: Answer<T>, encode: (ok: T) => readonly Buffer[]) => void;

export function queueService(broker: QueueBroker): Service {
  return {
    kind: 'queue',
    handle: (peer, api, correlation, body, nowMs) => {
      const answer = <T>(of: Answer<T>, encode: (ok: T) => readonly Buffer[]): void => {
        if (of.status === Status.ok) peer.reply(api, correlation, encode(of));
        else peer.refuse(api, correlation, of.status, of.reason);
      };
      dispatch(broker, peer, api, body, nowMs, answer);
    },
    disconnected: (session) => broker.disconnected(session),
    tick: (nowMs) => broker.tick(nowMs),
    nextWakeMs: () => broker.nextWakeMs(),
  };
}

function dispatch(
  broker: QueueBroker,
  peer: Peer,
  api: number,
  body: ByteReader,
  nowMs: number,
  answer: Answering,
): void {
  const settled = (of: Settled): void => answer(of, (ok) => [writeSettled(ok.each)]);
  switch (api) {
    case Api.send: {
      const { queue, options, batch } = readSend(body);
      broker.send(queue, batch, options, nowMs, (sent) => answer(sent, (ok) => [writeSent(ok)]));
      return;
    }
    case Api.receive:
      broker.receive(peer.session, readReceive(body), nowMs, (received) =>
        answer(received, (ok) => [writeReceived(ok.messages)]),
      );
      return;
    case Api.cancelReceive:
      broker.cancelReceive(peer.session);
      answer({ status: Status.ok }, () => nothing);
      return;
    case Api.remove: {
      const { queue, receipts } = readReceipts(body);
      body.end();
      broker.remove(queue, receipts, nowMs, settled);
      return;
    }
    case Api.reject: {
      const { queue, receipts } = readReceipts(body);
      body.end();
      broker.reject(queue, receipts, nowMs, settled);
      return;
    }
    case Api.changeVisibility: {
      const { queue, receipts } = readReceipts(body);
      const leaseMs = body.u32();
      body.end();
      settled(broker.changeVisibility(queue, receipts, leaseMs, nowMs));
      return;
    }
    default:
      administer(broker, api, body, nowMs, answer);
  }
}

function administer(
  broker: QueueBroker,
  api: number,
  body: ByteReader,
  nowMs: number,
  answer: Answering,
): void {
  switch (api) {
    case Api.redrive: {
      const { from, to, most } = readRedrive(body);
      broker.redrive(from, to, most, nowMs, (redriven) =>
        answer(redriven, (ok) => [writeIds(ok.ids)]),
      );
      return;
    }
    case Api.createQueue: {
      const name = body.text();
      const attributes = readAttributes(body);
      body.end();
      broker.directory.createQueue(name, attributes, (created) =>
        answer(created, (ok) => [new ByteWriter(4).u32(ok.queue).finish()]),
      );
      return;
    }
    case Api.createFanOut:
      broker.directory.createTopic(body.text(), (created) =>
        answer(created, (ok) => [new ByteWriter(4).u32(ok.queue).finish()]),
      );
      return;
    case Api.attachQueue: {
      const topic = body.u32();
      const to = body.u32();
      const filter = readFilter(body);
      body.end();
      broker.directory.attach(topic, to, filter, (attached) => answer(attached, () => nothing));
      return;
    }
    case Api.deleteQueue:
      broker.directory.deleteQueue(body.u32(), (deleted) => answer(deleted, () => nothing));
      return;
    case Api.depth: {
      const depth = broker.depth(body.u32(), nowMs);
      if (depth === undefined) {
        answer(
          { status: Status.unknownDestination, reason: 'there is no such queue' },
          () => nothing,
        );
        return;
      }
      const { ready, inFlight } = depth;
      answer({ status: Status.ok }, () => [new ByteWriter(16).u64(ready).u64(inFlight).finish()]);
      return;
    }
    default:
      throw new ProtocolError(`a queue has no request ${api}`);
  }
}
