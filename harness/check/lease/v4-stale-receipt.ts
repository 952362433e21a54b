import { EventKind, type EventRecord, OutcomeCode, SettlementCode } from '../../core/events.ts';
import { plural } from '../../core/plural.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import { HoldFlag } from '../state/in-flight.ts';
import type { MessageState } from '../state/message-state.ts';
import { noLeases } from './applicability.ts';
import { pairKey } from '../state/pair-key.ts';

export const staleReceipt: CheckModule = {
  id: 'V4',
  definition:
    'An acknowledgement by a holder whose lease had ended was answered well while the lease of another holder was running, and it removed the message: the other never settled it, and nobody got it again.',
  source: 'SQS API reference, DeleteMessage with an old receipt handle',
  memory: 'a record for each message that two sessions have held and nobody has settled',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"deliver","actor":"c1","group":"g","lane":"a","seq":0,"requestedMs":1.8,"leaseMs":5}',
    '{"timeMs":11,"kind":"deliver","actor":"c2","group":"g","lane":"a","seq":0,"requestedMs":10,"leaseMs":40}',
    '{"timeMs":12,"kind":"settle.invoke","actor":"c1","group":"g","lane":"a","seq":0,"how":"acknowledge"}',
    '{"timeMs":13,"kind":"settle.settled","actor":"c1","group":"g","lane":"a","seq":0,"how":"acknowledge","outcome":"ok"}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  scope: 'lane',
  applies: (facts) =>
    noLeases(facts) ?? (facts.ackReply === 'none' ? 'acknowledgements have no answer' : undefined),
  create: (state, seed) => new StaleReceiptCheck(state, seed),
};

/** A message that was handed out again when the lease of its former holder had ended. */
interface Contest {
  readonly lane: number;
  readonly seq: number;
  readonly group: number;
  readonly formerSession: number;
  readonly formerEndsNs: number;
  readonly session: number;
  readonly actor: number;
  /** The lease of the present holder, as of the former's acknowledgement. */
  mayEndNs: number;
  endsNs: number;
  ticket: number;
  state: 'leased' | 'acknowledging' | 'accepted';
  /** Something made the present holder's lease uncertain, or may have settled the message. */
  isDisturbed: boolean;
}

const maxContests = 65_536;

/**
 * V4, an expired receipt that removed what another holds. An answer alone removes nothing: many systems
 * answer well and keep the message, which is then delivered again or settled by its present holder. So the
 * finding waits for the drain; until then any settlement, end or redelivery that explains the message's
 * absence makes it possible or none.
 */
class StaleReceiptCheck implements Check {
  readonly listensTo = [
    EventKind.deliver,
    EventKind.settleInvoke,
    EventKind.settleSettled,
    EventKind.sessionClosed,
    EventKind.crashed,
    EventKind.lost,
    EventKind.revoked,
  ];
  readonly #state: MessageState;
  readonly #findings: Findings;
  readonly #contests: readonly Map<number, Contest>[];
  #exposure = 0;
  #untracked = 0;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#findings = new Findings('V4', state.lanes, seed);
    this.#contests = state.groups.map(() => new Map());
  }

  fold(event: EventRecord): void {
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.deliver:
        return this.#deliver(event);
      case EventKind.settleInvoke:
        return this.#begin(event);
      case EventKind.settleSettled:
        return this.#end(event);
      default:
        this.#disturb(event);
    }
  }

  finish(): CheckResult {
    for (const contests of this.#contests) {
      for (const contest of contests.values()) {
        if (contest.state === 'accepted') this.#decide(contest);
      }
    }
    if (this.#findings.count === 0 && this.#untracked > 0) {
      const reason = `${plural(this.#untracked, 'message with two holders was', 'messages with two holders were')} beyond its table`;
      return { status: 'undecided', check: 'V4', reason };
    }
    return this.#findings.result(this.#exposure);
  }

  #deliver(event: EventRecord): void {
    const { status, lane, held, leaseEndsNs, holderSession } = this.#state.delivery;
    if (status !== 'repeat') return;
    const contests = this.#contests[event.group];
    const { seq, group, session, actor } = event;
    const key = pairKey(lane, seq);
    // It came back, so whatever was answered did not remove it.
    contests?.delete(key);
    if (contests === undefined || !held || holderSession === session) return;
    if (!Number.isFinite(leaseEndsNs) || event.ref === 0) return;
    if (contests.size >= maxContests) {
      this.#untracked += 1;
      return;
    }
    contests.set(key, {
      lane,
      seq,
      group,
      session,
      actor,
      formerSession: holderSession,
      formerEndsNs: leaseEndsNs,
      mayEndNs: 0,
      endsNs: 0,
      ticket: -1,
      state: 'leased',
      isDisturbed: false,
    });
  }

  #begin(event: EventRecord): void {
    const contest = this.#contestOf(event);
    if (contest === undefined) return;
    if (event.session === contest.session) contest.isDisturbed = true;
    if (event.session !== contest.formerSession || contest.state !== 'leased') return;
    if (event.detail !== SettlementCode.acknowledge || event.timeNs < contest.formerEndsNs) return;
    const inFlight = this.#state.groups[event.group]?.inFlight;
    const entry = inFlight?.find(contest.lane, contest.seq) ?? -1;
    if (inFlight === undefined || entry < 0) return;
    contest.state = 'acknowledging';
    contest.ticket = event.ticket;
    contest.mayEndNs = inFlight.leaseMayEndNs[entry] ?? 0;
    contest.endsNs = inFlight.leaseEndsNs[entry] ?? 0;
    if (((inFlight.flags[entry] ?? 0) & HoldFlag.cause) !== 0) contest.isDisturbed = true;
  }

  #end(event: EventRecord): void {
    const contest = this.#contestOf(event);
    if (contest === undefined) return;
    const isOk = event.outcome === OutcomeCode.ok;
    const isStale =
      contest.state === 'acknowledging' &&
      event.session === contest.formerSession &&
      event.ticket === contest.ticket;
    if (isStale) {
      const isRunning = event.timeNs < contest.mayEndNs && !contest.isDisturbed;
      this.#exposure += isRunning ? 1 : 0;
      if (isOk && isRunning) contest.state = 'accepted';
      else contest.state = 'leased';
      return;
    }
    if (isOk && event.detail !== SettlementCode.extend) this.#settled(contest);
    // Refused, its holder's own settlement is no other explanation.
    const isRefused = event.outcome === OutcomeCode.fail && event.session === contest.session;
    if (isRefused && contest.state === 'accepted') contest.isDisturbed = false;
  }

  /** Somebody else settled it, so nothing tells which of the two removed it. */
  #settled(contest: Contest): void {
    if (contest.state === 'accepted') this.#findings.possible += 1;
    this.#contests[contest.group]?.delete(pairKey(contest.lane, contest.seq));
  }

  /** An end of the present holder before the answer may have ended its lease. */
  #disturb({ kind, session, actor }: EventRecord): void {
    for (const contests of this.#contests) {
      for (const contest of contests.values()) {
        const isOf =
          kind === EventKind.sessionClosed ? contest.session === session : contest.actor === actor;
        if (isOf && contest.state !== 'accepted') contest.isDisturbed = true;
      }
    }
  }

  #decide(contest: Contest): void {
    const { lane, seq, group } = contest;
    const { drained, drainedNs } = this.#state.groups[group] ?? { drained: false, drainedNs: 0 };
    const isGone = drained && drainedNs >= contest.endsNs && !contest.isDisturbed;
    if (!isGone || this.#state.excuses.has(group, lane, seq)) {
      this.#findings.possible += 1;
      return;
    }
    const note = 'an acknowledgement after the end of its lease removed what another consumer held';
    this.#findings.add('removed', lane, seq, group, note);
  }

  #contestOf({ group, lane, seq }: EventRecord): Contest | undefined {
    const contests = this.#contests[group];
    if (contests === undefined || contests.size === 0) return undefined;
    return contests.get(pairKey(this.#state.lanes.indexOf(lane), seq));
  }
}
