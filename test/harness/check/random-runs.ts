import * as fc from 'fast-check';
import {
  emptyEvent,
  EventKind,
  type EventRecord,
  Flag,
  noGroup,
  noLane,
  OutcomeCode,
  SettlementCode,
} from '../../../harness/core/events.ts';

/** An event, and how many follow it as a run. */
export interface Run {
  readonly event: EventRecord;
  readonly count: number;
}

const whats = [
  'send',
  'store',
  'store',
  'deliver',
  'deliver',
  'deliver',
  'work',
  'settle',
  'answer',
  'commit',
  'member',
  'odd',
] as const;

interface Step {
  readonly what: (typeof whats)[number];
  readonly which: number;
  readonly count: number;
  /** Mostly nothing: by how much it goes back, or jumps. */
  readonly off: number;
  readonly waitNs: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(...whats),
  which: fc.constantFrom(0, 0, 0, 0, 1, 1, 2, 3, 4, 5),
  count: fc.constantFrom(1, 2, 5, 5, 9),
  off: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, -15, -7, -3, -1, 1, 4, 10),
  waitNs: fc.constantFrom(0, 0, 1e6, 30e6),
});

interface Sent {
  readonly lane: number;
  readonly seq: number;
  readonly count: number;
}
interface Stored extends Sent {
  readonly position: number;
}
interface Got extends Stored {
  readonly group: number;
  readonly session: number;
}

const isOk = [
  OutcomeCode.ok,
  OutcomeCode.ok,
  OutcomeCode.ok,
  OutcomeCode.fail,
  OutcomeCode.unknown,
];
const memberKinds = [
  EventKind.assigned,
  EventKind.assigned,
  EventKind.revoked,
  EventKind.sessionOpened,
  EventKind.sessionClosed,
  EventKind.crashed,
] as const;

/** Two lanes, one scope, two groups with sessions 1 to 4: a log at work, mostly as it should. */
class Making {
  readonly runs: Run[] = [];
  readonly #isPlaced: boolean;
  readonly #next = [0, 0];
  readonly #open: Sent[] = [];
  readonly #stored: Stored[] = [];
  readonly #read = [0, 0];
  readonly #got: Got[] = [];
  #end = 0;
  #timeNs = 0;
  #tickets = 0;

  constructor(isPlaced: boolean) {
    this.#isPlaced = isPlaced;
  }

  take(one: Step): void {
    this.#timeNs += one.waitNs;
    switch (one.what) {
      case 'send':
        return this.#send(one);
      case 'store':
        return this.#store(one);
      case 'deliver':
        return this.#deliver(one);
      case 'work':
        this.#ofLatest(EventKind.processStart, one);
        return this.#ofLatest(EventKind.processDone, one);
      case 'settle':
        return this.#ofLatest(EventKind.settleInvoke, one);
      case 'answer':
        return this.#ofLatest(EventKind.settleSettled, one);
      case 'commit':
        return this.#commit(one);
      case 'member':
        return this.#member(one);
      case 'odd':
        return this.#odd(one);
    }
  }

  #add(kind: EventKind, of: Partial<EventRecord>, count: number): void {
    const event = Object.assign(emptyEvent(), { kind, timeNs: this.#timeNs }, of);
    if (!this.#isPlaced) event.flags &= ~Flag.placed;
    this.runs.push({ event, count });
  }

  #send({ which, count }: Step): void {
    const lane = which % 2;
    const seq = this.#next[lane] ?? 0;
    this.#next[lane] = seq + count;
    this.#open.push({ lane, seq, count });
    this.#invoked({ lane, seq, count }, 1);
  }

  #invoked({ lane, seq, count }: Sent, attempt: number): void {
    const ticket = this.#tickets + 1;
    this.#tickets += count;
    const of = { actor: 9, lane, seq, ticket, attempt, auxNs: this.#timeNs };
    this.#add(EventKind.sendInvoke, of, count);
  }

  /** Of what was sent a part, in front or behind, or the whole; perhaps two that were sent one after the other. */
  #store({ which, count, off }: Step): void {
    const at = which % Math.max(1, this.#open.length);
    const sent = this.#open[at];
    if (sent === undefined) return;
    const behind = this.#open[at + 1];
    const isOne = behind?.lane === sent.lane && behind.seq === sent.seq + sent.count && count > 2;
    const taken = isOne ? sent.count + behind.count : Math.min(count, sent.count);
    const { lane } = sent;
    const left = sent.count - Math.min(taken, sent.count);
    const isBehind = off === 1 && left > 0;
    const seq = sent.seq + (isBehind ? left : 0);
    const rest = { lane, seq: isBehind ? sent.seq : sent.seq + taken, count: left };
    this.#open.splice(at, isOne ? 2 : 1, ...(left > 0 ? [rest] : []));
    const position = Math.max(0, this.#end + off);
    this.#end = Math.max(this.#end, position + taken);
    this.#stored.push({ lane, seq, count: taken, position });
    const outcome = isOk[which % isOk.length] ?? OutcomeCode.ok;
    const place = { flags: Flag.placed, positionMajor: position };
    const of = { actor: 9, lane, seq, attempt: 1, outcome, ref: which === 5 ? 2 : 1 };
    this.#add(EventKind.sendSettled, { ...of, ...place }, taken);
  }

  #deliver({ which, count, off }: Step): void {
    const group = which % 2;
    const session = 1 + (which % 4);
    const from = Math.max(0, (this.#read[group] ?? 0) + off);
    const stored = this.#stored.find((one) => {
      return from >= one.position && from < one.position + one.count;
    });
    if (stored === undefined) return;
    const ahead = from - stored.position;
    const taken = Math.min(count, stored.count - ahead);
    const got = { lane: stored.lane, seq: stored.seq + ahead, count: taken, position: from };
    this.#read[group] = from + taken;
    this.#got.push({ ...got, group, session });
    const flags = Flag.placed | Flag.pulled;
    const of = { actor: session, group, session, lane: got.lane, seq: got.seq, flags };
    const positionMajor = which === 5 ? from + 1 : from;
    const pulled = { positionMajor, auxNs: Math.max(0, this.#timeNs - 1e6 * (count % 2)) };
    this.#add(EventKind.deliver, { ...of, ...pulled }, taken);
  }

  #ofLatest(kind: EventKind, { which, count, off }: Step): void {
    const got = this.#got.at(-1 - (which % 3));
    if (got === undefined) return;
    const { lane, seq, group, session, position } = got;
    const isSettlement = kind === EventKind.settleInvoke || kind === EventKind.settleSettled;
    const place =
      isSettlement && which !== 4 ? { flags: Flag.placed, positionMajor: position } : {};
    const by = off === 1 ? 1 + ((session + 1) % 4) : session;
    const outcome = kind === EventKind.settleSettled ? isOk[which % isOk.length] : 0;
    const detail = isSettlement ? SettlementCode.acknowledge : 0;
    const of = { actor: by, group, session: by, lane, seq, ticket: position + 1, ...place };
    this.#add(kind, { ...of, outcome: outcome ?? 0, detail }, Math.min(count, got.count));
  }

  #commit({ which, off, count }: Step): void {
    const group = which % 2;
    const session = 1 + (which % 4);
    const positionMajor = Math.max(0, (this.#read[group] ?? 0) + off);
    const ticket = 100_000 + this.runs.length;
    const flags = Flag.placed;
    const of = { actor: session, group, session, ticket, positionMajor, flags, ref: 1 };
    this.#add(EventKind.offsetCommitInvoke, of, 1);
    if (count === 1) return;
    this.#add(EventKind.offsetCommitSettled, { ...of, outcome: OutcomeCode.ok }, 1);
  }

  #member({ which, count }: Step): void {
    const session = 1 + (which % 4);
    const kind = memberKinds[(which + count) % memberKinds.length] ?? EventKind.assigned;
    const group = kind === EventKind.crashed ? noGroup : which % 2;
    this.#add(kind, { actor: session, group, session, lane: noLane, ref: count }, 1);
  }

  /** What no log does: again, twice at once, of nobody. */
  #odd({ which, count }: Step): void {
    const sent = { lane: which % 2, seq: 0, count };
    if (which < 2) return this.#invoked(sent, 2);
    const earlier = this.runs[which * 3];
    if (earlier === undefined) return;
    const event = { ...earlier.event, timeNs: this.#timeNs };
    this.runs.push({ event, count: which === 5 ? count + earlier.count : earlier.count });
  }
}

/** Histories of runs; what is no message's comes alone. */
export function someRuns(isPlaced: boolean): fc.Arbitrary<readonly Run[]> {
  return fc.array(step, { minLength: 10, maxLength: 60 }).map((steps) => {
    const making = new Making(isPlaced);
    for (const one of steps) making.take(one);
    return making.runs.map(({ event, count }) => {
      return { event, count: event.lane === noLane ? 1 : count };
    });
  });
}
