import { plural, whole } from '../core/plural.ts';
import { type Percentile, type Threshold, unitOf } from '../core/threshold.ts';
import { holds } from '../gate/thresholds/judge.ts';
import { distributionOf, measure } from '../gate/thresholds/measure.ts';
import { generatorFaults, isCapable, rateMissed } from '../measure/validity.ts';
import { isJudged } from '../record/cell-questions.ts';
import type { CellRecord, JudgedCell, PerformanceFigures } from '../record/schema.ts';
import type { PointFigures, PointOutcome, PointReason } from '../record/search-schema.ts';
import { backlogGrowth, grew } from './backlog-growth.ts';

export interface JudgedPoint {
  readonly outcome: PointOutcome;
  readonly reasons: readonly PointReason[];
  readonly figures: PointFigures | null;
  /** Something was lost, which no other run takes back. */
  readonly isProof: boolean;
}

/** Ten samples beyond a quantile; of the others, enough that one message does not decide. */
const samplesFor: Readonly<Record<Percentile, number>> = {
  p50: 100,
  p90: 100,
  p99: 1_000,
  p999: 10_000,
  max: 100,
  mean: 100,
};

/** Messages that a run must measure so that the objectives can be judged at all. */
export function samplesNeeded(objectives: readonly Threshold[]): number {
  const needed = objectives.map(({ metric }) =>
    metric.of === 'latency' ? samplesFor[metric.percentile] : 0,
  );
  return Math.max(samplesFor.p99, ...needed);
}

/**
 * Whether the engine carried the load of one cell. What it lost, refused or did not hand out in the end is its own
 * doing, also where the generator was late, and so is a backlog that grew by more than a late generator can have shifted.
 * A latency, a rate or a smaller backlog is not: a generator that catches up sends faster than it was asked to.
 */
export function judgePoint(cell: CellRecord, objectives: readonly Threshold[]): JudgedPoint {
  if (!isJudged(cell) || cell.performance.status === 'untimed') {
    const text = cell.status === 'error' ? `${cell.error.code}: ${cell.error.message}` : notTimed;
    const reasons = [{ kind: 'error', text }] as const;
    return { outcome: 'error', reasons, figures: null, isProof: false };
  }
  const { figures } = cell.performance;
  const lost = loss(cell);
  const overrun = isOverrun(cell, figures) ? backlog(cell, figures) : [];
  const own = [...lost, ...refused(cell), ...drain(cell), ...overrun];
  const grown = overrun.length > 0 ? [] : backlog(cell, figures);
  const asked = [...grown, ...rate(figures), ...missed(cell, figures, objectives)];
  const isMet = own.length + asked.length === 0;
  const late = isMet && isHarmless(figures, objectives) ? [] : generator(cell, figures);
  const ours = [...late, ...unseen(cell, figures, objectives)];
  const outcome =
    own.length > 0 ? 'missed' : ours.length > 0 ? 'undecided' : asked.length > 0 ? 'missed' : 'met';
  return {
    outcome,
    reasons: [...own, ...ours, ...asked],
    figures: pointFigures(cell, figures),
    isProof: lost.length > 0,
  };
}

const notTimed = 'the cell has no figures';

/** Messages that were sent and never came, whether or not the profile claims anything. */
const lossChecks: readonly string[] = ['D1', 'D3', 'D10', 'D12'];

function loss(cell: JudgedCell): readonly PointReason[] {
  const broken = cell.clauses.filter(({ state }) => state === 'broken').map(({ check }) => check);
  if (broken.length > 0 || cell.verdict === 'violated') {
    return [{ kind: 'loss', text: `a claim was violated: ${broken.join(', ') || 'see the cell'}` }];
  }
  const seen = cell.clauses.filter(({ check, count }) => lossChecks.includes(check) && count > 0);
  return seen.map(({ check, count }) => ({
    kind: 'loss',
    text: `${plural(count, 'message was', 'messages were')} lost (${check})`,
  }));
}

function refused({ counts, judging }: JudgedCell): readonly PointReason[] {
  const reasons: PointReason[] = [];
  if (counts.failed > 0) {
    const text = `${plural(counts.failed, 'send was', 'sends were')} refused`;
    reasons.push({ kind: 'refused', text });
  }
  if (judging.sendReply === 'each' && counts.unknown > 0) {
    const text = `${plural(counts.unknown, 'send has', 'sends have')} no known outcome`;
    reasons.push({ kind: 'refused', text });
  }
  return reasons;
}

function backlog(cell: JudgedCell, figures: PerformanceFigures): readonly PointReason[] {
  const growth = backlogGrowth(cell.series);
  if (growth.is === 'unknown' || !grew(growth, figures.targetRatePerSecond)) return [];
  const { perSecond, from, to, seconds } = growth;
  const text = `the backlog grew by ${whole(perSecond)} messages a second, from ${whole(from)} to ${whole(to)} in ${seconds} s`;
  return [{ kind: 'backlog', text }];
}

/**
 * Late sends are those of another time: at most what was due during the longest delay is sent later than it should have
 * been. What piled up beyond that would have piled up behind a generator in time, too. A client thread without a core, or
 * a harness that takes the broker's, may be why an engine is slow, and decides nothing.
 */
function isOverrun({ series }: JudgedCell, figures: PerformanceFigures): boolean {
  const growth = backlogGrowth(series);
  const rate = figures.targetRatePerSecond;
  if (growth.is === 'unknown' || !grew(growth, rate)) return false;
  const shifted = (rate * figures.lateness.maxNs) / 1e9;
  // A line through a single step rises by more than the step.
  const grown = Math.min(growth.perSecond * (growth.seconds - 1), growth.to - growth.from);
  return isCapable(figures) && grown > shifted;
}

function drain({ drain: drained }: JudgedCell): readonly PointReason[] {
  return drained.complete ? [] : [{ kind: 'drain', text: drained.by }];
}

/** A send may be late by this share of what is asked of response times, and the objective is met all the same. */
const harmlessShare = 0.25;

/**
 * Response times hold the lateness of their sends, so that an objective on them that was met in spite of it would have
 * been met without: what was late by little against its limit decides nothing. A miss may be the generator's own.
 */
function isHarmless(figures: PerformanceFigures, objectives: readonly Threshold[]): boolean {
  const timed = objectives.filter(({ metric }) => metric.of !== 'anomaly');
  const limitsNs = timed.map(({ metric, comparator, limit }) => {
    const isOfResponse = metric.of === 'latency' && metric.stage.endsWith('.response');
    return isOfResponse && comparator.startsWith('<') ? limit : 0;
  });
  const allowedNs = harmlessShare * (limitsNs.length === 0 ? 0 : Math.min(...limitsNs));
  return isCapable(figures) && figures.lateness.p99Ns <= allowedNs;
}

function generator(cell: JudgedCell, figures: PerformanceFigures): readonly PointReason[] {
  return generatorFaults({
    lateness: figures.lateness,
    publishResponse: cell.judging.sendReply === 'none' ? undefined : figures.publishResponse,
    endToEndResponse: figures.endToEndResponse,
    clientBusyShare: figures.clientBusyShare,
    harnessCpuShare: figures.harnessCpuShare,
  });
}

/** What would have to be seen before anything is said to be met. */
function unseen(
  cell: JudgedCell,
  figures: PerformanceFigures,
  objectives: readonly Threshold[],
): readonly PointReason[] {
  const growth = backlogGrowth(cell.series);
  const reasons: PointReason[] =
    growth.is === 'unknown' ? [{ kind: 'figure', text: growth.reason }] : [];
  if (cell.verdict === 'inconclusive') {
    const why = cell.reasons.join('; ') || 'the cell is inconclusive';
    reasons.push({ kind: 'figure', text: `whether anything was lost is not decided: ${why}` });
  }
  for (const { text, metric } of objectives) {
    if (metric.of === 'latency') {
      const { count } = distributionOf(figures, metric.stage);
      const needed = samplesFor[metric.percentile];
      if (count < needed) {
        const few = `${plural(count, 'sample is', 'samples are')} too few (${whole(needed)})`;
        reasons.push({ kind: 'figure', text: `${text}: ${few}` });
      }
      continue;
    }
    const measured = measure(metric, [valid(cell, figures)]);
    if (measured.is === 'missing') {
      reasons.push({ kind: 'figure', text: `${text}: ${measured.reason}` });
    }
  }
  return reasons;
}

function rate(figures: PerformanceFigures): readonly PointReason[] {
  if (!rateMissed(figures)) return [];
  const { achievedRatePerSecond, targetRatePerSecond } = figures;
  const text = `${whole(achievedRatePerSecond)} of ${whole(targetRatePerSecond)} messages a second left: the client held them up`;
  return [{ kind: 'rate', text }];
}

function missed(
  cell: JudgedCell,
  figures: PerformanceFigures,
  objectives: readonly Threshold[],
): readonly PointReason[] {
  return objectives.flatMap(({ text, metric, comparator, limit }): PointReason[] => {
    const measured = measure(metric, [valid(cell, figures)]);
    if (measured.is === 'missing' || holds(measured.value, comparator, limit)) return [];
    return [{ kind: 'objective', text: `${text} was ${inUnit(measured.value, unitOf(metric))}` }];
  });
}

/** The search has rules of its own for what counts: a run of it may be too short for a ranking. */
function valid(cell: JudgedCell, figures: PerformanceFigures): JudgedCell {
  return { ...cell, performance: { status: 'valid', figures } };
}

function inUnit(value: number, unit: ReturnType<typeof unitOf>): string {
  switch (unit) {
    case 'ns':
      return `${(value / 1e6).toPrecision(3)} ms`;
    case 'msg/s':
      return `${whole(value)}/s`;
    case 'µs/msg':
      return `${value.toPrecision(3)} µs`;
    case 'count':
      return whole(value);
    case 'share':
      return `${(value * 100).toPrecision(3)} %`;
  }
}

function pointFigures(cell: JudgedCell, figures: PerformanceFigures): PointFigures {
  const growth = backlogGrowth(cell.series);
  return {
    achievedRatePerSecond: figures.achievedRatePerSecond,
    deliveredRatePerSecond: figures.deliveredRatePerSecond,
    publishP99Ns: figures.publishResponse.p99Ns,
    endToEndP50Ns: figures.endToEndResponse.p50Ns,
    endToEndP99Ns: figures.endToEndResponse.p99Ns,
    endToEndP999Ns: figures.endToEndResponse.p999Ns,
    backlogPerSecond: growth.is === 'fitted' ? growth.perSecond : null,
    clientCpuMicrosPerMessage: figures.clientCpuMicrosPerMessage,
    brokerCpuMicrosPerMessage: figures.brokerCpuMicrosPerMessage,
  };
}
