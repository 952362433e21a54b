import { plural } from '../../core/plural.ts';
import { EventKind, type EventRecord, OutcomeCode, SettlementCode } from '../../core/events.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import { type CommittedOffsets, committedOffsets } from '../groups/committed-offsets.ts';
import type { GroupState } from '../state/group-state.ts';
import { HoldFlag } from '../state/in-flight.ts';
import { beyondInFlight } from '../state/beyond-in-flight.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, Plane, popcount32 } from '../state/planes.ts';
import { undrainedText } from '../state/undrained.ts';

export const lostWithConsumer: CheckModule = {
  id: 'D10',
  definition:
    'Delivered and never settled, its last holder crashed, and nobody of the drained group got it again.',
  source:
    'RabbitMQ consumer acknowledgements, automatic mode “should be considered unsafe”; SQS delete on receive',
  memory: '4 bits a message that a crashed consumer held',
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

const removing = HoldFlag.settling | HoldFlag.rejecting;

const mayRemove = (detail: number): boolean =>
  detail === SettlementCode.acknowledge || detail === SettlementCode.reject;

/** What crashed holders had of one group. */
interface Orphans {
  /** Delivered to a holder that crashed before it was settled, and not delivered again since. */
  readonly held: Plane;
  /** Whoever held it, then or before, had sent an acknowledgement that may have been applied: no proof of a loss. */
  readonly settling: Plane;
  /** Orphaned since the group was last drained: it may still have come. */
  sinceDrain: Plane;
  /** Before a position that was certainly committed when it was orphaned. */
  readonly committed: Plane;
  /** Ever orphaned: the chances that this anomaly had. */
  readonly ever: Plane;
}

function noOrphans({ lanes }: MessageState): Orphans {
  return {
    held: new Plane(lanes),
    settling: new Plane(lanes),
    sinceDrain: new Plane(lanes),
    committed: new Plane(lanes),
    ever: new Plane(lanes),
  };
}

/**
 * D10, lost with its consumer: delivered, never settled, its last holder crashed, never delivered again
 * although the group was drained. Where nothing settles, finished processing stands for the settlement.
 * If the acknowledgement or a rejection was under way at the crash, or its outcome was never known, the broker may
 * rightly have applied it: possible. So it may be that of a former holder, whose successor gets the message late, from a
 * buffer of its own. So is what was orphaned after the group had been drained. Where offsets alone are committed, what
 * stands before the committed one is settled; of the rest nobody tells whether a later commit covers it.
 */
function lostWithConsumerCheck(state: MessageState, seed: number): Check {
  const orphans = state.groups.map(() => noOrphans(state));
  const commits = state.part(committedOffsets);
  let hasOrphans = false;
  const orphan = (group: number, lane: number, seq: number, isSettling: boolean): void => {
    const of = orphans[group];
    if (of === undefined) return;
    hasOrphans = true;
    of.held.set(lane, seq);
    of.ever.set(lane, seq);
    of.sinceDrain.set(lane, seq);
    if (isSettling) of.settling.set(lane, seq);
    if (isCommitted(state.groups[group], commits, { group, lane, seq })) {
      of.committed.set(lane, seq);
    } else of.committed.clear(lane, seq);
  };
  const foldCrash = (actor: number): void => {
    state.groups.forEach(({ inFlight }, number) => {
      inFlight.each((entry) => {
        if (inFlight.actor[entry] !== actor) return;
        const isSettling = ((inFlight.flags[entry] ?? 0) & removing) !== 0;
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
    if (state.sessions.hasCrashed(event)) orphan(event.group, lane, event.seq, false);
  };
  const foldSettle = (event: EventRecord, count: number): void => {
    const { detail, lane, group } = event;
    if (!hasOrphans || detail === SettlementCode.extend || !state.sessions.hasCrashed(event)) {
      return;
    }
    const index = state.lanes.indexOf(lane);
    for (let seq = event.seq; seq < event.seq + count; seq += 1) {
      if (orphans[group]?.held.get(index, seq) === true) orphans[group].settling.set(index, seq);
    }
  };
  const foldOutcome = (event: EventRecord, count: number): void => {
    const { detail, lane, seq, group, outcome } = event;
    if (outcome !== OutcomeCode.unknown || !mayRemove(detail)) return;
    orphans[group]?.settling.setRun(state.lanes.indexOf(lane), seq, count);
  };
  return {
    listensTo: [
      EventKind.deliver,
      EventKind.settleInvoke,
      EventKind.settleSettled,
      EventKind.crashed,
      EventKind.drainComplete,
    ],
    takesRuns: true,
    fold: (event, count = 1) => {
      if (event.kind === EventKind.drainComplete) {
        const of = orphans[event.group];
        if (of !== undefined) of.sinceDrain = new Plane(state.lanes);
      } else if (event.kind === EventKind.deliver) foldDelivery(event);
      else if (event.kind === EventKind.crashed) foldCrash(event.actor);
      else if (event.kind === EventKind.settleSettled) foldOutcome(event, count);
      else foldSettle(event, count);
    },
    finish: () => finish(state, { orphans, commits }, seed),
  };
}

function finish(
  state: MessageState,
  { orphans, commits }: { orphans: readonly Orphans[]; commits: CommittedOffsets },
  seed: number,
): CheckResult {
  const findings = new Findings('D10', state.lanes, seed);
  let exposure = 0;
  let coverable = 0;
  const undrained: number[] = [];
  state.groups.forEach((group, number) => {
    const of = orphans[number];
    if (of === undefined || state.facts.groups[number]?.role !== 'subscription') return;
    if (!group.drained) {
      undrained.push(number);
      return;
    }
    exposure += of.ever.count();
    const byOffset = settlesByOffset(group, number, commits);
    state.lanes.eachWord((lane, word) => {
      const committed = byOffset ? of.committed.word(lane, word) : 0;
      const excused =
        group.done.word(lane, word) | state.excuses.word(number, lane, word) | committed;
      const gone = of.held.word(lane, word) & ~excused;
      if (gone === 0) return;
      const doubtful =
        of.settling.word(lane, word) | of.sinceDrain.word(lane, word) | (byOffset ? -1 : 0);
      findings.possible += popcount32(gone & doubtful);
      if (byOffset) coverable += popcount32(gone);
      eachBit(gone & ~doubtful, word, (seq) => {
        const note = 'its consumer crashed holding it, and nobody got it again';
        findings.add('crashed holder', lane, seq, number, note);
      });
    });
  });
  const notDrained = undrained.length > 0 ? undrainedText(state, undrained) : '';
  const untold = beyondInFlight(state) || notDrained;
  if (findings.count === 0 && untold !== '') {
    return { status: 'undecided', check: 'D10', reason: untold };
  }
  if (findings.count === 0 && coverable > 0) {
    const reason = `${plural(coverable, 'message')} of crashed consumers may have been settled by a commit of offsets`;
    return { status: 'undecided', check: 'D10', reason };
  }
  return findings.result(exposure);
}

/** Every position that may be in force as the committed one of its scope is beyond the message. */
function isCommitted(
  of: GroupState | undefined,
  commits: CommittedOffsets,
  { group, lane, seq }: { readonly group: number; readonly lane: number; readonly seq: number },
): boolean {
  const scope = of?.places?.scopeOf(lane, seq) ?? -1;
  const ofScope = scope < 0 ? undefined : commits.find(group, scope);
  if (ofScope === undefined || ofScope.isUncertain) return false;
  const isInForce = ofScope.commits.some(({ appliedNs }) => Number.isFinite(appliedNs));
  return (
    isInForce &&
    ofScope.commits.every(({ position }) => of?.places?.isBefore(lane, seq, scope, position))
  );
}

/** Nothing of the group was ever acknowledged by itself: its consumers settle by committing positions. */
function settlesByOffset(group: GroupState, number: number, commits: CommittedOffsets): boolean {
  const isCommitted = commits.ofGroup(number).some(({ furthest }) => furthest !== undefined);
  return isCommitted && group.done.count() === 0;
}
