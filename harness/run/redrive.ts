import type { Place } from '../../engines/engine.ts';
import type { FaultPlan } from '../../scenarios/scenario.ts';
import { emptyEvent, EventKind } from '../core/events.ts';
import { faultRecord } from '../fault/evidence.ts';
import type { FaultRecord } from '../record/schema.ts';
import { castConsumer } from './cast.ts';
import { atLimitOf, limitedGroup } from './dead-letters.ts';
import { mark, neverStarted } from './fault-marks.ts';
import type { Stage } from './stage.ts';
import { waitUntil } from './waiting.ts';
import { within } from './within.ts';

const gatherMs = 30_000;
const redriveMs = 30_000;
const againMs = 20_000;
const pollMs = 20;

/**
 * When all that was given up is among the dead letters, what made half of it poisonous is repaired, and everything
 * there is moved back: the older half is processed then, the rest is given up once more. Only then does anybody
 * read dead letters. That they are moved back is written down before it is asked for, so that no copy comes
 * earlier than its reason.
 */
export async function redriveDeadLetters(
  plan: FaultPlan & { readonly kind: 'redrive' },
  index: number,
  stage: Stage,
): Promise<FaultRecord> {
  const atLimit = atLimitOf(stage.cell);
  const { redrive } = stage.administration;
  if (redrive === undefined || atLimit.becomes !== 'dead-letter') {
    return neverStarted(plan, stage, 'the engine moves no dead letters back');
  }
  const { reader } = atLimit;
  const { signal } = stage.environment;
  const { givenUp } = stage.history;
  const gathered = await waitUntil(() => isGathered(stage, reader), gatherMs, pollMs, signal);
  if (!gathered) {
    return neverStarted(plan, stage, 'what was given up was not among the dead letters in time');
  }
  const startedNs = mark(stage, EventKind.faultStarted, index);
  const { keys, load } = stage.cell.scenario.workload;
  for (const consumer of stage.troupe.livingConsumers()) {
    consumer.repair(Math.ceil(load.messages / keys / 2));
  }
  const dead = givenUp.beginAnew();
  for (const { lane, seq } of dead) tell(stage, lane, seq);
  const moved = await within(redrive(stage.deployed, limitedGroup), 'redrive', redriveMs, signal);
  await waitUntil(() => givenUp.notDeliveredAgain === 0, againMs, pollMs, signal);
  const again = dead.length - givenUp.notDeliveredAgain;
  await castConsumer(stage, reader);
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  const expected = new Set(dead.map(({ place }) => nameOf(place)));
  return faultRecord({
    target: '',
    startedNs,
    stoppedNs,
    inFlight: null,
    evidence: {
      kind: plan.kind,
      deadLetters: dead.length,
      moved: moved.filter((place) => expected.has(nameOf(place))).length,
      strangers: moved.filter((place) => !expected.has(nameOf(place))).length,
      again,
    },
  });
}

/** Nothing is left in the subscription, and as much is among its dead letters as was given up. */
async function isGathered(stage: Stage, reader: number): Promise<boolean> {
  const { administration, deployed, history, troupe } = stage;
  if (troupe.livingProducers().length > 0) return false;
  const [main, dead] = await Promise.all([
    administration.backlog(deployed, limitedGroup),
    administration.backlog(deployed, reader),
  ]);
  if (main.by !== 'exact-depth' || dead.by !== 'exact-depth') return false;
  if (main.ready + main.inFlight > 0 || dead.inFlight > 0) return false;
  return dead.ready > 0 && dead.ready === history.givenUp.messages.length;
}

function tell(stage: Stage, lane: number, seq: number): void {
  stage.history.collector.append({
    ...emptyEvent(),
    kind: EventKind.redriven,
    timeNs: stage.environment.clock.nowNs(),
    group: limitedGroup,
    lane,
    seq,
  });
}

const nameOf = ({ scope, position }: Place): string =>
  `${scope} ${position.major}.${position.minor}`;
