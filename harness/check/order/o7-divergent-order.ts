import { EventKind, type EventRecord } from '../../core/events.ts';
import type { Check, CheckModule } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { OrderWindow } from './order-window.ts';

export const divergentOrder: CheckModule = {
  id: 'O7',
  definition:
    'Two groups that must see one order were handed two messages for the first time in different orders, each within one session.',
  source:
    'Defago, Schiper and Urban, Total Order Broadcast and Multicast Algorithms (ACM Computing Surveys 2004), total order',
  memory: '32 bytes for each of the latest 65,536 messages of a group, 48 bytes a pair of groups',
  example: [
    '{"kind":"history","version":1,"oneOrder":true,"groups":{"g":{"role":"subscription"},"h":{"role":"subscription"}}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":3,"kind":"send.invoke","actor":"q","lane":"b","seq":0}',
    '{"timeMs":4,"kind":"send.settled","actor":"q","lane":"b","seq":0,"outcome":"ok"}',
    '{"timeMs":5,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":6,"kind":"deliver","actor":"c","group":"g","lane":"b","seq":0}',
    '{"timeMs":7,"kind":"deliver","actor":"d","group":"h","lane":"b","seq":0}',
    '{"timeMs":8,"kind":"deliver","actor":"d","group":"h","lane":"a","seq":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
    '{"timeMs":91,"kind":"drain.complete","group":"h"}',
  ],
  applies: ({ oneOrder, groups }) =>
    oneOrder && groups.length > 1 ? undefined : 'no two groups are claimed to see one order',
  create: divergentOrderCheck,
};

/** A message that both groups of a pair have had: where it stands for one of them, and its session in each. */
interface Common {
  readonly index: number;
  readonly sessions: readonly [number, number];
}

/** Of the messages that both groups have had the furthest in each one's own order, by group of the pair. */
type Pair = [Common, Common];

const nothing: Common = { index: -1, sessions: [-1, -1] };

/**
 * Where deliveries carry places, one order follows from O1 and O3: the same message at each position, read
 * in the order of positions. This check is for readers without places. A message becomes comparable when
 * the second group gets it; it is then the newest there, so that only its place in the other group's order
 * must be looked at. Redeliveries are no part of an order, and between sessions the callbacks' order is
 * not the broker's, hence possible only.
 */
function divergentOrderCheck(state: MessageState, seed: number): Check {
  const findings = new Findings('O7', state.lanes, seed);
  const windows = state.groups.map(() => new OrderWindow());
  const pairs = new Map<number, Pair>();
  let exposure = 0;
  const compare = (event: EventRecord, lane: number, mine: number, other: number): void => {
    const their = windows[other];
    const index = their?.indexOf(lane, event.seq) ?? -1;
    if (their === undefined || index < 0) return;
    exposure += 1;
    const [low, high] = event.group < other ? [event.group, other] : [other, event.group];
    const key = low * state.groups.length + high;
    const pair: Pair = pairs.get(key) ?? [nothing, nothing];
    pairs.set(key, pair);
    const [own, others] = event.group < other ? ([0, 1] as const) : ([1, 0] as const);
    const theirSession = their.sessionOf(lane, event.seq);
    const sessions: Common['sessions'] =
      own === 0 ? [event.session, theirSession] : [theirSession, event.session];
    const furthest = pair[others];
    if (index >= furthest.index) pair[others] = { index, sessions };
    else if (furthest.sessions.every((session, of) => session === sessions[of])) {
      const [first, second] = [other, event.group].map((group) => state.nameOf('group', group));
      const note = `group ${first} had it before another message that group ${second} had first`;
      findings.add('inverted', lane, event.seq, event.group, note);
    } else findings.possible += 1;
    pair[own] = { index: mine, sessions };
  };
  return {
    listensTo: [EventKind.deliver],
    fold: (event) => {
      const { status, lane, flagged } = state.delivery;
      const window = windows[event.group];
      if (window === undefined || status !== 'first' || flagged) return;
      const mine = window.remember(lane, event.seq, event.session);
      for (let other = 0; other < windows.length; other += 1) {
        if (other !== event.group) compare(event, lane, mine, other);
      }
    },
    finish: () => findings.result(exposure),
  };
}
