import { type EventKind, type EventRecord, eventBytes, type OutcomeCode } from './events.ts';

/**
 * Views over one run of 64-byte records. Multi-byte fields are little-endian, as every platform Node
 * runs on; the file header carries the byte order so that a foreign file is refused, not misread.
 */
export interface EventViews {
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
}

/** `buffer` must be 8-byte aligned at `byteOffset` and hold whole records. */
export function eventViews(
  buffer: ArrayBufferLike,
  byteOffset: number,
  records: number,
): EventViews {
  const bytes = records * eventBytes;
  return {
    u8: new Uint8Array(buffer, byteOffset, bytes),
    u16: new Uint16Array(buffer, byteOffset, bytes >> 1),
    u32: new Uint32Array(buffer, byteOffset, bytes >> 2),
    f64: new Float64Array(buffer, byteOffset, bytes >> 3),
  };
}

export function writeEvent(views: EventViews, index: number, event: EventRecord): void {
  const b = index * 64;
  const h = index * 32;
  const w = index * 16;
  const d = index * 8;
  views.u8[b] = event.kind;
  views.u8[b + 1] = event.outcome;
  views.u8[b + 2] = event.flags;
  views.u8[b + 3] = event.detail;
  views.u16[h + 2] = event.actor;
  views.u16[h + 3] = event.group;
  views.f64[d + 1] = event.timeNs;
  views.u32[w + 4] = event.lane;
  views.u32[w + 5] = event.seq;
  views.u32[w + 6] = event.ticket;
  views.u32[w + 7] = event.session;
  views.f64[d + 4] = event.positionMajor;
  views.u32[w + 10] = event.positionMinor;
  views.u16[h + 22] = event.code;
  views.u16[h + 23] = event.attempt;
  views.f64[d + 6] = event.auxNs;
  views.u32[w + 14] = event.scope;
  views.u32[w + 15] = event.ref;
}

/** Fills `into` from record `index`. The bounds are the caller's: an index outside reads zeros. */
export function readEvent(views: EventViews, index: number, into: EventRecord): void {
  const b = index * 64;
  const h = index * 32;
  const w = index * 16;
  const d = index * 8;
  into.kind = views.u8[b] as EventKind;
  into.outcome = views.u8[b + 1] as OutcomeCode;
  into.flags = views.u8[b + 2] as number;
  into.detail = views.u8[b + 3] as number;
  into.actor = views.u16[h + 2] as number;
  into.group = views.u16[h + 3] as number;
  into.timeNs = views.f64[d + 1] as number;
  into.lane = views.u32[w + 4] as number;
  into.seq = views.u32[w + 5] as number;
  into.ticket = views.u32[w + 6] as number;
  into.session = views.u32[w + 7] as number;
  into.positionMajor = views.f64[d + 4] as number;
  into.positionMinor = views.u32[w + 10] as number;
  into.code = views.u16[h + 22] as number;
  into.attempt = views.u16[h + 23] as number;
  into.auxNs = views.f64[d + 6] as number;
  into.scope = views.u32[w + 14] as number;
  into.ref = views.u32[w + 15] as number;
}
