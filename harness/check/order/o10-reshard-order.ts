import { eachOfRun } from '../../core/event-run.ts';
import { EventKind, type EventRecord, Flag } from '../../core/events.ts';
import type { Check, CheckModule } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';

export const reshardOrder: CheckModule = {
  id: 'O10',
  definition:
    'After a scope was split, a group was handed a record of a child scope, and after that one of the parent, from before the parent’s end, that it had not had before.',
  source:
    'Kinesis developer guide, resharding: read the parent shards to their end before the children',
  memory: '24 bytes a group and split scope',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok","scope":"parent","position":0}',
    '{"timeMs":3,"kind":"scope.split","actor":"o","scope":"parent","child":"child","position":1}',
    '{"timeMs":4,"kind":"send.invoke","actor":"p","lane":"b","seq":0}',
    '{"timeMs":5,"kind":"send.settled","actor":"p","lane":"b","seq":0,"outcome":"ok","scope":"child","position":0}',
    '{"timeMs":6,"kind":"deliver","actor":"c","group":"g","lane":"b","seq":0,"scope":"child","position":0,"requestedMs":5.5}',
    '{"timeMs":8,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"scope":"parent","position":0,"requestedMs":7}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: ({ placed }) => (placed ? undefined : 'no places are recorded'),
  create: reshardOrderCheck,
};

interface Split {
  readonly child: number;
  readonly endMajor: number;
}

/** When a group was first handed a record of a scope, and in which session. */
interface Begun {
  readonly atNs: number;
  readonly session: number;
}

/**
 * A record of the parent that was requested before the child's was handed over may have been on its way in
 * another connection: possible only. A split that becomes known late is judged by what had been delivered.
 */
function reshardOrderCheck(state: MessageState, seed: number): Check {
  const findings = new Findings('O10', state.lanes, seed);
  const splits = new Map<number, Split[]>();
  const children = new Set<number>();
  const begun = state.groups.map(() => new Map<number, Begun>());
  let exposure = 0;
  const deliver = (event: EventRecord, count: number): void => {
    const { status, flagged } = state.delivery;
    const first = begun[event.group];
    if (first === undefined || (event.flags & Flag.placed) === 0) return;
    if (children.has(event.scope)) exposure += count;
    if (!first.has(event.scope)) {
      first.set(event.scope, { atNs: event.timeNs, session: event.session });
    }
    const ended = splits.get(event.scope);
    if (status !== 'first' || flagged || ended === undefined) return;
    eachOfRun(event, count, (one) => compare(one, ended, first));
  };
  const compare = (
    event: EventRecord,
    ended: readonly Split[],
    first: ReadonlyMap<number, Begun>,
  ): void => {
    const { lane } = state.delivery;
    let isPossible = false;
    for (const { child, endMajor } of ended) {
      const of = first.get(child);
      if (of === undefined || event.positionMajor >= endMajor) continue;
      const isLater = (event.flags & Flag.pulled) !== 0 && event.auxNs >= of.atNs;
      if (!isLater && event.session !== of.session) {
        isPossible = true;
        continue;
      }
      const [parentName, childName] = [event.scope, child].map((one) => state.nameOf('scope', one));
      const note = `from before the end of scope ${parentName}, after its child ${childName} was read`;
      return findings.add('parent after child', lane, event.seq, event.group, note);
    }
    if (isPossible) findings.possible += 1;
  };
  return {
    listensTo: [EventKind.deliver, EventKind.scopeSplit],
    takesRuns: true,
    fold: (event, count = 1) => {
      if (event.kind === EventKind.deliver) return deliver(event, count);
      const known = splits.get(event.scope) ?? [];
      splits.set(event.scope, [...known, { child: event.ref, endMajor: event.positionMajor }]);
      children.add(event.ref);
    },
    finish: () => findings.result(Math.max(exposure, findings.count)),
  };
}
