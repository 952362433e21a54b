import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cleanup } from '../../../engines/embedded/log/topic-policy.ts';
import { ByteReader, ByteWriter } from '../../../engines/embedded/protocol/bytes.ts';
import {
  readJoinGroup,
  writeJoinGroup,
} from '../../../engines/embedded/protocol/group-messages.ts';
import {
  readAddPartitions,
  readCreateTopic,
  readFindOffsets,
  readFoundOffsets,
  writeAddPartitions,
  writeCreateTopic,
  writeFindOffsets,
  writeFoundOffsets,
} from '../../../engines/embedded/protocol/topic-messages.ts';

const safeInteger = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const readerOf = (writer: ByteWriter): ByteReader => new ByteReader(writer.finish());

describe('messages', () => {
  const cleanups: fc.Arbitrary<Cleanup> = fc.oneof(
    fc.constant({ kind: 'keep' } as const),
    fc.record({
      kind: fc.constant('delete' as const),
      ms: fc.option(fc.integer({ min: 1 }), { nil: undefined }),
      bytes: fc.option(fc.integer({ min: 1 }), { nil: undefined }),
    }),
    fc.record({ kind: fc.constant('compact' as const), tombstoneMs: fc.nat() }),
  );

  test('about topics read as they were written, whatever becomes of old messages', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), cleanups, safeInteger, (name, number, cleanup, big) => {
        const policy = { segmentBytes: big, cleanup };
        const topic = { name, partitions: 3, replicas: 1, minInSync: 1, policy };
        expect(readCreateTopic(readerOf(writeCreateTopic(new ByteWriter(), topic)))).toEqual(topic);
        const more = { topic: number, partitions: 7 };
        expect(readAddPartitions(readerOf(writeAddPartitions(new ByteWriter(), more)))).toEqual(
          more,
        );
        const find = { topic: number, timeMs: big };
        expect(readFindOffsets(readerOf(writeFindOffsets(new ByteWriter(), find)))).toEqual(find);
        const found = [{ start: number, atTime: big }];
        expect(readFoundOffsets(new ByteReader(writeFoundOffsets(found)))).toEqual(found);
      }),
    );
  });

  test('of joining members read as they were written, dynamic and static', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.nat(),
        fc.constantFrom('eager', 'cooperative'),
        fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
        (group, number, protocol, instance) => {
          const isolation = 'read-committed' as const;
          const times = { sessionTimeoutMs: number };
          const request = { group, topic: number, protocol, instance, isolation, ...times };
          expect(readJoinGroup(readerOf(writeJoinGroup(new ByteWriter(), request)))).toEqual(
            request,
          );
        },
      ),
    );
  });
});
