import { EventKind, type EventRecord, Flag, noGroup } from '../../core/events.ts';
import type { WitnessRecord } from '../../record/schema.ts';
import type { Culprit } from '../check.ts';
import { type EventNames, nameOf } from '../event-names.ts';
import { EventsAround } from './candidates.ts';
import { type Surroundings, type WatchingTarget, witnessOf } from './target.ts';

type InstantCulprit = Extract<Culprit, { readonly atNs: number }>;

/** A scope, an actor or the whole cell at an instant: what happened there just before and after it. */
export class AroundTarget implements WatchingTarget {
  readonly #culprit: InstantCulprit;
  readonly #around: EventsAround;

  constructor(culprit: InstantCulprit) {
    this.#culprit = culprit;
    this.#around = new EventsAround(culprit.atNs);
  }

  show(event: EventRecord, order: number): void {
    if (this.#isOwn(event)) this.#around.add(event, order);
  }

  witness(surroundings: Surroundings): WitnessRecord {
    const candidates = this.#around.list();
    return witnessOf(
      {
        culprit: this.#culprit,
        subject: subjectOf(this.#culprit, surroundings.names),
        message: '',
        own: candidates.map(({ event }) => event),
        candidates,
        total: this.#around.total,
        neighbours: [],
      },
      surroundings,
    );
  }

  #isOwn(event: EventRecord): boolean {
    const culprit = this.#culprit;
    switch (culprit.about) {
      case 'scope':
        return isOfScope(event, culprit.scope) && isOfGroup(event, culprit.group);
      case 'actor':
        return event.actor === culprit.actor && isOfGroup(event, culprit.group);
      case 'cell':
        return progressKinds.has(event.kind) && isOfGroup(event, culprit.group);
    }
  }
}

/** What shows that a cell goes on, or that it stands. */
const progressKinds: ReadonlySet<number> = new Set([
  EventKind.sendInvoke,
  EventKind.sendSettled,
  EventKind.deliver,
  EventKind.settleSettled,
  EventKind.processDone,
  EventKind.phase,
]);

/** Kinds that are about a scope whether they carry a place or not. */
const scopeKinds: ReadonlySet<number> = new Set([
  EventKind.assigned,
  EventKind.revoked,
  EventKind.lost,
  EventKind.offsetCommitInvoke,
  EventKind.offsetCommitSettled,
  EventKind.read,
]);

const placedKinds: ReadonlySet<number> = new Set([
  EventKind.sendSettled,
  EventKind.deliver,
  EventKind.corrupted,
  EventKind.seeked,
]);

function isOfScope({ kind, scope, ref, flags }: EventRecord, wanted: number): boolean {
  if (kind === EventKind.scopeSplit) return scope === wanted || ref === wanted;
  if (scope !== wanted) return false;
  return scopeKinds.has(kind) || (placedKinds.has(kind) && (flags & Flag.placed) !== 0);
}

/** Sends are of no group and concern each. */
function isOfGroup({ group }: EventRecord, wanted: number): boolean {
  return wanted === noGroup || group === noGroup || group === wanted;
}

function subjectOf(culprit: InstantCulprit, names: EventNames): string {
  switch (culprit.about) {
    case 'scope':
      return `scope ${nameOf(names, 'scope', culprit.scope)}`;
    case 'actor':
      return names.actorName(culprit.actor);
    case 'cell':
      return 'the cell';
  }
}
