import type { BrokerNode } from '../../engines/provisioner.ts';
import type { FaultPlan } from '../../scenarios/scenario.ts';
import type { Actor } from '../actors/actor.ts';
import { EventKind } from '../core/events.ts';
import { type FaultEvidence, faultRecord } from '../fault/evidence.ts';
import type { FaultRecord } from '../record/schema.ts';
import { castConsumer } from './cast.ts';
import { castSuccessor } from './cast-producer.ts';
import { changeBindings } from './change-bindings.ts';
import { churnConsumers } from './churn-consumers.ts';
import { joinConsumer, leaveConsumer } from './consumer-faults.ts';
import { crash } from './crash-actor.ts';
import { crashTransformer } from './crash-transformer.ts';
import { mark, neverStarted } from './fault-marks.ts';
import { aimAtInFlight } from './aim.ts';
import { type AimedPowerLoss, aimPowerLoss } from './aim-power-loss.ts';
import { loadTimeoutMs } from './load-timeout.ts';
import { drainLeader } from './drain-leader.ts';
import { isolateLeader } from './isolate-leader.ts';
import { killAll } from './kill-all.ts';
import { killController } from './kill-controller.ts';
import { killCoordinator } from './kill-coordinator.ts';
import { killLeader } from './kill-leader.ts';
import { loseCommits } from './lose-commits.ts';
import { pauseLeader } from './pause-leader.ts';
import { readAgain } from './read-again.ts';
import { redriveDeadLetters } from './redrive.ts';
import { replaceStalled } from './replace-stalled.ts';
import { restartEach } from './restart-each.ts';
import type { Stage } from './stage.ts';
import { stallFollowers } from './stall-followers.ts';
import { restart, seenGone, strike, type Struck } from './strike.ts';
import { strikeLoneLeader } from './strike-lone-leader.ts';
import { tapsOf } from './taps.ts';
import { sleep, waitUntil } from './waiting.ts';

const triggerPollMs = 1;
/** They look for the leader or for an instant first, or last for most of the load, and release in the middle of it all. */
const releasing: readonly FaultPlan['kind'][] = [
  'churn-consumers',
  'drain-leader',
  'isolate-leader',
  'kill-leader',
  'lose-power',
  'pause-leader',
  'stall-followers',
  'strike-lone-leader',
];

/** Carries the faults out one after another; resolves when the last one is over. */
export async function directFaults(stage: Stage): Promise<readonly FaultRecord[]> {
  const faults: FaultRecord[] = [];
  const { scenario } = stage.cell;
  for (const [index, plan] of scenario.faults.entries()) {
    const share = plan.at * scenario.workload.load.messages;
    const reached = await waitUntil(
      () => stage.troupe.sent() >= share || stage.troupe.livingProducers().length === 0,
      loadTimeoutMs(stage),
      triggerPollMs,
      stage.environment.signal,
    );
    if (!reached || stage.troupe.sent() < share) {
      faults.push(neverStarted(plan, stage, 'the load ended before it was due'));
      continue;
    }
    const isLast = index === scenario.faults.length - 1;
    if (isLast && !releasing.includes(plan.kind)) stage.troupe.release();
    stage.phases.enter('fault');
    faults.push(await inject(plan, index, stage));
    stage.phases.enter('heal');
    if (isLast) stage.troupe.release();
  }
  return faults;
}

async function inject(plan: FaultPlan, index: number, stage: Stage): Promise<FaultRecord> {
  switch (plan.kind) {
    case 'kill-broker':
    case 'lose-power':
      return strikeBroker(plan, index, stage);
    case 'kill-leader':
      return killLeader(plan, index, stage);
    case 'kill-controller':
      return killController(plan, index, stage);
    case 'kill-coordinator':
      return killCoordinator(plan, index, stage);
    case 'stall-followers':
      return stallFollowers(plan, index, stage);
    case 'strike-lone-leader':
      return strikeLoneLeader(plan, index, stage);
    case 'kill-all':
      return killAll(plan, index, stage);
    case 'pause-leader':
      return pauseLeader(plan, index, stage);
    case 'drain-leader':
      return drainLeader(plan, index, stage);
    case 'isolate-leader':
      return isolateLeader(plan, index, stage);
    case 'restart-each':
      return restartEach(plan, index, stage);
    case 'crash-consumer':
      return crashConsumer(plan, index, stage);
    case 'change-bindings':
      return changeBindings(plan, index, stage);
    case 'redrive':
      return redriveDeadLetters(plan, index, stage);
    case 'read-again':
      return readAgain(plan, index, stage);
    case 'join-consumer':
      return joinConsumer(plan, index, stage);
    case 'leave-consumer':
      return leaveConsumer(plan, index, stage);
    case 'churn-consumers':
      return churnConsumers(plan, index, stage);
    case 'crash-producer':
      return crashProducer(plan, index, stage);
    case 'crash-transformer':
      return crashTransformer(plan, index, stage);
    case 'replace-stalled':
      return replaceStalled(plan, index, stage);
    case 'lose-response':
      return loseResponses(plan, index, stage);
    case 'lose-commit':
      return loseCommits(plan, index, stage);
  }
}

async function strikeBroker(
  plan: FaultPlan & { readonly kind: 'kill-broker' | 'lose-power' },
  index: number,
  stage: Stage,
): Promise<FaultRecord> {
  const node = strikable(stage);
  if (node === undefined) return neverStarted(plan, stage, 'no broker process is ours');
  const answered = stage.cell.traits.sendReply === 'each';
  if (!answered && stage.troupe.livingProducers().length === 0) {
    return neverStarted(plan, stage, 'the load was over, so that nothing could be in flight');
  }
  const { inFlight, aim } = await aimAt(plan.kind, node, stage, answered);
  const startedNs = mark(stage, EventKind.faultStarted, index);
  const struck = await strike(node, plan.kind === 'kill-broker' ? 'kill' : 'power-loss', stage);
  const gone = await seenGone(struck, stage);
  await sleep(plan.downMs, stage.environment.signal);
  await restart(node, stage);
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  return faultRecord({
    target: node.name,
    startedNs,
    stoppedNs,
    inFlight: answered ? inFlight : null,
    loadWasOver: struck.loadWasOver,
    evidence: evidenceOf(plan.kind, struck, gone, aim),
  });
}

async function aimAt(
  kind: 'kill-broker' | 'lose-power',
  node: BrokerNode,
  stage: Stage,
  answered: boolean,
): Promise<AimedPowerLoss> {
  const atSends = async (): Promise<number> =>
    answered ? aimAtInFlight(stage, () => stage.troupe.unsettledSends()) : 0;
  if (kind === 'lose-power') return aimPowerLoss(node, stage, atSends);
  return { inFlight: await atSends(), aim: undefined };
}

function evidenceOf(
  kind: 'kill-broker' | 'lose-power',
  { pid, signal, lostBytes = 0 }: Struck,
  gone: boolean,
  aim: AimedPowerLoss['aim'],
): FaultEvidence {
  return kind === 'kill-broker' ? { kind, pid, signal, gone } : { kind, pid, lostBytes, gone, aim };
}

function strikable({ live: { access } }: Stage): BrokerNode | undefined {
  return access.kind === 'started' ? access.nodes[0] : undefined;
}

const begin = (index: number, stage: Stage) => (): number =>
  mark(stage, EventKind.faultStarted, index);

async function crashConsumer(
  plan: FaultPlan & { readonly kind: 'crash-consumer' },
  index: number,
  stage: Stage,
): Promise<FaultRecord> {
  const group = tapsOf(stage.cell.scenario).find(({ tap }) => tap.name === plan.of?.tap)?.group;
  const victim = stage.troupe
    .livingConsumers()
    .find(
      ({ spec }) => group === undefined || ('subscription' in spec && spec.subscription === group),
    );
  if (victim === undefined) return neverStarted(plan, stage, 'no consumer was alive');
  const begun = begin(index, stage);
  const least = plan.of?.holding;
  const crashed = await crash(victim, stage, 'unsettledDeliveries', begun, undefined, least);
  await sleep(plan.downMs, stage.environment.signal);
  if (victim.spec.role === 'consumer') {
    await castConsumer(stage, victim.spec.subscription, victim.spec.instance);
  }
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  return crashRecord(plan.kind, victim, { ...crashed, stoppedNs });
}

async function crashProducer(
  plan: FaultPlan & { readonly kind: 'crash-producer' },
  index: number,
  stage: Stage,
): Promise<FaultRecord> {
  const [victim] = stage.troupe.livingProducers();
  if (victim === undefined) return neverStarted(plan, stage, 'no producer was sending');
  const crashed = await crash(victim, stage, 'unsettledSends', begin(index, stage));
  await sleep(plan.downMs, stage.environment.signal);
  const replacement = await castSuccessor(stage, victim);
  replacement.start(stage.environment.clock.nowNs());
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  return crashRecord(plan.kind, victim, { ...crashed, stoppedNs });
}

async function crashRecord(
  kind: 'crash-consumer' | 'crash-producer',
  victim: Actor,
  facts: { readonly startedNs: number; readonly stoppedNs: number; readonly inFlight: number },
): Promise<FaultRecord> {
  const actor = victim.spec.name;
  const terminated = (await victim.ended).how === 'crashed';
  return faultRecord({
    target: actor,
    ...facts,
    evidence: { kind, actor, terminated },
  });
}

async function loseResponses(
  plan: FaultPlan & { readonly kind: 'lose-response' },
  index: number,
  stage: Stage,
): Promise<FaultRecord> {
  const { access } = stage.live;
  const proxy = access.kind === 'started' ? access.proxies.proxies[0] : undefined;
  if (access.kind !== 'started' || proxy === undefined)
    return neverStarted(plan, stage, 'there is no proxy in the way');
  const startedNs = mark(stage, EventKind.faultStarted, index);
  // Without a producer no further answer can come.
  const over = new AbortController();
  const producers = stage.troupe.livingProducers();
  void Promise.all(producers.map(async (producer) => producer.ended)).then(() => over.abort());
  const lost = await proxy.loseResponses({
    times: plan.times,
    everyMs: plan.everyMs,
    timeoutMs: loadTimeoutMs(stage),
    signal: AbortSignal.any([stage.environment.signal, over.signal]),
  });
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  const record = faultRecord({
    target: 'proxy 1',
    startedNs,
    stoppedNs,
    inFlight: lost.sendsAnswered,
    evidence: { kind: plan.kind, ...lost },
  });
  const { addedMedianNs } = await access.addedLatency();
  const value = `${(addedMedianNs / 1e3).toFixed(0)} µs a round trip (median)`;
  return { ...record, evidence: [...record.evidence, { name: 'the proxy adds', value }] };
}
