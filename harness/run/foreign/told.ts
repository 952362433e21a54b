import { EventKind, type EventRecord, OutcomeCode, PhaseCode } from '../../core/events.ts';
import type { GroupFacts } from '../../core/facts.ts';
import type { HistoryNamesRecord } from '../../import/sidecar.ts';
import type { FaultRecord, JudgedCell } from '../../record/schema.ts';

const phasesKept = 64;

interface Span {
  readonly name: string;
  readonly startNs: number;
  endNs: number;
}

/** What a history tells of its cell beyond its messages; plain data. */
export type Told = Pick<
  JudgedCell,
  'faults' | 'phases' | 'outcomes' | 'drain' | 'startedNs' | 'tookNs'
>;

export class ToldByHistory {
  readonly #names: HistoryNamesRecord;
  readonly #faults: FaultRecord[] = [];
  readonly #phases: Span[] = [];
  readonly #drained = new Set<number>();
  readonly #codes = new Map<number, number>();
  #firstNs = 0;
  #lastNs = 0;
  #events = 0;

  constructor(names: HistoryNamesRecord) {
    this.#names = names;
  }

  told(groups: readonly GroupFacts[]): Told {
    return {
      faults: this.#faultsToTheEnd(),
      phases: this.#phasesToTheEnd(),
      outcomes: this.#outcomes(),
      drain: this.#drain(groups),
      // Times are told as its writer wrote them, so that an event can be found in the file.
      startedNs: 0,
      tookNs: this.#lastNs - this.#firstNs,
    };
  }

  fold(event: EventRecord): void {
    if (this.#events === 0) this.#firstNs = event.timeNs;
    this.#events += 1;
    this.#lastNs = event.timeNs;
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.sendSettled:
        this.#codes.set(event.code, (this.#codes.get(event.code) ?? 0) + 1);
        return;
      case EventKind.faultStarted:
        return this.#faultStarted(event);
      case EventKind.faultStopped:
        return this.#faultStopped(event);
      case EventKind.drainComplete:
        this.#drained.add(event.group);
        return;
      case EventKind.phase:
        return this.#phase(event);
      default:
    }
  }

  /** A fault that nobody stopped lasts to the end; one about which nothing is said is taken to have bitten. */
  #faultsToTheEnd(): FaultRecord[] {
    return this.#faults.map((fault) =>
      fault.stoppedNs < 0 ? { ...fault, stoppedNs: this.#lastNs } : fault,
    );
  }

  #phasesToTheEnd(): JudgedCell['phases'] {
    const last = this.#phases.at(-1);
    if (last !== undefined) last.endNs = this.#lastNs;
    return this.#phases;
  }

  #outcomes(): Record<string, number> {
    return Object.fromEntries(
      [...this.#codes].map(([code, operations]) => [
        code === 0 ? 'no error named' : (this.#names.errors[code - 1] ?? `code ${code}`),
        operations,
      ]),
    );
  }

  #drain(groups: readonly GroupFacts[]): JudgedCell['drain'] {
    const open = groups.flatMap(({ role }, number) =>
      role === 'subscription' && !this.#drained.has(number)
        ? [this.#names.groups[number] ?? String(number)]
        : [],
    );
    const by =
      open.length === 0
        ? 'the history says so'
        : `the history has no drain.complete of ${open.slice(0, 5).join(', ')}`;
    return { complete: open.length === 0, tookNs: 0, by };
  }

  #faultStarted(event: EventRecord): void {
    this.#faults[event.ref] = {
      kind: this.#names.faults[event.ref] ?? `fault ${event.ref + 1}`,
      target: '',
      startedNs: event.timeNs,
      stoppedNs: -1,
      bit: true,
      inFlight: null,
      evidence: [],
    };
  }

  #faultStopped(event: EventRecord): void {
    const fault = this.#faults[event.ref];
    if (fault === undefined) return;
    const said = { [OutcomeCode.ok]: 'it bit', [OutcomeCode.fail]: 'it did not bite' };
    const value = said[event.outcome as keyof typeof said] ?? 'nothing';
    this.#faults[event.ref] = {
      ...fault,
      stoppedNs: event.timeNs,
      bit: event.outcome !== OutcomeCode.fail,
      evidence: [{ name: 'the history says', value }],
    };
  }

  #phase(event: EventRecord): void {
    const last = this.#phases.at(-1);
    if (last !== undefined) last.endNs = event.timeNs;
    if (this.#phases.length >= phasesKept) return;
    const name = Object.entries(PhaseCode).find(([, code]) => code === event.detail)?.[0] ?? '?';
    this.#phases.push({ name, startNs: event.timeNs, endNs: event.timeNs });
  }
}
