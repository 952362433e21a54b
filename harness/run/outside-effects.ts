import { join } from 'node:path';
import { emptyEvent, EventKind } from '../core/events.ts';
import { type RunningLedger, startLedger } from '../effects/start-ledger.ts';
import type { Cell } from '../plan/cell.ts';
import type { RunEnvironment } from './environment.ts';
import type { Stage } from './stage.ts';
import { effectSink } from './transformation.ts';
import { within } from './within.ts';

const readBackMs = 30_000;

/** The effect that each message has is one outside the system; the outputs are judged by what transactions promise. */
export function hasOutsideEffects({ scenario: { workload } }: Pick<Cell, 'scenario'>): boolean {
  return workload.effects === 'outside';
}

/** The ledger of one cell, where its scenario has effects outside the system. */
export async function openLedger(
  cell: Cell,
  { host }: RunEnvironment,
  scratch: string,
): Promise<RunningLedger | undefined> {
  return hasOutsideEffects(cell) ? startLedger(host, join(scratch, 'ledger')) : undefined;
}

/** Writes down what the drained cell did to its sink: what its ledger holds, or else which outputs were found. */
export async function readEffectsBack(stage: Stage): Promise<void> {
  const { history, ledger, environment } = stage;
  const { clock, signal } = environment;
  if (ledger === undefined) return history.readBack(clock.nowNs());
  const found = await within(ledger.read(), 'reading effects back', readBackMs, signal);
  const event = { ...emptyEvent(), timeNs: clock.nowNs(), scope: effectSink };
  for (let i = 0; i + 2 < found.length; i += 3) {
    const [lane, seq, ref] = found.slice(i, i + 3) as [number, number, number];
    history.collector.append({ ...event, kind: EventKind.sinkRead, lane, seq, ref });
  }
  history.collector.append({ ...event, kind: EventKind.sinkComplete });
}
