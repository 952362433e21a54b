import { join } from 'node:path';
import type { Engine } from '../../engines/engine.ts';
import type { CheckResult } from '../check/check.ts';
import { zoom } from '../check/zoom.ts';
import type { CheckId } from '../core/anomalies.ts';
import type { EventRecord } from '../core/events.ts';
import { nodeDisk } from '../history/node-disk.ts';
import { readHistory } from '../history/reader.ts';
import type { WitnessRecord } from '../record/schema.ts';
import { outcomeNameIn } from './outcome-name.ts';

/** Second pass over the kept history: the few events that prove each finding. */
export function witnessesOf(
  results: readonly CheckResult[],
  historyDirectory: string,
  engine: Pick<Engine, 'outcomes'>,
  actorName: (actor: number) => string,
): ReadonlyMap<CheckId, readonly WitnessRecord[]> {
  return zoom(
    results,
    (visit: (event: EventRecord) => void) => {
      readHistory(join(historyDirectory), nodeDisk, visit);
    },
    {
      actorName,
      outcomeName: (code) => outcomeNameIn(engine.outcomes, code),
    },
  );
}
