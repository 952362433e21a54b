import type { JudgedCell, SecondRow } from '../../harness/record/schema.ts';

/** A stretch of a load by whole seconds of the run's clock, as OMB prints one every ten seconds. */
export interface Period {
  readonly rows: readonly SecondRow[];
  /** Of the load, within these seconds. */
  readonly seconds: number;
}

export interface Periods {
  readonly periods: readonly Period[];
  /** The warm-up ended within the only second that there is. */
  readonly holdsWarmup: boolean;
}

/** OMB's own interval; its charts count on it. */
const periodSeconds = 10;

/** What was measured of a load: from the second after its warm-up to its end. */
export function periodsOf(cell: JudgedCell): Periods {
  const { startNs, endNs } = loadSpan(cell);
  const under = cell.series.filter(({ second }) => second * 1e9 < endNs);
  const first = firstMeasured(cell, under);
  const rows = under.slice(first);
  const [begin] = rows;
  if (begin === undefined) return { periods: [], holdsWarmup: false };
  const periods: Period[] = [];
  const spanEnd = endNs / 1e9;
  for (let from = begin.second; from < spanEnd; ) {
    // What is left over may be no second of its own: a rate of so little says nothing.
    const to =
      spanEnd - (from + periodSeconds) < 1 ? Number.POSITIVE_INFINITY : from + periodSeconds;
    const seconds = Math.min(to, spanEnd) - Math.max(from, startNs / 1e9);
    const within = rows.filter(({ second }) => second >= from && second < to);
    periods.push({ rows: within, seconds });
    from = to;
  }
  const warmup = messagesOfWarmup(cell);
  return { periods, holdsWarmup: warmup > 0 && first === 0 };
}

function loadSpan({ phases, startedNs, tookNs }: JudgedCell): {
  readonly startNs: number;
  readonly endNs: number;
} {
  const load = phases.find(({ name }) => name === 'load');
  const drain = phases.find(({ name }) => name === 'drain');
  const startNs = load?.startNs ?? startedNs;
  return { startNs, endNs: drain?.startNs ?? startedNs + tookNs };
}

/** The first whole second after the warm-up; where there is none, the one in which it ended. */
function firstMeasured(cell: JudgedCell, rows: readonly SecondRow[]): number {
  let warmup = messagesOfWarmup(cell);
  const ended = rows.findIndex(({ sent }) => {
    warmup -= sent;
    return warmup <= 0;
  });
  if (messagesOfWarmup(cell) === 0 || ended < 0) return 0;
  return Math.min(ended + 1, rows.length - 1);
}

function messagesOfWarmup({ warmUp, load }: JudgedCell): number {
  if (warmUp !== null) return warmUp.messages;
  return Number.parseInt(load['warm-up'] ?? '0', 10) || 0;
}
