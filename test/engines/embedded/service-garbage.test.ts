import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openBroker } from '../../../engines/embedded/host/broker.ts';
import type { Peer } from '../../../engines/embedded/host/peer.ts';
import { JournalError } from '../../../engines/embedded/journal/commit-log.ts';
import { ByteReader, ProtocolError } from '../../../engines/embedded/protocol/bytes.ts';
import { Api, type BrokerKind } from '../../../engines/embedded/protocol/protocol.ts';
import { MemoryStorage } from './memory-storage.ts';

const peer: Peer = { session: 1, reply: () => {}, refuse: () => {}, push: () => {} };

/** Small numbers more often: they name what is there. */
const byte = fc.oneof(fc.constantFrom(0, 0, 0, 1, 2, 3), fc.integer({ min: 0, max: 255 }));
const body = fc.array(byte, { maxLength: 80 }).map((bytes) => Buffer.from(bytes));
const request = fc.record({ api: fc.constantFrom(...Object.values(Api)), body });

function handled(kind: BrokerKind, requests: readonly { api: number; body: Buffer }[]): string[] {
  const { service } = openBroker(new MemoryStorage(), {
    kind,
    fsync: { kind: 'never' },
    rebalanceTimeoutMs: 1000,
    maxInFlight: 100,
    salt: () => 7,
    wallMs: () => 0,
    mayHaveLostPower: false,
    onFailure: () => {},
  });
  return requests.map((one, at) => {
    try {
      service.handle(peer, one.api, at, new ByteReader(one.body), at);
      service.tick(at);
      return 'handled';
    } catch (error) {
      if (error instanceof ProtocolError || error instanceof JournalError) return error.name;
      throw error;
    }
  });
}

describe.each(['log', 'queue', 'broker'] as const)('whatever a client asks of the %s', (kind) => {
  test('it is handled, refused, or known for no request, and never an unforeseen error', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(request, { maxLength: 30 }), (requests) => {
        for (const what of handled(kind, requests)) seen.set(what, (seen.get(what) ?? 0) + 1);
      }),
      { numRuns: 500 },
    );
    expect(seen.get('handled')).toBeGreaterThan(50);
    expect(seen.get('ProtocolError')).toBeGreaterThan(50);
  });
});
