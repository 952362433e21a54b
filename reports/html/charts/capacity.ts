import type { TopLevelSpec } from 'vega-lite';
import type { PointOutcome } from '../../../harness/record/search-schema.ts';
import type { SafeHtml } from '../safe-html.ts';
import { logDomain } from './percentiles.ts';
import { renderChart } from './render.ts';
import { seriesColor, seriesDash } from './series-style.ts';

/** The latency at one offered rate. */
export interface CapacityPoint {
  readonly ratePerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly outcome: PointOutcome;
}

type Encoding = NonNullable<Extract<TopLevelSpec, { mark: unknown }>['encoding']>;

/** p50 and p99 by series number, the same in the chart and in its legend. */
export const capacityLines = [
  { measure: 'p99Ms', series: 1, label: 'end-to-end p99' },
  { measure: 'p50Ms', series: 0, label: 'end-to-end p50' },
] as const;

/** Colour and shape together. */
export const outcomeMarks: Readonly<
  Record<PointOutcome, { readonly color: string; readonly shape: string; readonly glyph: string }>
> = {
  met: { color: 'var(--kept)', shape: 'circle', glyph: '●' },
  missed: { color: 'var(--broken)', shape: 'cross', glyph: '✚' },
  undecided: { color: 'var(--inconclusive)', shape: 'triangle-up', glyph: '▲' },
  error: { color: 'var(--broken)', shape: 'square', glyph: '■' },
};

/**
 * x: what was offered; y: log milliseconds; the answer as an upright line, the objectives as level ones.
 *
 * @param limitsMs of end-to-end response times
 */
export function capacityChart(
  points: readonly CapacityPoint[],
  answer: number | undefined,
  limitsMs: readonly number[],
  description: string,
): Promise<SafeHtml> {
  const domain = logDomain([...points.flatMap(({ p50Ms, p99Ms }) => [p50Ms, p99Ms]), ...limitsMs]);
  const most = Math.max(1, ...points.map(({ ratePerSecond }) => ratePerSecond));
  const x = {
    field: 'x',
    type: 'quantitative',
    scale: { domain: [0, most * 1.03], nice: false },
    axis: { title: 'messages a second asked for', tickCount: 8, format: '~s' },
  } satisfies Encoding['x'];
  const y = {
    field: 'y',
    type: 'quantitative',
    scale: { type: 'log', domain: [domain.low, domain.high], nice: false, clamp: true },
    axis: { title: 'milliseconds', values: [...domain.ticks], format: '~g' },
  } satisfies Encoding['y'];
  const spec: TopLevelSpec = {
    width: 880,
    height: 260,
    layer: [
      ...(answer === undefined ? [] : [answerLayer(answer, x)]),
      ...(limitsMs.length === 0 ? [] : [limitLayer(limitsMs, y)]),
      {
        data: { values: capacityLines.flatMap(({ measure }) => valuesOf(points, measure)) },
        mark: { type: 'line', aria: false, strokeWidth: 2, strokeJoin: 'round' },
        encoding: {
          x,
          y,
          ...lineStyle,
        },
      },
      {
        data: { values: valuesOf(points, 'p99Ms') },
        mark: { type: 'point', aria: false, filled: true, size: 60, opacity: 1 },
        encoding: {
          x,
          y,
          ...markStyle,
        },
      },
    ],
    resolve: { scale: { color: 'independent' } },
  };
  return renderChart(spec, description);
}

const lineStyle = {
  color: {
    field: 's',
    type: 'nominal',
    scale: {
      domain: capacityLines.map(({ measure }) => measure),
      range: capacityLines.map(({ series }) => seriesColor(series)),
    },
    legend: null,
  },
  strokeDash: {
    field: 's',
    type: 'nominal',
    scale: {
      domain: capacityLines.map(({ measure }) => measure),
      range: capacityLines.map(({ series }) => seriesDash(series)),
    },
    legend: null,
  },
} satisfies Partial<Encoding>;

const markStyle = {
  color: {
    field: 'o',
    type: 'nominal',
    scale: {
      domain: Object.keys(outcomeMarks),
      range: Object.values(outcomeMarks).map(({ color }) => color),
    },
    legend: null,
  },
  shape: {
    field: 'o',
    type: 'nominal',
    scale: {
      domain: Object.keys(outcomeMarks),
      range: Object.values(outcomeMarks).map(({ shape }) => shape),
    },
    legend: null,
  },
} satisfies Partial<Encoding>;

function answerLayer(answer: number, x: NonNullable<Encoding['x']>) {
  return {
    data: { values: [{ x: answer }] },
    mark: { type: 'rule' as const, aria: false, color: 'var(--kept)', strokeWidth: 1.5 },
    encoding: { x },
  };
}

function limitLayer(limitsMs: readonly number[], y: NonNullable<Encoding['y']>) {
  return {
    data: { values: limitsMs.map((limit) => ({ y: limit })) },
    mark: {
      type: 'rule' as const,
      aria: false,
      color: 'var(--broken)',
      strokeWidth: 1.2,
      strokeDash: [4, 3],
    },
    encoding: { y },
  };
}

function valuesOf(
  points: readonly CapacityPoint[],
  measure: (typeof capacityLines)[number]['measure'],
): { x: number; y: number; s: string; o: string }[] {
  return points.map((point) => ({
    x: point.ratePerSecond,
    y: Number(point[measure].toPrecision(5)),
    s: measure,
    o: point.outcome,
  }));
}
