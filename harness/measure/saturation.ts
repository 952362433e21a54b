import type { LimitRecord } from '../record/limit-schema.ts';

/** How busy everything was under a load. Shares 0 to 1; undefined where it cannot be read. */
export interface Utilization {
  /** CPU of the busiest thread of producers and consumers. */
  readonly clientThread: number | undefined;
  /** CPU of the busiest thread of any broker process. */
  readonly brokerThread: number | undefined;
  /** Time in which a thread of a broker waited for its disk. */
  readonly brokerDisk: number | undefined;
  /** CPU of all cores together, whoever used it. */
  readonly machine: number | undefined;
}

/** A thread that works so much of the time does nothing more, whatever is asked of it. */
const threadLimit = 0.85;
const diskLimit = 0.5;
const machineLimit = 0.95;

/**
 * Which side was at its limit: a thread before the disk, because a busy thread starts no more syncs; the disk before
 * the machine, because what waits for a disk needs no core; nothing, where all of them waited for each other.
 */
export function limitOf(use: Utilization): LimitRecord {
  const { brokerThread, brokerDisk, machine } = use;
  // Of the time between its messages, so work before and after them may make it more than all of it.
  const clientThread = use.clientThread === undefined ? undefined : Math.min(1, use.clientThread);
  const client = clientThread ?? 0;
  const broker = brokerThread ?? 0;
  const side =
    Math.max(client, broker) >= threadLimit
      ? broker >= client
        ? 'broker-cpu'
        : 'client-cpu'
      : (brokerDisk ?? 0) >= diskLimit
        ? 'disk'
        : (machine ?? 0) >= machineLimit
          ? 'machine'
          : 'none';
  return {
    side,
    clientThread: clientThread ?? null,
    brokerThread: brokerThread ?? null,
    brokerDisk: brokerDisk ?? null,
    machine: machine ?? null,
  };
}
