import { type EntryAddress, JournalError } from './commit-log.ts';
import { decodeSegmentHeader, type SegmentHeader, segmentHeaderBytes } from './record.ts';
import {
  type Checkpoint,
  type Damage,
  readWhole,
  recordsOf,
  scanSegment,
  type SegmentScan,
} from './segment-scan.ts';
import type { Storage } from './storage.ts';

/** Called once per entry in order. `payload` is a view that is only valid during the call. */
export type ReplayEntry = (payload: Buffer, address: EntryAddress) => void;

export interface Recovered {
  readonly nextIndex: number;
  /** The segment to go on with; undefined for an empty journal. */
  readonly last:
    | { readonly segment: number; readonly bytes: number; readonly salt: number }
    | undefined;
  /** In segments from the checkpoint on with which the replay began. */
  readonly sinceCheckpointBytes: number;
  /** Bytes of a torn tail that were cut off; the host prints it, so a truncation is never silent. */
  readonly truncatedBytes: number;
}

/**
 * Replays every entry, from the newest checkpoint on that is known to be synced, and repairs the end. What is damaged had either never been synced, and then it was
 * promised to nobody as surviving a power loss and may be gone; or it had been, and then acknowledged entries
 * would vanish: that is a `JournalError`, and a person decides. Two things tell which:
 *
 * - Every record says how far syncs had come when it was written. Damage before that place is refused, always.
 * - Without a power loss the operating system has whatever was written, whole and in order: only the last
 *   write of a process that died in its middle may be missing, so nothing intact follows it. After a power
 *   loss any part of what was never synced may be there, in any order, later segments too: all from the
 *   first damage on is cut off.
 *
 * @param mayHaveLostPower since the journal was last written to
 */
export function recover(
  storage: Storage,
  mayHaveLostPower: boolean,
  onEntry: ReplayEntry,
): Recovered {
  const scans = storage.list().map((segment) => scanSegment(storage, segment));
  const base = newestCheckpoint(scans);
  const problem = firstProblem(scans, base);
  if (problem !== undefined) refuseUnlessTorn(scans, problem, mayHaveLostPower);
  const truncatedBytes = problem === undefined ? 0 : cutOff(storage, scans, problem);
  let nextIndex = 0;
  let sinceCheckpointBytes = 0;
  let last: Recovered['last'];
  for (const segment of storage.list()) {
    if (base !== undefined && segment < base.segment) continue;
    const bytes = readWhole(storage, segment);
    const header = decodeSegmentHeader(bytes);
    nextIndex = header === undefined ? 0 : replay(bytes, segment, header, base, onEntry);
    sinceCheckpointBytes += bytes.length;
    last = { segment, bytes: bytes.length, salt: header?.salt ?? 0 };
  }
  return { nextIndex, last, sinceCheckpointBytes, truncatedBytes };
}

/**
 * The newest checkpoint that is known to be synced, and with it everything before: older segments may be gone
 * since. One that is complete and perhaps not synced is of no use, because what it refers to may be torn.
 */
function newestCheckpoint(scans: readonly SegmentScan[]): Checkpoint | undefined {
  const synced = syncedIn(scans);
  const checkpoints = scans.flatMap((scan) => scan.checkpoints);
  return checkpoints.findLast(({ endIndex }) => endIndex < synced);
}

function syncedIn(scans: readonly SegmentScan[]): number {
  return Math.max(0, ...scans.map(({ synced }) => synced));
}

/** The first place where the journal is not what was written. */
interface Problem {
  /** Of the segment, among all. */
  readonly order: number;
  readonly damage: Damage;
  /** The first entry that is missing. */
  readonly index: number;
}

/** Segments before the checkpoint have gaps between them, but none is damaged. */
function firstProblem(
  scans: readonly SegmentScan[],
  base: Checkpoint | undefined,
): Problem | undefined {
  let index = 0;
  for (const [order, { segment, header, damage, nextIndex }] of scans.entries()) {
    const isBefore = base !== undefined && segment <= base.segment;
    const expected = isBefore ? (header?.firstIndex ?? 0) : index;
    if (header !== undefined && header.firstIndex !== expected) {
      const kind = header.firstIndex > index && order > 0 ? 'gap' : 'misnumbered';
      const what = `starts with entry ${header.firstIndex}, expected ${index}`;
      return { order, damage: { kind, at: 0, what }, index };
    }
    index = header === undefined ? expected : nextIndex;
    if (damage !== undefined) return { order, damage, index };
  }
  return undefined;
}

function refuseUnlessTorn(
  scans: readonly SegmentScan[],
  problem: Problem,
  mayHaveLostPower: boolean,
): void {
  const { order, damage } = problem;
  const why = whyNotTorn(scans, problem, mayHaveLostPower);
  if (why === undefined) return;
  const where = `journal segment ${scans[order]?.segment ?? 0} ${damage.what}`;
  throw new JournalError('corrupt', `${where}${why} (byte ${damage.at})`);
}

/** As a clause; undefined where what is missing may never have been synced. */
function whyNotTorn(
  scans: readonly SegmentScan[],
  { order, damage, index }: Problem,
  mayHaveLostPower: boolean,
): string | undefined {
  const { bytes = 0, intactAt } = scans[order] ?? {};
  const synced = syncedIn(scans);
  const wasSynced = synced > index;
  if (damage.kind === 'misnumbered') return '';
  if (intactAt !== undefined && (wasSynced || !mayHaveLostPower)) {
    return `, and an intact record follows at byte ${intactAt}`;
  }
  if (wasSynced) return `, and the entries before ${synced} had been synced`;
  if (mayHaveLostPower) return undefined;
  if (order < scans.length - 1) return ', and later segments follow';
  if (damage.kind === 'gap') return '';
  // Only the very creation of a segment can leave an incomplete header behind.
  const isBegun = damage.at > 0 || bytes <= segmentHeaderBytes;
  return isBegun ? undefined : ', and more than a header follows';
}

/** The latest segments go first: what a crash in between leaves is found torn again. @returns bytes */
function cutOff(storage: Storage, scans: readonly SegmentScan[], problem: Problem): number {
  let cut = 0;
  for (const { segment, bytes } of scans.slice(problem.order + 1).toReversed()) {
    storage.remove(segment);
    cut += bytes;
  }
  const { segment, bytes } = scans[problem.order] ?? { segment: 0, bytes: 0 };
  // A journal has a first segment, if an empty one.
  if (problem.damage.at === 0 && problem.order > 0) storage.remove(segment);
  else storage.truncate(segment, problem.damage.at);
  return cut + bytes - problem.damage.at;
}

/** @returns the index after the last entry */
function replay(
  bytes: Buffer,
  segment: number,
  { salt, firstIndex }: SegmentHeader,
  base: Checkpoint | undefined,
  onEntry: ReplayEntry,
): number {
  let next = firstIndex;
  const endIndex = base?.endIndex ?? -1;
  for (const { kind, index, from, to } of recordsOf(bytes, salt)) {
    next = index + 1;
    // The state that another checkpoint holds is there by then.
    if (kind !== (index < endIndex ? 'state' : 'entry')) continue;
    onEntry(bytes.subarray(from, to), { index, segment, position: from, length: to - from });
  }
  return next;
}
