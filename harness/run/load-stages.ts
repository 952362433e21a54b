import { type Load, messagesOfStage } from '../../scenarios/load.ts';
import { stageText } from '../plan/load-text.ts';
import { loadTimeoutMs } from './load-timeout.ts';
import type { Stage } from './stage.ts';
import { waitUntil } from './waiting.ts';

/** How often it is looked for the next stage. */
const pollMs = 5;

/** The stages of the arrivals as they were asked for; none where they have none. */
export function stageTexts(load: Load): readonly string[] {
  return stagesOf(load).map(stageText);
}

/**
 * Tells which stage of its arrivals the load is in. One begins at its time, and not before the messages of those before
 * it have left: where a client or a fault held them up the stages move with them. Dropped messages never leave.
 */
export async function followStages(stage: Stage, startNs: number): Promise<void> {
  const { load } = stage.cell.scenario.workload;
  const { clock, signal } = stage.environment;
  const isDropping = load.kind === 'open' && load.late !== 'catch-up';
  let dueNs = startNs;
  let messages = 0;
  for (const [number, each] of stagesOf(load).entries()) {
    const isThere = (): boolean =>
      clock.nowNs() >= dueNs && (isDropping || stage.troupe.sent() >= Math.floor(messages));
    const isOver = (): boolean => stage.troupe.livingProducers().length === 0;
    await waitUntil(() => isThere() || isOver(), loadTimeoutMs(stage), pollMs, signal);
    if (!isThere()) return;
    stage.windows.stage(number);
    dueNs += each.durationMs * 1e6;
    messages += messagesOfStage(each);
  }
}

function stagesOf(load: Load) {
  return load.kind === 'open' && load.arrivals?.kind === 'stages' ? load.arrivals.stages : [];
}
