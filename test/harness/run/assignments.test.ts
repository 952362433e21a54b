import { describe, expect, it } from 'vitest';
import { emptyEvent, EventKind, type EventRecord } from '../../../harness/core/events.ts';
import { Assignments } from '../../../harness/run/assignments.ts';

const at = (timeNs: number, kind: EventKind, actor: number, scope = 0): EventRecord => ({
  ...emptyEvent(),
  kind,
  actor,
  timeNs,
  group: 0,
  scope,
});

function observed(events: readonly EventRecord[]): Assignments {
  const assignments = new Assignments();
  for (const event of events) assignments.observe(event);
  return assignments;
}

describe('who has what', () => {
  it('is whoever was assigned it last, also when the former owner says so later', () => {
    const assignments = observed([
      at(1, EventKind.assigned, 1, 0),
      at(2, EventKind.assigned, 1, 1),
      at(3, EventKind.assigned, 2, 1),
      at(4, EventKind.revoked, 1, 1),
    ]);
    expect([1, 2].map((actor) => assignments.heldBy(actor))).toEqual([1, 1]);
    expect(assignments.unowned).toBe(0);
  });

  it.each([EventKind.sessionClosed, EventKind.crashed])(
    'is nobody when the owner is gone (event %i)',
    (kind) => {
      const assignments = observed([at(1, EventKind.assigned, 1), at(2, kind, 1)]);
      expect(assignments.heldBy(1)).toBe(0);
      expect(assignments.unowned).toBe(1);
    },
  );
});

describe('what consumers gave up', () => {
  const assignments = observed([
    at(1, EventKind.assigned, 1, 0),
    at(5, EventKind.revoked, 1, 0),
    at(6, EventKind.lost, 2, 1),
    at(7, EventKind.revoked, 1, 0),
    at(8, EventKind.revoked, 3, 2),
    at(9, EventKind.revoked, 1, 0),
  ]);

  it('counts within the span alone, a scope as often as it was given up', () => {
    expect(assignments.givenUp(5, 9, 3)).toEqual({ scopes: 3, consumers: 2 });
    expect(assignments.givenUp(0, 5, 3)).toEqual({ scopes: 0, consumers: 0 });
  });

  it('leaves out the one that the fault was about', () => {
    expect(assignments.givenUp(0, 10, 1)).toEqual({ scopes: 2, consumers: 2 });
  });
});
