import * as fc from 'fast-check';
import { emptyEvent, EventKind, type EventRecord } from '../../../harness/core/events.ts';

const u8 = fc.integer({ min: 0, max: 0xff });
const u16 = fc.oneof(fc.constantFrom(0, 0xffff), fc.integer({ min: 0, max: 0xffff }));
const u32 = fc.oneof(
  fc.constantFrom(0, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff),
  fc.integer({ min: 0, max: 0xffff_ffff }),
);
const double = fc.oneof(
  fc.constantFrom(0, -1, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE, 5e-324),
  fc.double({ noNaN: true }),
);

/** Every kind, and values at the ends of every field. */
export const arbitraryEvent: fc.Arbitrary<EventRecord> = fc.record({
  kind: fc.constantFrom(...Object.values(EventKind)),
  outcome: fc.constantFrom(0, 1, 2, 3),
  flags: u8,
  detail: u8,
  actor: u16,
  group: u16,
  timeNs: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  lane: u32,
  seq: u32,
  ticket: u32,
  session: u32,
  positionMajor: double,
  positionMinor: u32,
  code: u16,
  attempt: u16,
  auxNs: double,
  scope: u32,
  ref: u32,
});

export function event(actor: number, seq: number, timeNs: number): EventRecord {
  return { ...emptyEvent(), kind: EventKind.sendInvoke, actor, lane: actor, seq, timeNs };
}
