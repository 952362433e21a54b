import { EventKind, type EventRecord, Flag, OutcomeCode } from '../../core/events.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import { bindingsOf, type Bindings } from '../state/bindings.ts';
import type { GroupState } from '../state/group-state.ts';
import type { MessageState } from '../state/message-state.ts';

export const poison: CheckModule = {
  id: 'Q6',
  definition:
    'A message was delivered again and again for longer than the bound, and nothing else of its scope, although a confirmed message of the scope was waiting all the time.',
  source:
    'Kafka consumers, poison pills; Enterprise Integration Patterns, invalid message channel; the bound is the cell’s own',
  memory: '80 bytes a scope and group',
  example: [
    '{"kind":"history","version":1,"groups":{"g":{"role":"subscription","attempts":9,"deadLetter":"dlq"}},"bounds":{"poisonMs":10}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"send.invoke","actor":"p","lane":"a","seq":1}',
    '{"timeMs":2.5,"kind":"send.settled","actor":"p","lane":"a","seq":1,"outcome":"ok"}',
    '{"timeMs":3,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":4,"kind":"settle.invoke","actor":"c","group":"g","lane":"a","seq":0,"how":"requeue"}',
    '{"timeMs":20,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":21,"kind":"settle.invoke","actor":"c","group":"g","lane":"a","seq":0,"how":"acknowledge"}',
    '{"timeMs":22,"kind":"settle.settled","actor":"c","group":"g","lane":"a","seq":0,"how":"acknowledge","outcome":"ok"}',
    '{"timeMs":23,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":1}',
    '{"timeMs":24,"kind":"settle.invoke","actor":"c","group":"g","lane":"a","seq":1,"how":"acknowledge"}',
    '{"timeMs":25,"kind":"settle.settled","actor":"c","group":"g","lane":"a","seq":1,"how":"acknowledge","outcome":"ok"}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
    '{"timeMs":91,"kind":"drain.complete","group":"dlq"}',
  ],
  applies: ({ groups, messageGroups }) => {
    if (messageGroups) return 'message groups wait behind their head by promise';
    return groups.some(
      (of) => of.role === 'subscription' && (of.attempts > 0 || of.deadLetter >= 0),
    )
      ? undefined
      : 'no group has a delivery limit or dead letters';
  },
  create: (state, seed) => new PoisonCheck(state, seed),
};

/** The message that a scope delivered last, and one that has been waiting behind it. */
interface Head {
  lane: number;
  seq: number;
  waitingLane: number;
  waitingSeq: number;
  /** Since when it certainly waits while nothing but the head comes; -1 while none does. */
  sinceNs: number;
  isTold: boolean;
}

interface Waiting {
  lane: number;
  seq: number;
}

/**
 * Q6, a poison message blocks its scope. The scope is where the copies have their places; without places
 * the whole group. Time counts only while nothing else can be the reason: not before the last crash, end of a
 * session, revocation or seek in the group, and not until a fault and the recovery after it are over. A
 * message that is delivered once and held for long is a slow consumer and no finding.
 */
class PoisonCheck implements Check {
  readonly listensTo = [
    EventKind.deliver,
    EventKind.sendSettled,
    EventKind.faultStarted,
    EventKind.faultStopped,
  ];
  readonly #state: MessageState;
  readonly #findings: Findings;
  readonly #bindings: Bindings;
  /** By group, then by scope. */
  readonly #heads: readonly Map<number, Head>[];
  /** By scope: the message that was confirmed last; -1: of any scope. */
  readonly #confirmed = new Map<number, Waiting>();
  #activeFaults = 0;
  #calmFromNs = Number.NEGATIVE_INFINITY;
  #chances = 0;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#findings = new Findings('Q6', state.lanes, seed);
    this.#bindings = bindingsOf(state);
    this.#heads = state.groups.map(() => new Map());
  }

  fold(event: EventRecord): void {
    const kind: number = event.kind;
    if (kind === EventKind.deliver) return this.#deliver(event);
    if (kind === EventKind.sendSettled) return this.#confirm(event);
    this.#activeFaults = Math.max(
      0,
      this.#activeFaults + (kind === EventKind.faultStarted ? 1 : -1),
    );
    this.#calmFromNs = event.timeNs + this.#state.facts.bounds.recoveryMs * 1e6;
  }

  finish(): CheckResult {
    return this.#findings.result(Math.max(this.#chances, this.#findings.count));
  }

  #confirm(event: EventRecord): void {
    const lane = this.#state.lanes.indexOf(event.lane);
    if (event.outcome !== OutcomeCode.ok || lane < 0) return;
    this.#confirmedIn(-1, lane, event.seq);
    if ((event.flags & Flag.placed) !== 0) this.#confirmedIn(event.scope, lane, event.seq);
  }

  #confirmedIn(scope: number, lane: number, seq: number): void {
    const known = this.#confirmed.get(scope);
    if (known === undefined) this.#confirmed.set(scope, { lane, seq });
    else {
      known.lane = lane;
      known.seq = seq;
    }
  }

  #deliver(event: EventRecord): void {
    const { status, lane, done } = this.#state.delivery;
    const group = this.#state.groups[event.group];
    const heads = this.#heads[event.group];
    if (group === undefined || heads === undefined) return;
    if (status !== 'first' && status !== 'repeat') return;
    const scope = (event.flags & Flag.placed) === 0 ? -1 : event.scope;
    let head = heads.get(scope);
    if (head === undefined) {
      head = { lane: -1, seq: 0, waitingLane: -1, waitingSeq: 0, sinceNs: -1, isTold: false };
      heads.set(scope, head);
    }
    const isSame = head.lane === lane && head.seq === event.seq && status === 'repeat' && !done;
    if (!isSame) {
      head.lane = lane;
      head.seq = event.seq;
      head.sinceNs = -1;
      head.isTold = false;
    }
    this.#judge(head, isSame, scope, group, event);
  }

  #judge(head: Head, isSame: boolean, scope: number, group: GroupState, event: EventRecord): void {
    if (this.#activeFaults > 0) head.sinceNs = -1;
    else if (head.sinceNs < 0 || group.seen.get(head.waitingLane, head.waitingSeq)) {
      this.#await(head, scope, group, event);
    } else if (isSame) {
      this.#chances += 1;
      const fromNs = Math.max(head.sinceNs, group.lastCauseNs, this.#calmFromNs);
      const { poisonMs } = this.#state.facts.bounds;
      if (head.isTold || event.timeNs - fromNs <= poisonMs * 1e6) return;
      head.isTold = true;
      const waiting = `${this.#state.lanes.nameOf(this.#state.lanes.laneOf(head.waitingLane))}:${head.waitingSeq}`;
      const note = `nothing else was delivered for more than ${poisonMs} ms, while ${waiting} waited`;
      this.#findings.add('blocked', head.lane, head.seq, event.group, note);
    }
  }

  #await(head: Head, scope: number, group: GroupState, event: EventRecord): void {
    head.sinceNs = -1;
    const waiting = this.#confirmed.get(scope);
    if (waiting === undefined || group.seen.get(waiting.lane, waiting.seq)) return;
    const word = this.#bindings.belongsWord(event.group, waiting.lane, waiting.seq >>> 5);
    if (((word >>> (waiting.seq & 31)) & 1) === 0) return;
    head.waitingLane = waiting.lane;
    head.waitingSeq = waiting.seq;
    head.sinceNs = event.timeNs;
  }
}
