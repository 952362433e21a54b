import type { LogBroker } from '../log/log-broker.ts';
import { unknownTopic } from '../log/refusals.ts';
import { type ByteReader, ByteWriter, ProtocolError } from '../protocol/bytes.ts';
import { Api, Status } from '../protocol/protocol.ts';
import {
  readAddPartitions,
  readCreateTopic,
  readEndOffsets,
  readFindOffsets,
  writeCreatedTopic,
  writeFoundOffsets,
} from '../protocol/topic-messages.ts';
import type { Copies, Peer } from './peer.ts';

/** The requests that make, change and ask about topics, and those that introduce producers. */
export function administer(
  broker: LogBroker,
  copies: Copies,
  peer: Peer,
  api: number,
  correlation: number,
  body: ByteReader,
  nowMs: number,
): void {
  const answer = (done: { status: Status; reason?: string }): void => {
    if (done.status === Status.ok) peer.reply(api, correlation, []);
    else peer.refuse(api, correlation, done.status, done.reason ?? '');
  };
  switch (api) {
    case Api.createTopic: {
      const { name, partitions, policy } = readCreateTopic(body);
      broker.topics.create(name, partitions, policy, (created) => {
        if (created.status !== Status.ok) return answer(created);
        peer.reply(api, correlation, [writeCreatedTopic({ topic: created.topic, ...copies })]);
      });
      return;
    }
    case Api.addPartitions: {
      const { topic, partitions } = readAddPartitions(body);
      return broker.addPartitions(topic, partitions, nowMs, answer);
    }
    case Api.deleteTopic:
      return broker.topics.delete(body.u32(), answer);
    case Api.initProducer:
      broker.initProducer((producer) =>
        peer.reply(api, correlation, [new ByteWriter(6).u32(producer).u16(0).finish()]),
      );
      return;
    default:
      findOffsets(broker, peer, api, correlation, body);
  }
}

function findOffsets(
  { topics }: LogBroker,
  peer: Peer,
  api: number,
  correlation: number,
  body: ByteReader,
): void {
  const refuse = (): void =>
    peer.refuse(api, correlation, unknownTopic.status, unknownTopic.reason);
  switch (api) {
    case Api.endOffsets: {
      const { topic: id, isolation } = readEndOffsets(body);
      const topic = topics.get(id);
      if (topic === undefined) return refuse();
      const to = new ByteWriter().u16(topic.partitions.length);
      for (const partition of topic.partitions) to.u64(partition.readableEnd(isolation));
      return peer.reply(api, correlation, [to.finish()]);
    }
    case Api.findOffsets: {
      const { topic: id, timeMs } = readFindOffsets(body);
      const topic = topics.get(id);
      if (topic === undefined) return refuse();
      const found = topic.partitions.map((partition) => {
        return { start: partition.start, atTime: partition.offsetAt(timeMs) };
      });
      return peer.reply(api, correlation, [writeFoundOffsets(found)]);
    }
    default:
      throw new ProtocolError(`a log has no request ${api}`);
  }
}
