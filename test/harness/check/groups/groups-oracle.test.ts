import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventKind, type EventRecord } from '../../../../harness/core/events.ts';
import { judge, only, resultOf } from '../history-of.ts';
import { type GroupHistory, groupHistory, logFacts, ms } from './group-history.ts';

const entries = 4;
const who = fc.constantFrom({ actor: 2, session: 20 }, { actor: 3, session: 30 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('read' as const), who, at: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('assign' as const), who, at: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('revoke' as const), who, at: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), who, at: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), who, at: fc.nat(1) }) },
);

const histories = fc
  .array(step, { minLength: 3, maxLength: 25, size: 'max' })
  .map((steps): GroupHistory => {
    const history = groupHistory().fill(entries).readElsewhere(entries);
    for (const { do: what, who: to, at } of steps) {
      if (what === 'read') history.read([at], to);
      else if (what === 'assign') history.assign(to, at);
      else if (what === 'revoke') history.revoke(to);
      else if (what === 'lose') history.lose(to);
      else history.wait(2 * ms);
    }
    return history.drained();
  });

const isOf =
  ({ session }: EventRecord) =>
  (event: EventRecord): boolean =>
    event.session === session;
const isEnd = ({ kind }: EventRecord): boolean =>
  kind === EventKind.revoked || kind === EventKind.lost;
const isOwnership = (event: EventRecord): boolean =>
  event.kind === EventKind.assigned || isEnd(event);

/** Deliveries of group 0, each with what stands before and after it. */
function deliveries(events: readonly EventRecord[]) {
  return [...events.keys()].flatMap((index) => {
    const event = events[index];
    if (event?.kind !== EventKind.deliver || event.group !== 0) return [];
    return [{ event, before: events.slice(0, index), after: events.slice(index + 1) }];
  });
}

function naiveForeign(events: readonly EventRecord[]): { count: number; possible: number } {
  const found = { count: 0, possible: 0 };
  if (!events.some(({ kind }) => kind === EventKind.assigned)) return found;
  for (const { event, before, after } of deliveries(events)) {
    const own = before.filter((one) => isOf(event)(one) && isOwnership(one));
    const first = own.findIndex(({ kind }) => kind === EventKind.assigned);
    if (first < 0) {
      const next = after.find((one) => isOf(event)(one) && one.kind === EventKind.assigned);
      const isSoon = next !== undefined && next.timeNs - event.timeNs <= ms;
      if (isSoon) found.possible += 1;
      else found.count += 1;
      continue;
    }
    const last = own.findLastIndex(({ kind }) => kind === EventKind.assigned);
    const end = own.slice(last).find(isEnd);
    if (end === undefined) continue;
    if (event.auxNs > end.timeNs) found.count += 1;
    else found.possible += 1;
  }
  return found;
}

/** Nothing is committed here, everything has been read by others, and the group starts at the earliest. */
function naiveSkips(events: readonly EventRecord[]): number {
  const got = deliveries(events).map(({ event }) => event.positionMajor);
  const all = Array.from({ length: entries }, (_, at) => at);
  return all.filter((at) => !got.includes(at) && got.some((other) => other > at)).length;
}

describe('G2 and G5', () => {
  it('agree with the naive oracle on every small history', () => {
    const seen = { G2: 0, G5: 0 };
    fc.assert(
      fc.property(histories, (history) => {
        const judgement = judge(history, logFacts, only('G2', 'G5'));
        const foreign = resultOf(judgement, 'G5');
        const skipped = resultOf(judgement, 'G2');
        if (foreign.status !== 'decided' || skipped.status !== 'decided') throw new Error('open');
        const { count, possible } = foreign;
        expect({ count, possible }).toEqual(naiveForeign(history.events));
        expect([skipped.count, skipped.possible]).toEqual([naiveSkips(history.events), 0]);
        if (count > 0) seen.G5 += 1;
        if (skipped.count > 0) seen.G2 += 1;
      }),
      { numRuns: 1_000, seed: 20_261_125 },
    );
    expect(Math.min(seen.G2, seen.G5)).toBeGreaterThanOrEqual(10);
  });
});
