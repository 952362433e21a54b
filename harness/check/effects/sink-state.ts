import { EventKind, type EventRecord, OutcomeCode, SettlementCode } from '../../core/events.ts';
import type { MessageState } from '../state/message-state.ts';
import { Plane } from '../state/planes.ts';
import type { StatePart } from '../state/state-part.ts';

/** What is known of one sink: a place outside the messaging system where effects are applied. */
export class Sink {
  /** An effect was answered as applied. */
  readonly applied: Plane;
  /** More than one effect of the message was answered as applied. */
  readonly appliedTwice: Plane;
  /** An application ended unknown: it may stand in the sink. */
  readonly maybe: Plane;
  /** Found when the sink was read back, and found more than once. */
  readonly found: Plane;
  readonly foundTwice: Plane;
  /** Applied before the message had been delivered to the group that applied it. */
  readonly early: Plane;
  /** Processed or settled only after the sink had been read back: nothing tells whether its effect came. */
  readonly late: Plane;
  /** Groups that ever tried to apply something here. */
  readonly groups = new Set<number>();
  isReadBack = false;

  constructor(state: MessageState) {
    this.applied = new Plane(state.lanes);
    this.appliedTwice = new Plane(state.lanes);
    this.maybe = new Plane(state.lanes);
    this.found = new Plane(state.lanes);
    this.foundTwice = new Plane(state.lanes);
    this.early = new Plane(state.lanes);
    this.late = new Plane(state.lanes);
  }

  planes(): readonly Plane[] {
    const { applied, appliedTwice, maybe, found, foundTwice, early, late } = this;
    return [applied, appliedTwice, maybe, found, foundTwice, early, late];
  }
}

/** Ids outside every lane that a sink held, at most so many of them. */
const foreignKept = 4_096;

export interface ForeignEffect {
  readonly sink: number;
  readonly lane: number;
  readonly seq: number;
}

/** The sinks of a cell, and which messages were processed: what the effects must match. */
export class SinkState implements StatePart {
  readonly listensTo: readonly EventKind[];
  readonly sinks: readonly Sink[];
  /** By group: processing was finished. */
  readonly processed: readonly Plane[];
  /** Of messages that nobody had sent; the first of them, and how many there were. */
  readonly foreign: ForeignEffect[] = [];
  foreignTotal = 0;
  /** By group: processed or acknowledged, which is the more in a group that settles first. */
  readonly #worked: readonly Plane[];
  /** What tells of an acknowledgement: its answer, or that it was sent where none comes. */
  readonly #settled: EventKind;
  readonly #state: MessageState;

  constructor(state: MessageState) {
    this.#state = state;
    const { ackReply } = state.facts;
    this.#settled = ackReply === 'none' ? EventKind.settleInvoke : EventKind.settleSettled;
    this.listensTo = [
      EventKind.effectApplied,
      EventKind.sinkRead,
      EventKind.sinkComplete,
      EventKind.processDone,
      this.#settled,
    ];
    this.sinks = state.facts.sinks.map(() => new Sink(state));
    this.processed = state.facts.groups.map(() => new Plane(state.lanes));
    this.#worked = state.facts.groups.map(() => new Plane(state.lanes));
  }

  fold(event: EventRecord): void {
    const index = this.#state.lanes.indexOf(event.lane);
    if (event.kind === EventKind.processDone || event.kind === this.#settled) {
      const isSent = index >= 0 && event.seq < this.#state.lanes.nextOf(index);
      if (isSent && isFinished(event)) this.#work(index, event);
      return;
    }
    const sink = this.sinks[event.scope];
    if (sink === undefined) {
      const name = this.#state.nameOf('sink', event.scope);
      this.#state.irregularities.note('sink', `an event names sink ${name}`);
      return;
    }
    if (event.kind === EventKind.sinkComplete) sink.isReadBack = true;
    else if (index < 0 || event.seq >= this.#state.lanes.nextOf(index)) this.#foreign(event);
    else if (event.kind === EventKind.sinkRead) this.#read(sink, index, event);
    else this.#apply(sink, index, event);
  }

  bytes(): number {
    const planes = [
      ...this.processed,
      ...this.#worked,
      ...this.sinks.flatMap((sink) => sink.planes()),
    ];
    return planes.reduce((sum, plane) => sum + plane.bytes(), 0);
  }

  #work(lane: number, { kind, group, seq }: EventRecord): void {
    const processed = this.processed[group];
    const worked = this.#worked[group];
    if (processed === undefined || worked === undefined) return;
    if (kind === EventKind.processDone) processed.set(lane, seq);
    if (!worked.set(lane, seq)) return;
    for (const sink of this.sinks) if (sink.isReadBack) sink.late.set(lane, seq);
  }

  #read(sink: Sink, lane: number, { seq, ref: copies }: EventRecord): void {
    if (copies === 0) return;
    if (!sink.found.set(lane, seq) || copies > 1) sink.foundTwice.set(lane, seq);
  }

  #apply(sink: Sink, lane: number, { seq, group, outcome }: EventRecord): void {
    sink.groups.add(group);
    if (outcome === OutcomeCode.unknown) sink.maybe.set(lane, seq);
    if (outcome !== OutcomeCode.ok && outcome !== OutcomeCode.none) return;
    if (!sink.applied.set(lane, seq)) sink.appliedTwice.set(lane, seq);
    if (this.#state.groups[group]?.seen.get(lane, seq) === false) sink.early.set(lane, seq);
  }

  #foreign({ kind, scope: sink, lane, seq, outcome, ref }: EventRecord): void {
    const isThere = kind === EventKind.sinkRead ? ref > 0 : outcome !== OutcomeCode.fail;
    if (!isThere) return;
    this.foreignTotal += 1;
    if (this.foreign.length < foreignKept) this.foreign.push({ sink, lane, seq });
  }
}

function isFinished({ kind, detail, outcome }: EventRecord): boolean {
  if (kind === EventKind.processDone) return true;
  const isRefused = kind === EventKind.settleSettled && outcome !== OutcomeCode.ok;
  return detail === SettlementCode.acknowledge && !isRefused;
}

export const sinkState = (state: MessageState): SinkState => new SinkState(state);

export const noSinks = 'no effects outside the messaging system are recorded';
