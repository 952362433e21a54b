import type { GroupEvent } from '../log/member.ts';
import type { FetchedBatch } from '../log/fetches.ts';
import type { LogBroker } from '../log/log-broker.ts';
import { type ByteReader, ByteWriter } from '../protocol/bytes.ts';
import {
  type JoinGroup,
  readJoinGroup,
  writeAssignment,
  writeRevocation,
} from '../protocol/group-messages.ts';
import { readCommit, readFetch, readProduce, writeFetchedHead } from '../protocol/log-messages.ts';
import { Api, Status } from '../protocol/protocol.ts';
import { administer } from './topic-service.ts';
import { oneCopy, type Peer, type Service } from './peer.ts';
import { transact } from './transaction-service.ts';

const nothing: readonly Buffer[] = [];

export function logService(broker: LogBroker, copies = oneCopy): Service {
  return {
    kind: 'log',
    handle: (peer, api, correlation, body, nowMs) => {
      switch (api) {
        case Api.produce:
          return produce(broker, peer, correlation, body);
        case Api.fetch:
          return fetch(broker, peer, correlation, body, nowMs);
        case Api.joinGroup:
        case Api.rejoinGroup:
        case Api.leaveGroup:
        case Api.commitOffsets:
        case Api.heartbeat:
          return group(broker, peer, api, correlation, body, nowMs);
        case Api.initTransactions:
        case Api.includeOffsets:
        case Api.endTransaction:
          return transact(broker, peer, api, correlation, body, nowMs);
        default:
          return administer(broker, copies, peer, api, correlation, body, nowMs);
      }
    },
    disconnected: (session, nowMs) => broker.disconnected(session, nowMs),
    tick: (nowMs) => broker.tick(nowMs),
    nextWakeMs: () => broker.nextWakeMs(),
  };
}

function produce(broker: LogBroker, peer: Peer, correlation: number, body: ByteReader): void {
  const { batch, ...head } = readProduce(body);
  const request = { ...head, count: batch.count, batch: batch.bytes };
  broker.produce(request, (produced) => {
    if (produced.status !== Status.ok) {
      peer.refuse(Api.produce, correlation, produced.status, produced.reason);
      return;
    }
    peer.reply(Api.produce, correlation, [new ByteWriter(8).u64(produced.baseOffset).finish()]);
  });
}

function fetch(
  broker: LogBroker,
  peer: Peer,
  correlation: number,
  body: ByteReader,
  nowMs: number,
): void {
  const request = readFetch(body);
  broker.fetch(peer.session, request, nowMs, (fetched) => {
    if (fetched.status !== Status.ok) {
      peer.refuse(Api.fetch, correlation, fetched.status, fetched.reason);
      return;
    }
    peer.reply(Api.fetch, correlation, fetchedChunks(broker, fetched.batches));
  });
}

function fetchedChunks(broker: LogBroker, batches: readonly FetchedBatch[]): readonly Buffer[] {
  const parts = batches.flatMap((fetched) =>
    broker.load(fetched).map((run) => ({ ...run, partition: fetched.partition })),
  );
  const chunks = [new ByteWriter(2).u16(parts.length).finish()];
  for (const { partition, baseOffset, batch } of parts) {
    chunks.push(writeFetchedHead(partition, baseOffset, batch.length), batch);
  }
  return chunks;
}

function group(
  broker: LogBroker,
  peer: Peer,
  api: number,
  correlation: number,
  body: ByteReader,
  nowMs: number,
): void {
  const answer = (done: { status: Status; reason?: string }): void => {
    if (done.status === Status.ok) peer.reply(api, correlation, nothing);
    else peer.refuse(api, correlation, done.status, done.reason ?? '');
  };
  switch (api) {
    case Api.joinGroup: {
      const join = readJoinGroup(body);
      const tell = (event: GroupEvent): void => pushEvent(broker, peer, join, event);
      return answer(broker.joinGroup(peer.session, join, tell, nowMs));
    }
    case Api.rejoinGroup:
      return answer(broker.groups.rejoin(peer.session, nowMs));
    case Api.leaveGroup:
      return answer(broker.groups.leave(peer.session, nowMs));
    case Api.heartbeat:
      return answer(broker.groups.heartbeat(peer.session, nowMs));
    default: {
      const { generation, offsets } = readCommit(body);
      broker.groups.commit(peer.session, generation, offsets, nowMs, answer);
    }
  }
}

function pushEvent(
  broker: LogBroker,
  peer: Peer,
  { group, topic, isolation }: JoinGroup,
  event: GroupEvent,
): void {
  switch (event.kind) {
    case 'revoke':
      peer.push(Api.groupRevoke, writeRevocation(event.generation, event.partitions));
      return;
    case 'removed':
      peer.push(Api.groupRemoved, new ByteWriter(4).u32(event.generation).finish());
      return;
    case 'fenced':
      peer.push(Api.groupFenced, new ByteWriter(4).u32(event.generation).finish());
      return;
    case 'assign': {
      const all = broker.topics.get(topic)?.partitions ?? [];
      const partitions = event.partitions.map((partition) => {
        const start = all[partition]?.start ?? 0;
        const end = Math.max(start, all[partition]?.readableEnd(isolation) ?? 0);
        const committed = broker.groups.committedOffset(group, topic, partition);
        return { partition, committed, start, end };
      });
      peer.push(Api.groupAssign, writeAssignment(event.generation, partitions));
    }
  }
}
