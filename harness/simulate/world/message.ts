import { Flag, OutcomeCode, type EventRecord } from '../../core/events.ts';

/** Where something stands: a partition or queue, and a position in it that is two numbers. */
export interface Place {
  readonly scope: number;
  readonly major: number;
  readonly minor: number;
}

/** A message on its way to a broker. */
export interface Outgoing {
  readonly lane: number;
  readonly seq: number;
  /** 0 outside transactions. */
  readonly transaction: number;
  /** Not visible before this instant; -1 at once. */
  readonly notBeforeNs: number;
  /** Gone from this instant on; infinite for never. */
  readonly expiresNs: number;
}

export type SendAnswer =
  | { readonly outcome: 'ok'; readonly place: Place | undefined }
  /** Confirmed, and for nobody. */
  | { readonly outcome: 'returned' }
  | { readonly outcome: 'fail' };

/** What a broker offers to producers. */
export interface Destination {
  /** @param answer to be called at most once, whenever the broker has decided */
  send(message: Outgoing, answer: (with_: SendAnswer) => void): void;
}

export function plainMessage(lane: number, seq: number, transaction = 0): Outgoing {
  return { lane, seq, transaction, notBeforeNs: -1, expiresNs: Number.POSITIVE_INFINITY };
}

/** The fields of an event that say where. */
export function placeFields(place: Place | undefined): Partial<EventRecord> {
  if (place === undefined) return {};
  const { scope, major, minor } = place;
  return { flags: Flag.placed, scope, positionMajor: major, positionMinor: minor };
}

export const { ok, fail, unknown } = OutcomeCode;
