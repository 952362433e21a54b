import { EventKind, type EventRecord } from '../../core/events.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { GroupState } from '../state/group-state.ts';
import { isHandedOutAfter } from '../state/hand-outs.ts';
import { HoldFlag } from '../state/in-flight.ts';
import { beyondInFlight } from '../state/beyond-in-flight.ts';
import type { MessageState } from '../state/message-state.ts';
import { type TimedMessages, timedMessages } from '../lease/timed-messages.ts';
import { LaneHolds } from './lane-holds.ts';

export const pastHead: CheckModule = {
  id: 'O8',
  definition:
    'A message of a message group was handed out while an earlier one of it was held unsettled, other than by the same receive.',
  source:
    'SQS developer guide, FIFO queues: no more messages of a group are returned while one of it is in flight',
  memory: '36 bytes a message held of a group, and 4 a group',
  example: [
    '{"kind":"history","version":1,"messageGroups":true}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"send.invoke","actor":"p","lane":"a","seq":1}',
    '{"timeMs":2.5,"kind":"send.settled","actor":"p","lane":"a","seq":1,"outcome":"ok"}',
    '{"timeMs":4,"kind":"deliver","actor":"c1","group":"g","lane":"a","seq":0,"requestedMs":3}',
    '{"timeMs":6,"kind":"deliver","actor":"c2","group":"g","lane":"a","seq":1,"requestedMs":5}',
    '{"timeMs":7,"kind":"settle.invoke","actor":"c1","group":"g","lane":"a","seq":0,"how":"acknowledge"}',
    '{"timeMs":8,"kind":"settle.settled","actor":"c1","group":"g","lane":"a","seq":0,"how":"acknowledge","outcome":"ok"}',
    '{"timeMs":9,"kind":"settle.invoke","actor":"c2","group":"g","lane":"a","seq":1,"how":"acknowledge"}',
    '{"timeMs":9.5,"kind":"settle.settled","actor":"c2","group":"g","lane":"a","seq":1,"how":"acknowledge","outcome":"ok"}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  scope: 'lane',
  applies: ({ messageGroups, consumption }) => {
    if (!messageGroups) return 'lanes are not message groups';
    return consumption === 'automatic' ? 'nothing is settled, so nothing is unsettled' : undefined;
  },
  create: (state, seed) => new PastHeadCheck(state, seed),
};

/**
 * O8, head of line breached. The later message must certainly have been handed out after the earlier one:
 * requested after it had come, or by the same session, which is called back in order; one receive may hand
 * out several. If the earlier one's lease may have ended, its settlement was under way or something befell its
 * holder, if either was sent again and may be stored out of its order, or if the earlier one may have expired
 * or been given up at its delivery limit, the breach is possible.
 */
class PastHeadCheck implements Check {
  readonly listensTo = [EventKind.deliver];
  readonly #state: MessageState;
  readonly #findings: Findings;
  readonly #holds: readonly LaneHolds[];
  readonly #timed: TimedMessages | undefined;
  #exposure = 0;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#findings = new Findings('O8', state.lanes, seed);
    this.#holds = state.groups.map(() => new LaneHolds());
    this.#timed = state.facts.timed ? state.part(timedMessages) : undefined;
  }

  fold(event: EventRecord): void {
    const { status, lane, copy } = this.#state.delivery;
    const group = this.#state.groups[event.group];
    const holds = this.#holds[event.group];
    if (status !== 'first' && status !== 'repeat') return;
    if (group === undefined || holds === undefined || !this.#state.lanes.isOrdered(lane)) return;
    this.#exposure += 1;
    this.#judge(event, lane, group, holds);
    const isHeld = group.inFlight.find(lane, event.seq) >= 0;
    if (isHeld && (status === 'first' || copy === 'same')) holds.hold(lane, event);
  }

  finish(): CheckResult {
    const ownUntracked = this.#holds.reduce((sum, holds) => sum + (holds?.overflowed ?? 0), 0);
    const reason = beyondInFlight(this.#state, ownUntracked);
    if (this.#findings.count === 0 && reason !== '') {
      return { status: 'undecided', check: 'O8', reason };
    }
    return this.#findings.result(this.#exposure);
  }

  #judge(event: EventRecord, lane: number, group: GroupState, holds: LaneHolds): void {
    let isPossible = false;
    let entry = holds.first(lane);
    while (entry >= 0) {
      const next = holds.next(entry);
      const earlier = holds.seq[entry] ?? 0;
      const held = group.inFlight.find(lane, earlier);
      if (held < 0) holds.release(entry);
      else if (earlier < event.seq && !holds.isSameReceive(entry, event)) {
        if (this.#isBreach(event, lane, earlier, group, held)) {
          const note = `delivered while seq ${earlier} of its group was held unsettled`;
          const isOne = group.inFlight.session[held] === event.session;
          const kind = isOne ? 'same consumer' : 'another consumer';
          this.#findings.add(kind, lane, event.seq, event.group, note);
          return;
        }
        isPossible = true;
      }
      entry = next;
    }
    if (isPossible) this.#findings.possible += 1;
  }

  #isBreach(
    event: EventRecord,
    lane: number,
    earlier: number,
    { inFlight }: GroupState,
    held: number,
  ): boolean {
    const open = HoldFlag.cause | HoldFlag.settling | HoldFlag.rejecting;
    if (((inFlight.flags[held] ?? 0) & open) !== 0) return false;
    if ((inFlight.leaseMayEndNs[held] ?? 0) <= event.timeNs) return false;
    const { resent } = this.#state.sends;
    if (resent.get(lane, earlier) || resent.get(lane, event.seq)) return false;
    if (this.#timed?.mayHaveExpired(lane, earlier, event.timeNs) === true) return false;
    const session = inFlight.session[held] ?? 0;
    const facts = this.#state.facts.groups[event.group];
    const mayGiveUp = facts?.role !== 'subscription' || facts.attempts > 0;
    if (mayGiveUp && session !== event.session) return false;
    return isHandedOutAfter(event, inFlight.deliveredNs[held] ?? 0, session);
  }
}
