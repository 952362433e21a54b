import type { FaultPlan } from '../../scenarios/scenario.ts';
import { emptyEvent, EventKind } from '../core/events.ts';
import { FaultRow } from '../record/fault-rows.ts';
import type { FaultRecord } from '../record/schema.ts';
import type { Stage } from './stage.ts';

/** Writes into the history that a fault began or ended, and tells the actors. @returns when */
export function mark(
  stage: Stage,
  kind: typeof EventKind.faultStarted | typeof EventKind.faultStopped,
  index: number,
): number {
  const timeNs = stage.environment.clock.nowNs();
  stage.history.collector.append({ ...emptyEvent(), kind, timeNs, ref: index });
  if (kind === EventKind.faultStarted) stage.windows.faultStarted(index, timeNs);
  else stage.windows.faultStopped(index, timeNs);
  return timeNs;
}

export function neverStarted(plan: FaultPlan, stage: Stage, why: string): FaultRecord {
  const now = stage.environment.clock.nowNs();
  return {
    kind: plan.kind,
    target: '',
    startedNs: now,
    stoppedNs: now,
    bit: false,
    inFlight: null,
    evidence: [{ name: FaultRow.neverStarted, value: why }],
  };
}
