import type { LimitRecord } from '../record/limit-schema.ts';
import { isAtQuota, type QuotaUse } from './quota.ts';

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
 * Which side was at its limit: a quota before all else, because nobody gets beyond it who has more to spare; a thread
 * before the disk, because a busy thread starts no more syncs; the disk before the machine, because what waits for a disk
 * needs no core; nothing, where all of them waited for each other.
 * @param quota undefined where there is none, or none that was felt
 * @param throttled sends that a limit refused; undefined where it is not known
 */
export function limitOf(
  use: Utilization,
  quota: QuotaUse | undefined,
  throttled?: number,
): LimitRecord {
  const { brokerThread, brokerDisk, machine } = use;
  // Of the time between its messages, so work before and after them may make it more than all of it.
  const clientThread = use.clientThread === undefined ? undefined : Math.min(1, use.clientThread);
  const side =
    quota !== undefined && isAtQuota(quota) ? 'quota' : busySide({ ...use, clientThread });
  return {
    side,
    clientThread: clientThread ?? null,
    brokerThread: brokerThread ?? null,
    brokerDisk: brokerDisk ?? null,
    machine: machine ?? null,
    throttled: throttled ?? null,
    quota: quota ?? null,
  };
}

function busySide(use: Utilization): LimitRecord['side'] {
  const { clientThread: client = 0, brokerThread: broker = 0 } = use;
  if (Math.max(client, broker) >= threadLimit) {
    return broker >= client ? 'broker-cpu' : 'client-cpu';
  }
  if ((use.brokerDisk ?? 0) >= diskLimit) return 'disk';
  return (use.machine ?? 0) >= machineLimit ? 'machine' : 'none';
}
