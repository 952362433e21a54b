import { eachOfRun } from '../../core/event-run.ts';
import {
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
  SettlementCode,
  TransactionEndCode,
} from '../../core/events.ts';
import type { CellFacts } from '../../core/facts.ts';
import type { Check, CheckModule, CheckResult, Culprit } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { type Hold, type Ownership, ownership } from '../state/ownership.ts';

export const zombie: CheckModule = {
  id: 'G4',
  definition:
    'A commit of offsets or an acknowledgement was begun in a generation after another session had been assigned the scope in a later one, and it was answered ok. In a transaction the commit of the transaction has to be answered ok as well.',
  source:
    'Kafka protocol, ILLEGAL_GENERATION and FENCED_MEMBER_EPOCH; KIP-447 for commits in transactions',
  memory: '64 bytes an assignment, and the unanswered commits of zombies',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"group.assigned","actor":"c","group":"g","scope":"p0","generation":1}',
    '{"timeMs":9,"kind":"group.assigned","actor":"d","group":"g","scope":"p0","generation":2}',
    '{"timeMs":20,"kind":"commit.offset.invoke","actor":"c","group":"g","scope":"p0","position":0,"generation":1}',
    '{"timeMs":21,"kind":"commit.offset.settled","actor":"c","group":"g","scope":"p0","position":0,"generation":1,"outcome":"ok"}',
    '{"timeMs":22,"kind":"group.lost","actor":"c","group":"g","scope":"p0"}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: ({ assignments }: CellFacts) =>
    assignments ? undefined : 'no assignments are recorded',
  create: (state, seed) => new ZombieCheck(state, seed),
};

/** What a zombie has begun and nobody has answered. */
interface Attempt {
  readonly isCertain: boolean;
  readonly kind: 'commit' | 'acknowledgement';
  readonly culprit: Culprit;
}

/** Attempts that wait for their answer, and those of one transaction for its end; those beyond are possible. */
const maxWaiting = 4_096;

/**
 * G4, zombie, for whatever carries a group's generation. A send in a transaction carries none: what fences
 * it is its epoch (T8), and the offsets in the same transaction. Where generations are not known, the
 * order of the callbacks tells who came later, which makes a finding possible only.
 */
class ZombieCheck implements Check {
  readonly takesRuns = true;
  readonly listensTo = [
    EventKind.offsetCommitInvoke,
    EventKind.offsetCommitSettled,
    EventKind.settleInvoke,
    EventKind.settleSettled,
    EventKind.transactionEndSettled,
  ];
  readonly #state: MessageState;
  readonly #ownership: Ownership;
  readonly #findings: Findings;
  readonly #skewNs: number;
  readonly #unanswered = new Map<string, Attempt>();
  readonly #inTransaction = new Map<number, Attempt[]>();
  #attempts = 0;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#ownership = state.part(ownership);
    this.#findings = new Findings('G4', state.lanes, seed);
    this.#skewNs = state.facts.bounds.skewMs * 1e6;
  }

  fold(event: EventRecord, count = 1): void {
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.offsetCommitInvoke:
        return this.#begin(event, 1, event.scope, event.ref, 'commit');
      case EventKind.settleInvoke:
        if (event.detail === SettlementCode.acknowledge) this.#acknowledging(event, count);
        return;
      case EventKind.transactionEndSettled:
        return this.#ended(event);
      default:
        if (this.#unanswered.size > 0) eachOfRun(event, count, (one) => this.#answered(one));
    }
  }

  finish(): CheckResult {
    for (const attempts of this.#inTransaction.values()) this.#findings.possible += attempts.length;
    return this.#findings.result(this.#attempts);
  }

  #acknowledging(event: EventRecord, count: number): void {
    const isPlaced = (event.flags & Flag.placed) !== 0;
    if (isPlaced) return this.#begin(event, count, event.scope, 0, 'acknowledgement');
    eachOfRun(event, count, (one) => this.#begin(one, 1, this.#scopeOf(one), 0, 'acknowledgement'));
  }

  /** Acknowledgements name a message; its place is in the event or remembered from its delivery. */
  #scopeOf({ group, lane, seq, flags, scope }: EventRecord): number {
    if ((flags & Flag.placed) !== 0) return scope;
    return this.#state.groups[group]?.places?.scopeOf(this.#state.lanes.indexOf(lane), seq) ?? -1;
  }

  #begin(
    event: EventRecord,
    count: number,
    scope: number,
    generation: number,
    kind: Attempt['kind'],
  ): void {
    const { group, session, timeNs } = event;
    const of = this.#ownership.find(group, scope);
    if (of === undefined) return;
    const own = of.of(session);
    const at = generation > 0 ? generation : (own?.generation ?? 0);
    const later = of.holds.filter((hold) => hold.session !== session && isLater(hold, own, at));
    if (later.length === 0) return;
    this.#attempts += count;
    const isCertain =
      at > 0 && later.some((hold) => hold.generation > at && hold.sinceNs + this.#skewNs < timeNs);
    const note = `${kind} accepted although session ${later[0]?.session} owned scope ${this.#state.nameOf('scope', scope)} by then`;
    eachOfRun(event, count, (one) => {
      const { lane, seq } = one;
      const culprit: Culprit =
        kind === 'acknowledgement'
          ? { about: 'message', group, lane, seq, note }
          : { about: 'scope', group, scope, atNs: timeNs, note };
      if (this.#unanswered.size >= maxWaiting) this.#findings.possible += 1;
      else this.#unanswered.set(keyOf(one, kind), { isCertain, kind, culprit });
    });
  }

  #answered(event: EventRecord): void {
    const isCommit = event.kind === EventKind.offsetCommitSettled;
    if (!isCommit && event.detail !== SettlementCode.acknowledge) return;
    const key = keyOf(event, isCommit ? 'commit' : 'acknowledgement');
    const attempt = this.#unanswered.get(key);
    if (attempt === undefined) return;
    this.#unanswered.delete(key);
    if (event.outcome !== OutcomeCode.ok) return;
    const transaction = isCommit ? event.seq : 0;
    if (transaction === 0) return this.#count(attempt);
    const waiting = this.#inTransaction.get(transaction) ?? [];
    if (waiting.length === 0 && this.#inTransaction.size >= maxWaiting) {
      this.#findings.possible += 1;
      return;
    }
    this.#inTransaction.set(transaction, [...waiting, attempt]);
  }

  #ended({ ref: transaction, detail, outcome }: EventRecord): void {
    const attempts = this.#inTransaction.get(transaction);
    if (attempts === undefined || outcome === OutcomeCode.unknown) return;
    if (outcome !== OutcomeCode.ok) {
      // A refused commit is how the zombie is fenced; a refused abort leaves the transaction open.
      if (detail === TransactionEndCode.commit) this.#inTransaction.delete(transaction);
      return;
    }
    this.#inTransaction.delete(transaction);
    if (detail === TransactionEndCode.commit) attempts.forEach((attempt) => this.#count(attempt));
  }

  #count({ isCertain, kind, culprit }: Attempt): void {
    if (isCertain) this.#findings.addAbout(kind, culprit);
    else this.#findings.possible += 1;
  }
}

/** Another session's hold that came after the attempt's generation; by its callback where none is known. */
function isLater(hold: Hold, own: Hold | undefined, generation: number): boolean {
  if (generation > 0 && hold.generation > 0) return hold.generation > generation;
  return own !== undefined && hold.sinceNs > own.sinceNs;
}

function keyOf({ session, ticket, lane, seq }: EventRecord, kind: Attempt['kind']): string {
  return kind === 'commit' ? `${session} ${ticket}` : `${session} ${ticket} ${lane}:${seq}`;
}
