import { type Refusal, Status } from '../embedded/protocol/protocol.ts';
import type { Flight, Lane } from './lanes.ts';
import type { LogOptions } from './options.ts';

type Sending = Pick<LogOptions, 'idempotent' | 'maxInFlight' | 'retryRefused'>;

/** As Kafka's `retry.backoff.ms`. */
const pauseMs = 100;

/** Whether the same batch, sent again, may yet be stored and answered. */
export function mayGoAgain(
  { again }: Lane,
  { sequence }: Flight,
  status: Refusal,
  { retryRefused }: Sending,
): boolean {
  if (!retryRefused) return false;
  switch (status) {
    case Status.notEnoughReplicas:
    case Status.notEnoughReplicasAfterAppend:
      return true;
    // It is out of order only because one before it was refused.
    case Status.outOfOrderSequence:
      return again.some((before) => before.sequence < sequence);
    default:
      return false;
  }
}

/**
 * Each goes to the front, so that of several the last is first: `RecordAccumulator.reenqueue` of Kafka's
 * client does so, too. Only sequences say what the order was.
 */
export function putBack(lane: Lane, flight: Flight, { idempotent }: Sending, nowNs: number): void {
  lane.again.unshift(flight);
  if (idempotent) lane.again.sort((a, b) => a.sequence - b.sequence);
  lane.againNs = nowNs + pauseMs * 1e6;
}

/** Those to be sent again now, which are in flight from here on. */
export function takeAgain(
  lane: Lane,
  { idempotent, maxInFlight }: Sending,
  nowNs: number,
): readonly Flight[] {
  const { flights, again } = lane;
  if (again.length === 0 || nowNs < lane.againNs) return [];
  // One that is under way may be refused and belong before them.
  if (idempotent && flights.length > 0) return [];
  const taken = again.splice(0, maxInFlight - flights.length);
  flights.push(...taken);
  return taken;
}

/** What was in flight when the connection was lost, in the order in which it goes again. */
export function afterReconnecting({ flights }: Lane, { idempotent }: Sending): readonly Flight[] {
  return idempotent ? flights : flights.toReversed();
}
