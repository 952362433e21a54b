import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../../engines/embedded/protocol/bytes.ts';
import type { ToController, ToReplica } from '../../../../engines/embedded/replication/messages.ts';
import {
  decodeToController,
  decodeToReplica,
  encodeToController,
  encodeToReplica,
} from '../../../../engines/embedded/replication/wire.ts';

const u32 = fc.nat(0xffff_ffff);
const position = fc.nat(Number.MAX_SAFE_INTEGER);
const member = fc.record({ node: fc.nat(6), incarnation: u32 });
const members = fc.array(member, { maxLength: 7 });
const asked = { epoch: u32, request: u32 };

const toController: fc.Arbitrary<ToController> = fc.oneof(
  fc.record({ kind: fc.constant('heartbeat' as const), from: member, mayLack: fc.boolean() }),
  fc.record({
    kind: fc.constant('alter-in-sync' as const),
    from: member,
    epoch: u32,
    version: u32,
    inSync: members,
  }),
);

const toReplica: fc.Arbitrary<ToReplica> = fc.oneof(
  fc.record({
    kind: fc.constant('cluster' as const),
    state: fc.record({
      version: u32,
      epoch: u32,
      leader: fc.option(member, { nil: undefined }),
      inSync: members,
    }),
  }),
  fc.record({
    kind: fc.constant('fetch' as const),
    from: member,
    ...asked,
    position,
    lastEpoch: u32,
  }),
  fc.record({
    kind: fc.constant('fetched' as const),
    to: member,
    ...asked,
    entries: fc.array(
      fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
      { maxLength: 5 },
    ),
  }),
  fc.record({
    kind: fc.constant('diverged' as const),
    to: member,
    ...asked,
    lastEpoch: u32,
    end: position,
  }),
);

describe('the messages of replication', () => {
  it('come out of their bytes as they went in', () => {
    fc.assert(
      fc.property(toController, toReplica, (one, other) => {
        expect(decodeToController(new ByteReader(encodeToController(one)))).toEqual(one);
        expect(decodeToReplica(new ByteReader(encodeToReplica(other)))).toEqual(other);
      }),
    );
  });

  it('are refused when they are of no kind, or cut off', () => {
    expect(() => decodeToReplica(new ByteReader(Buffer.alloc(20, 9)))).toThrow('no message 9');
    expect(() => decodeToController(new ByteReader(Buffer.alloc(20, 9)))).toThrow('no message 9');
    const heartbeat = {
      kind: 'heartbeat',
      from: { node: 1, incarnation: 2 },
      mayLack: true,
    } as const;
    const cut = encodeToController(heartbeat).subarray(0, 4);
    expect(() => decodeToController(new ByteReader(cut))).toThrow();
  });
});
