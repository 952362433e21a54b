import { createJudge, type Judgement } from '../../../../harness/check/judge.ts';
import {
  BindingCode,
  emptyEvent,
  EventKind,
  type EventRecord,
} from '../../../../harness/core/events.ts';
import { type CellFacts, type GroupFacts, plainGroup } from '../../../../harness/core/facts.ts';
import { HistoryBuilder, producer, settling } from '../history-of.ts';

const filtered: GroupFacts = {
  role: 'subscription',
  reset: 'unknown',
  attempts: 0,
  deadLetter: -1,
  requeueTo: 'any',
  filtered: true,
};

/**
 * Route 0 leads to group 0, route 1 to groups 0 and 1, route 2 to nobody. Group 2 is filtered, and routes 0
 * and 1 lead to it. Lanes 0 to 2 have the routes of their numbers, lane 3 has none.
 */
export const routed = {
  groups: [plainGroup, plainGroup, filtered],
  routes: [
    { groups: [0, 2], mandatory: true },
    { groups: [0, 1, 2], mandatory: false },
    { groups: [], mandatory: true },
  ],
} satisfies Partial<CellFacts>;

export class RoutedHistory extends HistoryBuilder {
  binding(
    what: 'bind' | 'unbind',
    stage: 'invoke' | 'settled',
    route: number,
    group: number,
  ): this {
    const kind = what === 'bind' ? EventKind.bound : EventKind.unbound;
    return this.add({ kind, group, ref: route, detail: BindingCode[stage] });
  }

  rebind(what: 'bind' | 'unbind', route: number, group: number): this {
    return this.binding(what, 'invoke', route, group).binding(what, 'settled', route, group);
  }

  returned(lane: number, seq: number): this {
    return this.add({ kind: EventKind.sendReturned, actor: producer, lane, seq });
  }

  to(lane: number, seq: number, ...groups: readonly number[]): this {
    for (const group of groups) this.consume(lane, seq, { group, redelivered: false });
    return this;
  }

  drainedAll(): this {
    return this.drained(0).drained(1).drained(2);
  }
}

export function judgeRouted(
  { events }: { readonly events: readonly EventRecord[] },
  facts: Partial<CellFacts> = routed,
): Judgement {
  const judge = createJudge({ ...settling, ...facts });
  for (const lane of [0, 1, 2, 3]) {
    const route = lane < 3 ? lane : -1;
    judge.addLanes({ first: lane, count: 1, ordered: true, actor: producer, route });
  }
  const reused = emptyEvent();
  for (const event of events) judge.fold(Object.assign(reused, event));
  return judge.finish();
}
