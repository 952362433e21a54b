/**
 * The messages of replication as bytes, big-endian. A member is `u8 node | u32 incarnation`, a list has its
 * length in front; the first byte tells the kind.
 */
import { type ByteReader, ByteWriter, ProtocolError } from '../protocol/bytes.ts';
import type { ClusterState, Member, ToController, ToReplica } from './messages.ts';

const Kind = {
  heartbeat: 1,
  alterInSync: 2,
  cluster: 3,
  fetch: 4,
  fetched: 5,
  diverged: 6,
} as const;

export function encodeToController(message: ToController): Buffer {
  const to = new ByteWriter(64);
  if (message.kind === 'heartbeat') {
    return writeMember(to.u8(Kind.heartbeat), message.from)
      .u8(message.mayLack ? 1 : 0)
      .finish();
  }
  writeMember(to.u8(Kind.alterInSync), message.from).u32(message.epoch).u32(message.version);
  return writeMembers(to, message.inSync).finish();
}

/** @throws ProtocolError */
export function decodeToController(body: ByteReader): ToController {
  const kind = body.u8();
  const from = readMember(body);
  if (kind === Kind.heartbeat) return { kind: 'heartbeat', from, mayLack: body.u8() === 1 };
  if (kind !== Kind.alterInSync) throw new ProtocolError(`a controller knows no message ${kind}`);
  const [epoch, version] = [body.u32(), body.u32()];
  return { kind: 'alter-in-sync', from, epoch, version, inSync: readMembers(body) };
}

export function encodeToReplica(message: ToReplica): Buffer {
  const to = new ByteWriter(64);
  switch (message.kind) {
    case 'cluster':
      return writeState(to.u8(Kind.cluster), message.state).finish();
    case 'fetch': {
      writeMember(to.u8(Kind.fetch), message.from).u32(message.epoch).u32(message.request);
      return to.u64(message.position).u32(message.lastEpoch).finish();
    }
    case 'fetched':
      writeMember(to.u8(Kind.fetched), message.to).u32(message.epoch).u32(message.request);
      to.u32(message.entries.length);
      for (const entry of message.entries) to.u32(entry.length).bytes(entry);
      return to.finish();
    case 'diverged':
      writeMember(to.u8(Kind.diverged), message.to).u32(message.epoch).u32(message.request);
      return to.u32(message.lastEpoch).u64(message.end).finish();
  }
}

/** Entries are views of the body. @throws ProtocolError */
export function decodeToReplica(body: ByteReader): ToReplica {
  const kind = body.u8();
  if (kind === Kind.cluster) return { kind: 'cluster', state: readState(body) };
  const member = readMember(body);
  const [epoch, request] = [body.u32(), body.u32()];
  switch (kind) {
    case Kind.fetch:
      return {
        kind: 'fetch',
        from: member,
        epoch,
        request,
        position: body.u64(),
        lastEpoch: body.u32(),
      };
    case Kind.fetched: {
      const entries: Buffer[] = [];
      for (let left = body.u32(); left > 0; left -= 1) entries.push(body.bytes(body.u32()));
      return { kind: 'fetched', to: member, epoch, request, entries };
    }
    case Kind.diverged: {
      const [lastEpoch, end] = [body.u32(), body.u64()];
      return { kind: 'diverged', to: member, epoch, request, lastEpoch, end };
    }
    default:
      throw new ProtocolError(`a replica knows no message ${kind}`);
  }
}

function writeState(to: ByteWriter, { version, epoch, leader, inSync }: ClusterState): ByteWriter {
  to.u32(version).u32(epoch);
  return writeMembers(writeMembers(to, leader === undefined ? [] : [leader]), inSync);
}

function readState(from: ByteReader): ClusterState {
  const [version, epoch] = [from.u32(), from.u32()];
  const [leader] = readMembers(from);
  return { version, epoch, leader, inSync: readMembers(from) };
}

function writeMembers(to: ByteWriter, members: readonly Member[]): ByteWriter {
  to.u8(members.length);
  for (const member of members) writeMember(to, member);
  return to;
}

function readMembers(from: ByteReader): readonly Member[] {
  const members: Member[] = [];
  for (let left = from.u8(); left > 0; left -= 1) members.push(readMember(from));
  return members;
}

function writeMember(to: ByteWriter, { node, incarnation }: Member): ByteWriter {
  return to.u8(node).u32(incarnation);
}

function readMember(from: ByteReader): Member {
  return { node: from.u8(), incarnation: from.u32() };
}
