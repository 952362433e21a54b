import type { Defect } from '../../simulate/world/defect.ts';
import type { Entry } from './partition.ts';

/** What a broker hands out for what it should hand out: the same, but where it is broken. */
export function misserved(defect: Defect, entries: Entry[]): Entry[] {
  if (entries.length < 3) return entries;
  const ofLane = pairIn(entries, (a, b) => a === b);
  if (defect.strikes('swaps-in-lane', 1, ofLane >= 0)) return swapped(entries, ofLane);
  const ofLanes = pairIn(entries, (a, b) => a !== b);
  if (defect.strikes('swaps-lanes', 1, ofLanes >= 0)) return swapped(entries, ofLanes);
  if (defect.strikes('skips-entry')) return entries.toSpliced(1, 1);
  return entries;
}

/** Where two neighbours begin whose lanes are as asked for; -1 without any. */
function pairIn(entries: readonly Entry[], are: (a: number, b: number) => boolean): number {
  return entries.findIndex(({ message }, index) => {
    const next = entries[index + 1];
    // The first entry is where a reader must begin, which is another matter.
    return index > 0 && next !== undefined && are(message.lane, next.message.lane);
  });
}

function swapped(entries: readonly Entry[], at: number): Entry[] {
  const [first, second] = entries.slice(at, at + 2);
  if (first === undefined || second === undefined) return [...entries];
  return entries.toSpliced(at, 2, second, first);
}
