import { isSteady, type LoadWindow } from '../measure/steadiness.ts';
import type { WarmUpRecord } from '../record/load-schema.ts';
import { copiesOf } from './copies.ts';
import { loadTimeoutMs } from './load-timeout.ts';
import type { Stage } from './stage.ts';
import { sleep, waitUntil } from './waiting.ts';

const windowMs = 500;
/** Of the load's messages: what is measured must not be the smaller half. */
const mostShare = 0.5;
const mostMs = 60_000;

interface Totals {
  readonly sent: number;
  readonly arrived: number;
  readonly responseNs: number;
}

/** How often it is looked whether the messages of a warm-up have left: the load is said to begin so much later at most. */
const sentPollMs = 5;

/**
 * Watches the load until it is steady, or until half of its messages have been sent or a minute is over, and has the
 * producers measure from there. Undefined where the load says itself how long it warms up.
 */
export async function warmUp(stage: Stage): Promise<WarmUpRecord | undefined> {
  const { scenario } = stage.cell;
  const { load } = scenario.workload;
  if (load.warmupMessages !== 'until-steady') {
    if (load.warmupMessages > 0) await seeSent(load.warmupMessages, stage);
    return undefined;
  }
  const { clock, signal } = stage.environment;
  const startedNs = clock.nowNs();
  const copies = copiesOf(scenario);
  const windows: LoadWindow[] = [];
  let before = totalsOf(stage);
  let steady = false;
  while (!steady && !isOver(stage, startedNs, load.messages)) {
    await sleep(windowMs, signal);
    const now = totalsOf(stage);
    windows.push(between(before, now));
    before = now;
    steady = isSteady(windows, copies);
  }
  const messages = stage.troupe.sent();
  for (const producer of stage.troupe.livingProducers()) producer.measure();
  stage.phases.enter('load');
  return { steady, messages, tookNs: clock.nowNs() - startedNs };
}

/** The producers know themselves which messages these are; here it becomes a phase of the cell. */
async function seeSent(messages: number, stage: Stage): Promise<void> {
  const { troupe, environment } = stage;
  const isSent = (): boolean => troupe.sent() >= messages || troupe.livingProducers().length === 0;
  await waitUntil(isSent, loadTimeoutMs(stage), sentPollMs, environment.signal);
  stage.phases.enter('load');
}

function isOver(stage: Stage, startedNs: number, messages: number): boolean {
  return (
    stage.troupe.sent() >= messages * mostShare ||
    stage.troupe.livingProducers().length === 0 ||
    stage.environment.clock.nowNs() - startedNs > mostMs * 1e6
  );
}

function totalsOf({ troupe }: Stage): Totals {
  const readers = troupe.consumers.map((consumer) => consumer.counters());
  return {
    sent: troupe.sent(),
    arrived: readers.reduce((sum, { arrived }) => sum + arrived, 0),
    responseNs: readers.reduce((sum, { responseNs }) => sum + responseNs, 0),
  };
}

function between(before: Totals, now: Totals): LoadWindow {
  const arrived = now.arrived - before.arrived;
  return {
    sent: now.sent - before.sent,
    arrived,
    responseNs: arrived === 0 ? 0 : (now.responseNs - before.responseNs) / arrived,
  };
}
