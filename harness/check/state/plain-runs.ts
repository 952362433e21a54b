import { eachOfRun } from '../../core/event-run.ts';
import {
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
  SettlementCode,
} from '../../core/events.ts';
import { tellFirst } from './delivery-view.ts';
import type { GroupState } from './group-state.ts';
import type { MessageState } from './message-state.ts';
import { PlaceWindow } from './windows.ts';

/**
 * Folds a run of events into the state as a whole, where nothing about any of them is unusual: then each leads to what
 * `MessageState.fold` would have made of it, and nothing about one can make another something else.
 * @returns false, and nothing is folded, where that is not certain
 */
export function foldPlainRun(state: MessageState, event: EventRecord, count: number): boolean {
  // Positions with a minor have no next one.
  if ((event.flags & Flag.placed) !== 0 && event.positionMinor !== 0) return false;
  const kind: number = event.kind;
  switch (kind) {
    case EventKind.sendInvoke:
      return state.sends.invokeRun(event, count);
    case EventKind.sendSettled:
      return sendsSettled(state, event, count);
    case EventKind.deliver:
      return delivered(state, event, count);
    case EventKind.settleInvoke:
      return settling(state, event, count);
    case EventKind.settleSettled:
      return settled(state, event, count);
    case EventKind.processStart:
      return true;
    case EventKind.processDone:
      return state.facts.consumption !== 'automatic';
    default:
      return false;
  }
}

/** First answers, to messages that nobody got at another place. */
function sendsSettled(state: MessageState, event: EventRecord, count: number): boolean {
  const { lane, seq, attempt, scope, positionMajor } = event;
  const index = state.lanes.indexOf(lane);
  if (attempt > 1 || !state.sends.areOpen(index, seq, count)) return false;
  const isPlaced = (event.flags & Flag.placed) !== 0;
  for (const { seen, places } of isPlaced ? state.groups : []) {
    if (places === undefined || seen.countRun(index, seq, count) === 0) continue;
    if (places.isAnyElsewhere(index, seq, count, scope, positionMajor)) return false;
  }
  state.secondStored = false;
  state.sends.settleRun(index, event, count);
  if (!isPlaced) return true;
  state.sendPlaces ??= new PlaceWindow('relation');
  state.sendPlaces.rememberRun(index, seq, count, scope, positionMajor);
  return true;
}

/** First deliveries in a session that is known and lives, where nothing says that they are second copies. */
function delivered(state: MessageState, event: EventRecord, count: number): boolean {
  const { lane, seq, flags, scope, positionMajor } = event;
  const index = state.lanes.indexOf(lane);
  const group = state.groups[event.group];
  const session = state.sessions.find(event.session);
  if (index < 0 || seq + count > state.lanes.nextOf(index)) return false;
  if (group === undefined || session === undefined || state.sessions.hasCrashed(event))
    return false;
  if (state.excuses.isOfDeadLetters(event.group)) return false;
  const isKnown = group.seen.countRun(index, seq, count) + group.done.countRun(index, seq, count);
  if (isKnown > 0) return false;
  const isPlaced = (flags & Flag.placed) !== 0;
  const { sendPlaces } = state;
  if (isPlaced && sendPlaces?.isAnyElsewhere(index, seq, count, scope, positionMajor) === true) {
    return false;
  }
  if (group.awaitsFirst) group.began();
  const view = state.delivery;
  view.lane = index;
  tellFirst(view, session, event);
  group.seen.setRun(index, seq, count);
  if (isPlaced) {
    group.places ??= new PlaceWindow('relationOfKnown');
    group.places.rememberRun(index, seq, count, scope, positionMajor);
  } else group.allPlaced = false;
  eachOfRun(event, count, (one) => group.hold(index, one, session.notBeforeNs, 0));
  return true;
}

/** Acknowledgements that are waited for. */
function settling(state: MessageState, event: EventRecord, count: number): boolean {
  const { group, index } = concerned(state, event);
  if (event.detail !== SettlementCode.acknowledge || group === undefined || index < 0) return false;
  if (state.facts.ackReply === 'none') return false;
  const { inFlight } = group;
  for (let seq = event.seq; seq < event.seq + count; seq += 1) {
    const entry = inFlight.find(index, seq);
    if (entry >= 0) group.markSettling(entry);
  }
  return true;
}

/** Answers to acknowledgements of messages that were sent. */
function settled(state: MessageState, event: EventRecord, count: number): boolean {
  const { group, index } = concerned(state, event);
  if (event.detail !== SettlementCode.acknowledge || group === undefined || index < 0) return false;
  if (event.outcome !== OutcomeCode.ok) return true;
  if (event.seq + count > state.lanes.nextOf(index)) return false;
  for (let seq = event.seq; seq < event.seq + count; seq += 1) {
    group.settle(index, seq, event.timeNs, event.session);
  }
  return true;
}

function concerned(
  state: MessageState,
  event: EventRecord,
): { readonly group: GroupState | undefined; readonly index: number } {
  return { group: state.groups[event.group], index: state.lanes.indexOf(event.lane) };
}
