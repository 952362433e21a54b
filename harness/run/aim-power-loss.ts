import type { BrokerNode, UnsyncedData } from '../../engines/provisioner.ts';
import type { UnsyncedAim } from '../fault/evidence.ts';
import type { Stage } from './stage.ts';
import { sleep, waitUntil } from './waiting.ts';

const enoughBytes = 65_536;
/**
 * Two intervals of any profile that syncs by time. Looks are counted and not milliseconds: while the harness stands
 * still time passes, and nobody has seen that nothing gathers.
 */
const mostLooks = 100;
const lookEveryMs = 2;
/** Only ends what hangs. */
const patienceMs = 10_000;
/** So many looks in a row without a send: what may leave before the release has left. */
const idleLooks = 20;
const mostStandstills = 10;
/** A process takes a signal when it next comes by. */
const stoppingMs = 5;
/** Of the load: some must be left to be in flight. */
const latest = 7 / 8;

export interface AimedPowerLoss {
  readonly inFlight: number;
  /** Undefined where nobody can tell what is unsynced. */
  readonly aim: UnsyncedAim | undefined;
}

/**
 * A power loss that happens to follow a sync takes nothing and puts no promise to the test. So it waits for a sync to
 * end and for data to gather after it, stops the broker and looks again: whoever aims may have been stopped in between
 * for as long as a sync takes to come. If too little is left, the broker goes on and it aims again. Where nothing
 * gathers (it syncs every batch), or the load comes to its end, one instant is as good as another.
 *
 * Releases the load. Where it could look, the node stands still when it returns, to lose its power like that.
 *
 * @param atSends aims at sends in flight, and tells how many there are
 */
export async function aimPowerLoss(
  { unsynced }: Pick<BrokerNode, 'unsynced'>,
  stage: Stage,
  atSends: () => Promise<number>,
): Promise<AimedPowerLoss> {
  const { troupe, environment } = stage;
  if (unsynced === undefined) {
    troupe.release();
    return { inFlight: await atSends(), aim: undefined };
  }
  let gathered = await untilGathered(unsynced, stage);
  troupe.release();
  if (gathered === 'idle') gathered = await untilGathered(unsynced, stage);
  for (let standstills = 1; ; standstills += 1) {
    const inFlight = await atSends();
    unsynced.pause();
    await sleep(stoppingMs, environment.signal);
    const unsyncedBytes = unsynced.bytes();
    const isLast = standstills === mostStandstills || gathered !== 'enough' || isLate(stage);
    if (unsyncedBytes >= enoughBytes || isLast) {
      return { inFlight, aim: { standstills, unsyncedBytes } };
    }
    unsynced.resume();
    gathered = await untilGathered(unsynced, stage);
  }
}

type Gathered = 'enough' | 'too-little' | 'idle';

/** @returns `too-little`: it did not in all these looks; `idle`: nobody sends any more, or soon nobody will */
async function untilGathered(unsynced: UnsyncedData, stage: Stage): Promise<Gathered> {
  const { troupe, environment } = stage;
  let before = 0;
  let hasFallen = false;
  let sent = troupe.sent();
  let idle = 0;
  let looks = 0;
  let gathered: Gathered = 'too-little';
  const isDecided = (): boolean => {
    const bytes = unsynced.bytes();
    hasFallen ||= bytes < before;
    before = bytes;
    const sentNow = troupe.sent();
    idle = sentNow === sent ? idle + 1 : 0;
    sent = sentNow;
    looks += 1;
    if (hasFallen && bytes >= enoughBytes) gathered = 'enough';
    else if (idle >= idleLooks || isLate(stage)) gathered = 'idle';
    return gathered !== 'too-little' || looks >= mostLooks;
  };
  await waitUntil(isDecided, patienceMs, lookEveryMs, environment.signal);
  return gathered;
}

function isLate({ cell, troupe }: Stage): boolean {
  return troupe.sent() >= cell.scenario.workload.load.messages * latest;
}
