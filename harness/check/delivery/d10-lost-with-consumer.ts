import { EventKind, type EventRecord, SettlementCode } from '../../core/events.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import { HoldFlag } from '../state/in-flight.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, Plane, popcount32 } from '../state/planes.ts';

export const lostWithConsumer: CheckModule = {
  id: 'D10',
  definition:
    'Delivered and never settled, its last holder crashed, and nobody of the drained group got it again.',
  source:
    'RabbitMQ consumer acknowledgements, automatic mode “should be considered unsafe”; SQS delete on receive',
  memory: '3 bits a message that a crashed consumer held',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":3,"kind":"crash","actor":"c"}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  scope: 'lane',
  applies: () => undefined,
  create: lostWithConsumerCheck,
};

/** What crashed holders had of one group. */
interface Orphans {
  /** Delivered to a holder that crashed before it was settled, and not delivered again since. */
  readonly held: Plane;
  /** Its holder had sent an acknowledgement that may have been applied: no proof of a loss. */
  readonly settling: Plane;
  /** Ever orphaned: the chances that this anomaly had. */
  readonly ever: Plane;
}

/**
 * D10, lost with its consumer: delivered, never settled, its last holder crashed, never delivered again
 * although the group was drained. Where nothing settles, finished processing stands for the settlement.
 * If the acknowledgement was under way at the crash, the broker may rightly have applied it: possible.
 */
function lostWithConsumerCheck(state: MessageState, seed: number): Check {
  const orphans = state.groups.map(
    (): Orphans => ({
      held: new Plane(state.lanes),
      settling: new Plane(state.lanes),
      ever: new Plane(state.lanes),
    }),
  );
  let hasOrphans = false;
  const orphan = (group: number, lane: number, seq: number, isSettling: boolean): void => {
    const of = orphans[group];
    if (of === undefined) return;
    hasOrphans = true;
    of.held.set(lane, seq);
    of.ever.set(lane, seq);
    if (isSettling) of.settling.set(lane, seq);
    else of.settling.clear(lane, seq);
  };
  const foldCrash = (actor: number): void => {
    state.groups.forEach(({ inFlight }, number) => {
      inFlight.each((entry) => {
        if (inFlight.actor[entry] !== actor) return;
        const isSettling = ((inFlight.flags[entry] ?? 0) & HoldFlag.settling) !== 0;
        const lane = inFlight.lane[entry] ?? 0;
        const seq = inFlight.seq[entry] ?? 0;
        if (orphans[number]?.held.get(lane, seq) !== true) orphan(number, lane, seq, isSettling);
      });
    });
  };
  const foldDelivery = (event: EventRecord): void => {
    const { status, lane } = state.delivery;
    if (status !== 'first' && status !== 'repeat') return;
    if (status === 'repeat' && hasOrphans) orphans[event.group]?.held.clear(lane, event.seq);
    if (state.sessions.hasCrashed(event.actor)) orphan(event.group, lane, event.seq, false);
  };
  const foldSettle = ({ detail, actor, lane, seq, group }: EventRecord): void => {
    if (!hasOrphans || detail === SettlementCode.extend || !state.sessions.hasCrashed(actor))
      return;
    const index = state.lanes.indexOf(lane);
    if (orphans[group]?.held.get(index, seq) === true) orphans[group].settling.set(index, seq);
  };
  return {
    listensTo: [EventKind.deliver, EventKind.settleInvoke, EventKind.crashed],
    fold: (event) => {
      if (event.kind === EventKind.deliver) foldDelivery(event);
      else if (event.kind === EventKind.crashed) foldCrash(event.actor);
      else foldSettle(event);
    },
    finish: () => finish(state, orphans, seed),
  };
}

function finish(state: MessageState, orphans: readonly Orphans[], seed: number): CheckResult {
  const findings = new Findings('D10', state.lanes, seed);
  let exposure = 0;
  const undrained: number[] = [];
  state.groups.forEach((group, number) => {
    const of = orphans[number];
    if (of === undefined || state.facts.groups[number]?.role !== 'subscription') return;
    if (!group.drained) {
      undrained.push(number);
      return;
    }
    exposure += of.ever.count();
    state.lanes.eachWord((lane, word) => {
      const excused = group.done.word(lane, word) | state.excuses.word(number, lane, word);
      const gone = of.held.word(lane, word) & ~excused;
      if (gone === 0) return;
      const settling = of.settling.word(lane, word);
      findings.possible += popcount32(gone & settling);
      eachBit(gone & ~settling, word, (seq) => {
        const note = 'its consumer crashed holding it, and nobody got it again';
        findings.add('crashed holder', lane, seq, number, note);
      });
    });
  });
  const untracked = state.groups.reduce((sum, { inFlight }) => sum + inFlight.overflowed, 0);
  if (findings.count === 0 && (undrained.length > 0 || untracked > 0)) {
    const reason =
      untracked > 0
        ? `${untracked} deliveries were beyond the in-flight table`
        : `subscription ${undrained.join(', ')} was not drained`;
    return { status: 'undecided', check: 'D10', reason };
  }
  return findings.result(exposure);
}
