import type { Start } from '../../engines/engine.ts';
import type { FaultPlan } from '../../scenarios/scenario.ts';
import { EventKind } from '../core/events.ts';
import { comparePositions } from '../core/position.ts';
import { faultRecord } from '../fault/evidence.ts';
import type { FaultRecord } from '../record/schema.ts';
import { untilRead } from './drain.ts';
import { mark, neverStarted } from './fault-marks.ts';
import { isBacklog } from './is-backlog.ts';
import { type LaterCopy, type LaterReading, mayHaveOwnGroup, readLater } from './later-reader.ts';
import { newestOfKeys } from './newest-of-keys.ts';
import type { Stage } from './stage.ts';
import { middleInstant, sideOf } from './start-in-time.ts';
import { readClocks } from './two-clocks.ts';
import { waitUntil } from './waiting.ts';

const readyMs = 60_000;
const pollMs = 5;

/**
 * When all has been read and settled, or, where consumers come after the load, before anybody has: somebody comes
 * and reads from the beginning. Where readers can have groups of their own, others come after it, who read from the
 * beginning, from the middle of a scope and from an instant in the middle of the load.
 */
export async function readAgain(
  plan: FaultPlan & { readonly kind: 'read-again' },
  index: number,
  stage: Stage,
): Promise<FaultRecord> {
  if (stage.cell.profile.consumption === 'automatic' && !mayHaveOwnGroup(stage)) {
    return neverStarted(plan, stage, 'who reads here takes away what it reads');
  }
  const ready = await isReady(stage);
  const startedNs = mark(stage, EventKind.faultStarted, index);
  const before = delivered(stage);
  const first = await readLater(stage, { name: 'first', from: { at: 'earliest' } });
  const { clock } = stage.environment;
  const ofKeys = newestOfKeys(
    first.copies,
    stage.history.reading.newestAcknowledged(),
    clock.nowNs(),
  );
  const starts = mayHaveOwnGroup(stage) ? startsIn(first.copies, stage) : [];
  const again = await readFrom(starts, first.copies, stage);
  const disturbed = delivered(stage) - before;
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  return faultRecord({
    target: '',
    startedNs,
    stoppedNs,
    inFlight: null,
    evidence: {
      kind: plan.kind,
      ready,
      whole: [first, ...again].every(({ isWhole }) => isWhole),
      acknowledged: stage.troupe.acknowledged(),
      seen: new Set(first.copies.map(({ message }) => message)).size,
      startsAgain: again.map(({ word }) => word),
      ofKeys,
      otherwise: again.reduce((sum, { otherwise }) => sum + otherwise, 0),
      disturbed,
    },
  });
}

async function isReady(stage: Stage): Promise<boolean> {
  const { signal } = stage.environment;
  const isSent = (): boolean => stage.troupe.livingProducers().length === 0;
  if (!(await waitUntil(isSent, readyMs, pollMs, signal))) return false;
  return isBacklog(stage) || (await untilRead(stage, 0, readyMs)).done;
}

const delivered = ({ troupe }: Stage): number =>
  troupe.livingConsumers().reduce((sum, consumer) => sum + consumer.counters().delivered, 0);

interface StartAgain {
  readonly word: string;
  readonly from: Start;
  /** What is certainly read from there, and what certainly is not; the rest may or may not be. */
  is(copy: LaterCopy): 'in' | 'out' | 'either';
}

function startsIn(first: readonly LaterCopy[], stage: Stage): readonly StartAgain[] {
  const starts: StartAgain[] = [
    { word: 'the beginning', from: { at: 'earliest' }, is: () => 'in' },
  ];
  const [some] = first;
  if (some === undefined) return starts;
  const { scope } = some;
  const ofScope = first.filter((copy) => copy.scope === scope);
  const position = ofScope[ofScope.length >> 1]?.position;
  if (position !== undefined) {
    starts.push({
      word: 'a position',
      from: { at: 'position', scope, position },
      is: (copy) => {
        if (copy.scope !== scope || copy.position === undefined) return 'in';
        return comparePositions(copy.position, position) < 0 ? 'out' : 'in';
      },
    });
  }
  if (stage.cell.traits.capabilities.includes('start-at-time')) {
    const { clock, wallClock } = stage.environment;
    const instant = middleInstant(first, readClocks(clock, wallClock));
    const { timeMs } = instant;
    starts.push({
      word: 'a time',
      from: { at: 'time', timeMs },
      is: (copy) => sideOf(copy, stage.history.reading.acknowledged.atNs(copy.message), instant),
    });
  }
  return starts;
}

interface Again extends Pick<LaterReading, 'isWhole'>, Pick<StartAgain, 'word'> {
  readonly otherwise: number;
}

async function readFrom(
  starts: readonly StartAgain[],
  first: readonly LaterCopy[],
  stage: Stage,
): Promise<readonly Again[]> {
  const read: Again[] = [];
  for (const [number, start] of starts.entries()) {
    const name = `again-${number}`;
    const { copies, isWhole } = await readLater(stage, { name, from: start.from });
    read.push({ word: start.word, otherwise: differences(first, copies, start), isWhole });
  }
  return read;
}

/**
 * Copies of the first reading that should be there again and are not at their place, and others that are there.
 * Exported for its test.
 */
export function differences(
  first: readonly LaterCopy[],
  again: readonly LaterCopy[],
  { is }: Pick<StartAgain, 'is'>,
): number {
  const due = byScope(first.filter((copy) => is(copy) === 'in'));
  const found = byScope(again.filter((copy) => is(copy) !== 'either'));
  let otherwise = 0;
  for (const scope of new Set([...due.keys(), ...found.keys()])) {
    const [one, other] = [due.get(scope) ?? [], found.get(scope) ?? []];
    for (let i = 0; i < Math.max(one.length, other.length); i += 1) {
      if (one[i]?.message !== other[i]?.message) otherwise += 1;
    }
  }
  return otherwise;
}

function byScope(copies: readonly LaterCopy[]): ReadonlyMap<number, readonly LaterCopy[]> {
  return Map.groupBy(copies, ({ scope }) => scope);
}
