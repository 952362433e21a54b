import { EventKind, type EventRecord, Flag, OutcomeCode } from '../core/events.ts';
import type { CountdownRecord } from '../record/reading-schema.ts';

/** How fast what is unread grows is taken over so long, and looked ahead for so long. */
const growthNs = 500e6;
const aheadNs = 1_000e6;
const sampleNs = 10e6;
/** A trace of a scope has no more; what comes later is the same countdown once more. */
const mostSamples = 8_192;

interface Sample {
  readonly atNs: number;
  readonly unread: number;
}

interface Scope {
  end: number;
  read: number;
  skipped: number;
  /** Messages that were still there when it was found that others were not. */
  kept: number | undefined;
  readonly trace: Sample[];
}

/**
 * Where positions are dense: how much was removed before anybody had read it, and when three alerts on what is
 * unread would have gone off before that. How much a scope keeps is taken from what was left of it at the first gap.
 */
export class Countdown {
  readonly #scopes = new Map<number, Scope>();

  observe(event: EventRecord): void {
    if ((event.flags & Flag.placed) === 0) return;
    if (event.kind === EventKind.deliver && event.group === 0) this.#delivered(event);
    else if (event.kind === EventKind.sendSettled && event.outcome === OutcomeCode.ok) {
      this.#stored(event);
    }
  }

  record(): CountdownRecord {
    const scopes = [...this.#scopes];
    const skipped = scopes.reduce((sum, [, scope]) => sum + scope.skipped, 0);
    const lost = scopes.flatMap(([scope, of]) => lossOf(scope, of));
    const [first] = lost.toSorted((one, other) => one.atNs - other.atNs);
    return { skipped, first: first ?? null };
  }

  #delivered({ scope, positionMajor }: EventRecord): void {
    const of = this.#of(scope);
    const gap = positionMajor - of.read;
    if (gap > 0) {
      of.skipped += gap;
      of.kept ??= Math.max(0, of.end - positionMajor);
    }
    of.read = Math.max(of.read, positionMajor + 1);
  }

  #stored({ scope, positionMajor, timeNs }: EventRecord): void {
    const of = this.#of(scope);
    of.end = Math.max(of.end, positionMajor + 1);
    const last = of.trace.at(-1)?.atNs ?? Number.NEGATIVE_INFINITY;
    if (timeNs - last < sampleNs || of.trace.length >= mostSamples) return;
    of.trace.push({ atNs: timeNs, unread: Math.max(0, of.end - of.read) });
  }

  #of(scope: number): Scope {
    const known = this.#scopes.get(scope);
    if (known !== undefined) return known;
    const fresh: Scope = { end: 0, read: 0, skipped: 0, kept: undefined, trace: [] };
    this.#scopes.set(scope, fresh);
    return fresh;
  }
}

type Loss = NonNullable<CountdownRecord['first']>;

/** Nothing where the trace does not reach the instant at which more was unread than is kept. */
function lossOf(scope: number, { kept, trace }: Scope): readonly Loss[] {
  if (kept === undefined || kept === 0) return [];
  const over = trace.findIndex(({ unread }) => unread > kept);
  const at = trace[over];
  if (at === undefined) return [];
  const before = trace.slice(0, over + 1);
  const left = (fires: (sample: Sample, index: number) => boolean): number =>
    at.atNs - (before.find(fires)?.atNs ?? at.atNs);
  return [
    {
      scope,
      atNs: at.atNs,
      kept,
      leftByHalfNs: left(({ unread }) => unread >= kept / 2),
      leftByNineTenthsNs: left(({ unread }) => unread >= kept * 0.9),
      leftByGrowthNs: left((sample, index) => expected(before, sample, index) >= kept),
    },
  ];
}

/** What will be unread a second later, if it goes on as in the last half. Before that is over, nothing is expected. */
function expected(trace: readonly Sample[], { atNs, unread }: Sample, index: number): number {
  const then = trace.slice(0, index).findLast((sample) => atNs - sample.atNs >= growthNs);
  if (then === undefined) return unread;
  return unread + ((unread - then.unread) * aheadNs) / (atNs - then.atNs);
}
