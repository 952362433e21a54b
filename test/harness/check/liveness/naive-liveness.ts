/** L1 to L4 by their definitions: every question is answered by a look at the whole history up to there. */
import {
  EventKind,
  type EventRecord,
  OutcomeCode,
  PhaseCode,
  ToleranceCode,
} from '../../../../harness/core/events.ts';

export interface Wait {
  /** Whether somebody is owed something after the event of this index. */
  readonly isOwed: (index: number) => boolean;
  /** Whether the event of this index is what was waited for. */
  readonly isStep: (index: number) => boolean;
}

const idOf = ({ lane, seq }: EventRecord): string => `${lane}:${seq}`;
const isAcknowledged = ({ kind, outcome }: EventRecord): boolean =>
  kind === EventKind.sendSettled && outcome === OutcomeCode.ok;
const isSuccess = (event: EventRecord): boolean =>
  isAcknowledged(event) || event.kind === EventKind.deliver;

export class NaiveLiveness {
  readonly #events: readonly EventRecord[];
  readonly #boundNs: number;

  constructor(events: readonly EventRecord[], boundMs: number) {
    this.#events = events;
    this.#boundNs = boundMs * 1e6;
  }

  /** Longest spans in which something is owed throughout and no step is made, longer than the bound. */
  stalls({ isOwed, isStep }: Wait): number {
    let count = 0;
    for (const [index, event] of this.#events.entries()) {
      const begins = isOwed(index) && (index === 0 || !isOwed(index - 1) || isStep(index));
      if (!begins) continue;
      const after = this.#events.findIndex((_, at) => at > index && (isStep(at) || !isOwed(at)));
      const end = this.#events[after < 0 ? this.#events.length - 1 : after];
      if (end !== undefined && end.timeNs - event.timeNs > this.#boundNs) count += 1;
    }
    return count;
  }

  ofSends(): Wait {
    return {
      isOwed: (index) => this.#openSends(index) > 0 && !this.#isExcused(index),
      isStep: (index) => isSuccess(this.#at(index)),
    };
  }

  ofGroup(group: number): Wait {
    return {
      isOwed: (index) =>
        this.#backlog(group, index).length > 0 &&
        this.#sessions(group, index).length > 0 &&
        !this.#isExcused(index),
      isStep: (index) => {
        const event = this.#at(index);
        return event.kind === EventKind.deliver && event.group === group;
      },
    };
  }

  slowRecoveries(): number {
    return [...this.#events.keys()].filter((index) => {
      if (this.#at(index).kind !== EventKind.faultStopped) return false;
      const over = this.#events.findIndex(
        (event, at) =>
          at > index &&
          (isSuccess(event) ||
            event.kind === EventKind.faultStarted ||
            event.kind === EventKind.faultStopped),
      );
      const last = over < 0 ? this.#events.length - 1 : over;
      if (over >= 0 && !isSuccess(this.#at(over))) return false;
      const asked = this.#events.findIndex(
        (_, at) => at >= index && at <= last && this.#openSends(at) > 0,
      );
      if (asked < 0 || (over < 0 && this.#openSends(last) === 0)) return false;
      return this.#at(last).timeNs - this.#at(asked).timeNs > this.#boundNs;
    }).length;
  }

  undrained(groups: readonly number[]): { count: number; possible: number } {
    const phase = (code: number): number =>
      this.#events.findLast((event) => event.kind === EventKind.phase && event.detail === code)
        ?.timeNs ?? -1;
    const [beganNs, endedNs] = [phase(PhaseCode.drain), phase(PhaseCode.end)];
    const open = groups.filter(
      (group) =>
        !this.#events.some(
          (event) => event.kind === EventKind.drainComplete && event.group === group,
        ),
    ).length;
    if (beganNs < 0) return { count: 0, possible: 0 };
    return endedNs < beganNs ? { count: 0, possible: open } : { count: open, possible: 0 };
  }

  holdsUnsettled(group: number): boolean {
    const of = this.#events.filter((event) => event.group === group);
    return of.some(
      (event) =>
        event.kind === EventKind.deliver &&
        !of.some((one) => one.kind === EventKind.settleSettled && idOf(one) === idOf(event)),
    );
  }

  #at(index: number): EventRecord {
    const event = this.#events[index];
    if (event === undefined) throw new Error(`no event ${index}`);
    return event;
  }

  #openSends(index: number): number {
    const until = this.#events.slice(0, index + 1);
    const count = (kind: EventKind): number => until.filter((event) => event.kind === kind).length;
    return count(EventKind.sendInvoke) - count(EventKind.sendSettled);
  }

  #isExcused(index: number): boolean {
    return this.#events
      .slice(0, index + 1)
      .some(
        (event, at) =>
          event.kind === EventKind.faultStarted &&
          event.detail !== ToleranceCode.tolerated &&
          !this.#events
            .slice(at, index + 1)
            .some((one) => one.kind === EventKind.faultStopped && one.ref === event.ref),
      );
  }

  /** Acknowledged since the last event that may have taken something away, and not yet delivered. */
  #backlog(group: number, index: number): readonly string[] {
    const until = this.#events.slice(0, index + 1);
    const gone = until.findLastIndex(
      (event) => event.kind === EventKind.drainComplete && event.group === group,
    );
    const acknowledged = until
      .filter((event, at) => at > gone && isAcknowledged(event))
      .map(idOf)
      .filter((id) => until.findIndex((one) => isAcknowledged(one) && idOf(one) === id) > gone);
    return acknowledged.filter(
      (id) =>
        !until.some(
          (event) =>
            event.kind === EventKind.deliver && event.group === group && idOf(event) === id,
        ),
    );
  }

  #sessions(group: number, index: number): readonly number[] {
    const until = this.#events.slice(0, index + 1);
    return until
      .filter((event) => event.kind === EventKind.sessionOpened && event.group === group)
      .map(({ session, actor }) => ({ session, actor }))
      .filter(({ session, actor }) => {
        const opened = until.findLastIndex(
          (event) => event.kind === EventKind.sessionOpened && event.session === session,
        );
        return !until
          .slice(opened)
          .some(
            (event) =>
              (event.kind === EventKind.sessionClosed && event.session === session) ||
              (event.kind === EventKind.crashed && event.actor === actor),
          );
      })
      .map(({ session }) => session);
  }
}
