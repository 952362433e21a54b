import { eachOfRun } from '../../core/event-run.ts';
import { EventKind, type EventRecord, OutcomeCode, SettlementCode } from '../../core/events.ts';
import { plural } from '../../core/plural.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import { HoldFlag } from '../state/in-flight.ts';
import { grown, MessageTable } from '../state/message-table.ts';
import type { MessageState } from '../state/message-state.ts';

export const inFlightLimit: CheckModule = {
  id: 'V8',
  definition:
    'A session was handed a message while it held as many unsettled ones as its limit allows, none of which it had begun to settle and whose leases had not ended.',
  source: 'AMQP 0-9-1 basic.qos prefetch-count; JetStream MaxAckPending',
  memory: '12 bytes a message held by a session that has a limit',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":0.5,"kind":"session.opened","actor":"c","group":"g","session":"s","limit":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"send.invoke","actor":"p","lane":"a","seq":1}',
    '{"timeMs":2.5,"kind":"send.settled","actor":"p","lane":"a","seq":1,"outcome":"ok"}',
    '{"timeMs":3,"kind":"deliver","actor":"c","group":"g","session":"s","lane":"a","seq":0}',
    '{"timeMs":4,"kind":"deliver","actor":"c","group":"g","session":"s","lane":"a","seq":1}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: ({ consumption }) =>
    consumption === 'automatic' ? 'nothing is settled, so nothing is unsettled' : undefined,
  create: (state, seed) => new InFlightLimitCheck(state, seed),
};

interface LimitedSession {
  readonly limit: number;
  held: number;
}

/** Which session holds a message of one group. */
class Holders extends MessageTable {
  session = new Uint32Array(this.firstCapacity);

  protected columnBytes(): number {
    return 4;
  }

  protected growColumns(capacity: number): void {
    this.session = grown(new Uint32Array(capacity), this.session);
  }
}

/**
 * V8, more in flight than the limit allows. A settlement frees a place at the latest when it is answered and
 * at the earliest when it was begun, so a message counts until then only. One whose lease may have ended, or
 * that a cause may have taken away, counts as possible. Each delivery beyond the limit is a finding.
 */
class InFlightLimitCheck implements Check {
  readonly takesRuns = true;
  readonly listensTo = [
    EventKind.deliver,
    EventKind.settleInvoke,
    EventKind.settleSettled,
    EventKind.sessionOpened,
    EventKind.sessionClosed,
  ];
  readonly #state: MessageState;
  readonly #findings: Findings;
  readonly #sessions = new Map<number, LimitedSession>();
  readonly #holders: readonly Holders[];
  #anyLimit = false;
  #exposure = 0;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#findings = new Findings('V8', state.lanes, seed);
    this.#holders = state.groups.map(() => new Holders());
  }

  fold(event: EventRecord, count = 1): void {
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.sessionOpened:
        return this.#opened(event);
      case EventKind.sessionClosed:
        this.#sessions.delete(event.session);
        return;
      case EventKind.deliver:
        if (this.#anyLimit) eachOfRun(event, count, (one) => this.#deliver(one));
        return;
      default:
        if (this.#anyLimit) eachOfRun(event, count, (one) => this.#settle(one));
    }
  }

  finish(): CheckResult {
    const untracked = this.#holders.reduce((sum, { overflowed }) => sum + overflowed, 0);
    if (this.#findings.count === 0 && untracked > 0) {
      const reason = `${plural(untracked, 'delivery was', 'deliveries were')} beyond the table of what sessions hold`;
      return { status: 'undecided', check: 'V8', reason };
    }
    return this.#findings.result(this.#exposure);
  }

  #opened({ session, ref }: EventRecord): void {
    if (ref === 0) return;
    this.#anyLimit = true;
    this.#sessions.set(session, { limit: ref, held: this.#sessions.get(session)?.held ?? 0 });
  }

  #deliver(event: EventRecord): void {
    const { status, lane } = this.#state.delivery;
    const holders = this.#holders[event.group];
    if (holders === undefined || (status !== 'first' && status !== 'repeat')) return;
    this.#letGo(holders, lane, event.seq);
    const session = this.#sessions.get(event.session);
    if (session === undefined) return;
    this.#exposure += 1;
    const entry = holders.open(lane, event.seq);
    if (entry < 0) return;
    holders.session[entry] = event.session;
    session.held += 1;
    if (session.held <= session.limit) return;
    if (this.#certainlyHeld(event, holders) <= session.limit) {
      this.#findings.possible += 1;
      return;
    }
    const note = `delivered to a session that held ${plural(session.limit, 'unsettled message')}, its limit`;
    this.#findings.add('over limit', lane, event.seq, event.group, note);
  }

  #settle({ kind, detail, outcome, group, lane, seq, session }: EventRecord): void {
    const isExtension = detail === SettlementCode.extend;
    const isApplied = kind === EventKind.settleInvoke || outcome === OutcomeCode.ok;
    const holders = this.#holders[group];
    if (isExtension || !isApplied || holders === undefined) return;
    const index = this.#state.lanes.indexOf(lane);
    const entry = holders.find(index, seq);
    if (entry >= 0 && holders.session[entry] === session) this.#letGo(holders, index, seq);
  }

  #letGo(holders: Holders, lane: number, seq: number): void {
    const entry = holders.find(lane, seq);
    if (entry < 0) return;
    const session = this.#sessions.get(holders.session[entry] ?? 0);
    if (session !== undefined) session.held -= 1;
    holders.remove(lane, seq);
  }

  /** Of what the session holds, what nothing can have taken from it. */
  #certainlyHeld(event: EventRecord, holders: Holders): number {
    const inFlight = this.#state.groups[event.group]?.inFlight;
    const session = this.#sessions.get(event.session);
    if (inFlight === undefined || session === undefined) return 0;
    if (!this.#state.facts.leased && this.#nothingHappened(event.group)) return session.held;
    let certain = 0;
    holders.each((entry) => {
      if (holders.session[entry] !== event.session) return;
      const held = inFlight.find(holders.lane[entry] ?? 0, holders.seq[entry] ?? 0);
      if (held < 0 || inFlight.session[held] !== event.session) return;
      const isTaken = ((inFlight.flags[held] ?? 0) & HoldFlag.cause) !== 0;
      if (!isTaken && (inFlight.leaseMayEndNs[held] ?? 0) > event.timeNs) certain += 1;
    });
    return certain;
  }

  /** No crash, end, revocation or seek that could have taken anything from anybody. */
  #nothingHappened(group: number): boolean {
    return this.#state.groups[group]?.lastCauseNs === Number.NEGATIVE_INFINITY;
  }
}
