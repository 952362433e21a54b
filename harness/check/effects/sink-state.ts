import {
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
  SettlementCode,
} from '../../core/events.ts';
import type { MessageState } from '../state/message-state.ts';
import { Plane } from '../state/planes.ts';
import type { StatePart } from '../state/state-part.ts';
import { CommittedInputs } from './committed-inputs.ts';
import { Sink } from './sink.ts';

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
  /** By group: processed, acknowledged or below its committed position, which is the most in a group that settles first. */
  readonly worked: readonly Plane[];
  /** By group: of these, what a commit of an offset passed before anything else told of it. */
  readonly passed: readonly Plane[];
  readonly committed: CommittedInputs;
  /** Of messages that nobody had sent; the first of them, and how many there were. */
  readonly foreign: ForeignEffect[] = [];
  foreignTotal = 0;
  /** What tells of an acknowledgement: its answer, or that it was sent where none comes. */
  readonly #settled: EventKind;
  readonly #state: MessageState;
  #isComplete = false;

  constructor(state: MessageState) {
    this.#state = state;
    const { ackReply, offsets, groups, sinks } = state.facts;
    this.#settled = ackReply === 'none' ? EventKind.settleInvoke : EventKind.settleSettled;
    this.listensTo = [
      EventKind.effectApplied,
      EventKind.sinkRead,
      EventKind.sinkComplete,
      EventKind.processDone,
      this.#settled,
      ...(offsets ? [EventKind.deliver, EventKind.offsetCommitSettled] : []),
    ];
    this.sinks = sinks.map(() => new Sink(state.lanes));
    this.processed = groups.map(() => new Plane(state.lanes));
    this.worked = groups.map(() => new Plane(state.lanes));
    this.passed = groups.map(() => new Plane(state.lanes));
    this.committed = new CommittedInputs(state.lanes, groups.length, (lane, seq, group) => {
      if (this.#work(lane, seq, group)) this.passed[group]?.set(lane, seq);
    });
  }

  fold(event: EventRecord): void {
    switch (event.kind) {
      case EventKind.processDone:
      case this.#settled:
        return this.#finished(event);
      case EventKind.deliver:
        return this.#delivered(event);
      case EventKind.offsetCommitSettled:
        // A transaction's number stands in `seq`: its inputs are settled by its end.
        if (event.outcome === OutcomeCode.ok && event.seq === 0) this.committed.committed(event);
        return;
      default:
        return this.#ofSink(event);
    }
  }

  /** Once the history is over: a reading back that has no end may have been cut off. */
  complete(): void {
    if (this.#isComplete) return;
    this.#isComplete = true;
    this.sinks.forEach((sink, number) => {
      if (!sink.isBeingRead) return;
      const text = `sink ${this.nameOf(number)} was read back, and the end of the reading (sink.complete) is missing`;
      this.#state.irregularities.note('sink reading', text);
    });
  }

  nameOf(sink: number): string {
    return this.#state.facts.sinks[sink]?.name ?? String(sink);
  }

  bytes(): number {
    return [
      ...this.processed,
      ...this.worked,
      ...this.passed,
      ...this.sinks,
      this.committed,
    ].reduce((sum, part) => sum + part.bytes(), 0);
  }

  #finished(event: EventRecord): void {
    const { kind, group, lane, seq } = event;
    const index = this.#state.lanes.indexOf(lane);
    const isSent = index >= 0 && seq < this.#state.lanes.nextOf(index);
    if (!isSent || !isFinished(event)) return;
    if (kind === EventKind.processDone) this.processed[group]?.set(index, seq);
    this.#work(index, seq, group);
  }

  #delivered(event: EventRecord): void {
    const { status, lane } = this.#state.delivery;
    if ((event.flags & Flag.placed) === 0 || status === 'foreign' || status === 'ignored') return;
    const isWorked = this.worked[event.group]?.get(lane, event.seq) ?? true;
    if (!isWorked) this.committed.delivered(event, lane);
  }

  /** @returns false when it was worked on before */
  #work(lane: number, seq: number, group: number): boolean {
    if (this.worked[group]?.set(lane, seq) !== true) return false;
    for (const sink of this.sinks) if (sink.isReadBack) sink.late.set(lane, seq);
    return true;
  }

  #ofSink(event: EventRecord): void {
    const sink = this.sinks[event.scope];
    if (sink === undefined) {
      const name = this.#state.nameOf('sink', event.scope);
      this.#state.irregularities.note('sink', `an event names sink ${name}`);
      return;
    }
    if (event.kind === EventKind.sinkComplete) return sink.completeReading();
    if (event.kind === EventKind.sinkRead) sink.beginReading();
    const index = this.#state.lanes.indexOf(event.lane);
    if (index < 0 || event.seq >= this.#state.lanes.nextOf(index)) return this.#foreign(event);
    if (event.kind === EventKind.sinkRead) return sink.read(index, event.seq, event.ref);
    this.#apply(sink, index, event);
  }

  #apply(sink: Sink, lane: number, { seq, group, outcome }: EventRecord): void {
    sink.groups.add(group);
    sink.apply(lane, seq, outcome);
    if (outcome !== OutcomeCode.ok && outcome !== OutcomeCode.none) return;
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
