import { plural } from '../../core/plural.ts';
import { eachOfRun } from '../../core/event-run.ts';
import { EventKind, type EventRecord, Flag, noGroup } from '../../core/events.ts';
import type { CellFacts } from '../../core/facts.ts';
import type { Position } from '../../core/position.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import { type GroupPassage, groupPassage } from '../groups/group-passage.ts';
import { placeText } from '../groups/skipped-entries.ts';
import { mainsOf } from '../state/excuses.ts';
import { type ExistingPositions, existingPositions } from '../state/existing-positions.ts';
import type { MessageState } from '../state/message-state.ts';
import { PositionSet } from '../state/position-set.ts';
import { type ScopeRuns, scopeRuns } from '../state/scope-runs.ts';
import { undrainedText } from '../state/undrained.ts';
import { ReadingSpans } from './reading-spans.ts';

export const skip: CheckModule = {
  id: 'O4',
  definition:
    'Within one session and assignment the position jumped over an entry that another reader got at that place, and the drained group never got it. An entry that only its sender was told of may be lost instead (D1) and is possible.',
  source: 'Jepsen Kafka workload (jepsen.tests.kafka), poll skip',
  memory: '3 bits a position; 64 bytes a run of reading',
  example: [
    '{"kind":"history","version":1,"groups":{"g":{"role":"subscription"},"h":{"role":"subscription"}}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok","scope":"s","position":0}',
    '{"timeMs":3,"kind":"send.invoke","actor":"p","lane":"a","seq":1}',
    '{"timeMs":4,"kind":"send.settled","actor":"p","lane":"a","seq":1,"outcome":"ok","scope":"s","position":1}',
    '{"timeMs":5,"kind":"send.invoke","actor":"p","lane":"a","seq":2}',
    '{"timeMs":6,"kind":"send.settled","actor":"p","lane":"a","seq":2,"outcome":"ok","scope":"s","position":2}',
    '{"timeMs":7,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"scope":"s","position":0}',
    '{"timeMs":8,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":2,"scope":"s","position":2}',
    '{"timeMs":9,"kind":"deliver","actor":"d","group":"h","lane":"a","seq":0,"scope":"s","position":0}',
    '{"timeMs":10,"kind":"deliver","actor":"d","group":"h","lane":"a","seq":1,"scope":"s","position":1}',
    '{"timeMs":11,"kind":"deliver","actor":"d","group":"h","lane":"a","seq":2,"scope":"s","position":2}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
    '{"timeMs":91,"kind":"drain.complete","group":"h"}',
  ],
  applies: ({ placed }: CellFacts) => (placed ? undefined : 'deliveries carry no place'),
  create: (state, seed) => new SkipCheck(state, seed),
};

/**
 * O4, skip. Gaps are looked at when the history is over: one that was closed later, by whichever member
 * and session, is none, and positions that no entry was seen at (markers of transactions, what compaction
 * left out) are no gaps. Runs of reading tell what was jumped over from what nobody was to read. Where
 * something was removed from the group (expiry, dead letters, purge) the removed entry may be the one that
 * is missing: possible. So is everything in a group that was not drained, which may get it yet.
 */
class SkipCheck implements Check {
  readonly takesRuns = true;
  readonly listensTo = [
    EventKind.deliver,
    EventKind.expired,
    EventKind.deadLettered,
    EventKind.purged,
  ];
  readonly #state: MessageState;
  readonly #findings: Findings;
  readonly #existing: ExistingPositions;
  readonly #passage: GroupPassage;
  readonly #runs: ScopeRuns;
  readonly #spans: ReadingSpans;
  /** What somebody got, of what exists. */
  readonly #read = new PositionSet();
  readonly #readers = new Set<number>();
  readonly #removedFrom = new Set<number>();
  readonly #mainsOf: readonly (readonly number[])[];

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#findings = new Findings('O4', state.lanes, seed);
    this.#existing = state.part(existingPositions);
    this.#passage = state.part(groupPassage);
    this.#runs = state.part(scopeRuns);
    this.#spans = new ReadingSpans(this.#runs);
    const { groups } = state.facts;
    this.#mainsOf = groups.map((_, reader) => mainsOf(groups, reader));
  }

  fold(event: EventRecord, count = 1): void {
    if (event.kind !== EventKind.deliver) {
      this.#removedFrom.add(event.group);
      return;
    }
    for (const main of this.#mainsOf[event.group] ?? []) this.#removedFrom.add(main);
    if ((event.flags & Flag.placed) === 0) return;
    this.#readers.add(event.group);
    if (this.#state.groups.length > 1 && this.#isMessage()) this.#noteRead(event, count);
    if (!this.#state.delivery.flagged) this.#spans.delivered(event, count);
  }

  #noteRead(event: EventRecord, count: number): void {
    const { set } = this.#existing;
    const { scope, positionMajor, positionMinor } = event;
    if (count > 1 && set.countRun(scope, positionMajor, count) === count) {
      this.#read.addRun(scope, positionMajor, count);
    } else if (count > 1) eachOfRun(event, count, (one) => this.#noteRead(one, 1));
    else if (set.has(scope, positionMajor, positionMinor)) {
      this.#read.add(scope, positionMajor, positionMinor);
    }
  }

  finish(): CheckResult {
    const groups = this.#judged();
    let exposure = 0;
    for (const group of groups) {
      for (const scope of this.#existing.set.scopes()) this.#scan(group, scope);
      // Without anybody else who reads, nothing tells a skipped entry from a lost one.
      if (this.#readers.size > 1) exposure += this.#passage.delivered[group]?.size ?? 0;
    }
    const reason = this.#findings.count === 0 ? this.#whyOpen(groups) : undefined;
    if (reason !== undefined) return { status: 'undecided', check: 'O4', reason };
    return this.#findings.result(exposure + this.#findings.count);
  }

  #isMessage(): boolean {
    const { status } = this.#state.delivery;
    return status === 'first' || status === 'repeat';
  }

  /** Groups that must get every entry of the scopes that they read. */
  #judged(): readonly number[] {
    const { groups } = this.#state.facts;
    return [...groups.keys()].filter((group) => {
      const facts = groups[group];
      return facts?.role === 'subscription' && !facts.filtered && this.#readers.has(group);
    });
  }

  #scan(group: number, scope: number): void {
    const delivered = this.#passage.delivered[group];
    if (delivered === undefined) return;
    const isSure = this.#isSure(group);
    this.#existing.set.eachMissingFrom(delivered, scope, (major, minor) => {
      const position = { major, minor };
      if (!this.#spans.covers(group, scope, position)) return;
      if (isSure && this.#read.has(scope, major, minor)) this.#found(group, scope, position);
      else this.#findings.possible += 1;
    });
  }

  #found(group: number, scope: number, position: Position): void {
    const atNs = this.#spans.passedNs(group, scope, position) ?? this.#state.lastNs;
    const note = `${placeText(this.#state, scope, position)} was jumped over, though another reader got it there`;
    this.#findings.addAbout('skipped', { about: 'scope', group, scope, atNs, note });
  }

  #isSure(group: number): boolean {
    const { drained, allPlaced } = this.#state.groups[group] ?? {};
    const isKnown = this.#passage.delivered[group]?.overflowed === 0 && allPlaced === true;
    const isRemoved = this.#removedFrom.has(group) || this.#removedFrom.has(noGroup);
    return drained === true && isKnown && !isRemoved;
  }

  #whyOpen(groups: readonly number[]): string | undefined {
    const undrained = groups.filter((group) => this.#state.groups[group]?.drained !== true);
    if (undrained.length > 0) return undrainedText(this.#state, undrained);
    const beyond = groups.reduce(
      (sum, group) => sum + (this.#passage.delivered[group]?.overflowed ?? 0),
      this.#existing.overflowed + this.#read.overflowed,
    );
    if (beyond > 0)
      return `${plural(beyond, 'position was', 'positions were')} beyond the bounds of memory`;
    const untracked = this.#spans.dropped + this.#runs.overflowed;
    if (untracked === 0) return undefined;
    return `${plural(untracked, 'run of reading was', 'runs of reading were')} beyond the bounds of memory`;
  }
}
