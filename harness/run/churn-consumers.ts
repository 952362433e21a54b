import type { FaultPlan } from '../../scenarios/scenario.ts';
import type { Actor } from '../actors/actor.ts';
import { EventKind } from '../core/events.ts';
import { randomFrom } from '../core/random.ts';
import { faultRecord } from '../fault/evidence.ts';
import type { FaultRecord } from '../record/schema.ts';
import { castConsumer } from './cast.ts';
import { type Turn, turnsOf } from './churn-plan.ts';
import { crash } from './crash-actor.ts';
import { mark } from './fault-marks.ts';
import { loadTimeoutMs } from './load-timeout.ts';
import type { Stage } from './stage.ts';
import { waitUntil } from './waiting.ts';

type Churn = FaultPlan & { readonly kind: 'churn-consumers' };

/** Longer than a group takes that waits for a member which died without a word. */
const servedMs = 20_000;
const leaveMs = 20_000;
/** Longer than a consumer's hands are empty while messages come. */
const fullMs = 3_000;
const pollMs = 2;

/** Consumers of the first subscription come and go for most of the load, each at its share of it. */
export async function churnConsumers(
  plan: Churn,
  index: number,
  stage: Stage,
): Promise<FaultRecord> {
  const { seed, scenario } = stage.cell;
  const first = stage.troupe.livingConsumers().length;
  const turns = turnsOf({ ...plan, first }, randomFrom(seed).fork('churn'));
  const startedNs = mark(stage, EventKind.faultStarted, index);
  const overlapped: Record<Turn, number> = { join: 0, leave: 0, crash: 0 };
  let carriedOut = 0;
  let lostInHand = 0;
  for (const [number, turn] of turns.entries()) {
    const share = plan.at + ((plan.until - plan.at) * number) / turns.length;
    if (!(await untilDue(share * scenario.workload.load.messages, stage))) break;
    const inHand = await takeTurn(turn, stage);
    if (turn === 'crash') lostInHand += inHand;
    if (inHand > 0) overlapped[turn] += 1;
    carriedOut += 1;
  }
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  return faultRecord({
    target: 'the group',
    startedNs,
    stoppedNs,
    inFlight: lostInHand,
    evidence: {
      kind: plan.kind,
      planned: plan.turns,
      carriedOut,
      joined: overlapped.join,
      left: overlapped.leave,
      crashed: overlapped.crash,
    },
  });
}

/** @returns false when the load is over: a turn after it would meet no deliveries */
async function untilDue(sent: number, stage: Stage): Promise<boolean> {
  const { troupe, environment } = stage;
  await waitUntil(
    () => troupe.sent() >= sent || troupe.livingProducers().length === 0,
    loadTimeoutMs(stage),
    pollMs,
    environment.signal,
  );
  return troupe.sent() >= sent && troupe.livingProducers().length > 0;
}

/** @returns the deliveries that the consumer got when it came, or had in hand when it went */
function takeTurn(turn: Turn, stage: Stage): Promise<number> {
  if (turn === 'join') return join(stage);
  // The one that has been there longest: it has the most to hand over.
  const [leaver] = stage.troupe.livingConsumers();
  if (leaver === undefined) return Promise.resolve(0);
  return turn === 'leave' ? leave(leaver, stage) : die(leaver, stage);
}

async function join(stage: Stage): Promise<number> {
  const joiner = await castConsumer(stage, 0);
  const delivered = (): number => joiner.counters().delivered;
  await waitUntil(() => delivered() > 0, servedMs, pollMs, stage.environment.signal);
  return delivered();
}

async function leave(leaver: Actor, stage: Stage): Promise<number> {
  const { signal } = stage.environment;
  const inHand = (): number => leaver.counters().unsettledDeliveries;
  // Between two batches it has nothing to hand over, and its leaving would be no trial.
  await waitUntil(() => inHand() > 0, fullMs, pollMs, signal);
  const had = inHand();
  leaver.finish();
  const isOver = await waitUntil(() => stage.troupe.over.has(leaver), leaveMs, pollMs, signal);
  return isOver ? had : 0;
}

async function die(victim: Actor, stage: Stage): Promise<number> {
  const now = (): number => stage.environment.clock.nowNs();
  const { inFlight } = await crash(victim, stage, 'unsettledDeliveries', now);
  const { how } = await victim.ended;
  return how === 'crashed' ? inFlight : 0;
}
