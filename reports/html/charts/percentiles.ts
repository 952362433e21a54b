import type { TopLevelSpec } from 'vega-lite';
import type { SafeHtml } from '../safe-html.ts';
import type { CurvePoint } from './histogram.ts';
import { renderChart } from './render.ts';
import { seriesColor, seriesDash } from './series-style.ts';

export interface PercentileLine {
  readonly series: number;
  readonly points: readonly CurvePoint[];
}

export interface LogDomain {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** A common scale for charts that are to be compared; ticks at 1, 2, 5 of each decade. */
export function logDomain(values: readonly number[]): LogDomain {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  const low = positive.length === 0 ? 1 : Math.min(...positive);
  const high = positive.length === 0 ? 10 : Math.max(...positive);
  const decades = Math.log10(high / low);
  const mantissas = decades > 3.5 ? [1] : [1, 2, 5];
  const grid: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    grid.push(...mantissas.map((mantissa) => mantissa * 10 ** power));
  }
  const first = grid.findLast((tick) => tick <= low * 1.001) ?? low;
  const last = grid.find((tick) => tick >= high * 0.999) ?? high;
  const end = last > first ? last : first * 10;
  return { low: first, high: end, ticks: grid.filter((tick) => tick >= first && tick <= end) };
}

/** x: log of 1/(1−q), so that every nine takes the same room; y: log milliseconds. */
export function percentileChart(
  lines: readonly PercentileLine[],
  domain: LogDomain,
  description: string,
): Promise<SafeHtml> {
  const keys = lines.map(({ series }) => `s${series}`);
  const spec: TopLevelSpec = {
    width: 430,
    height: 250,
    data: {
      values: lines.flatMap(({ series, points }) =>
        points.map(({ odds, ms }) => ({ x: odds, y: Number(ms.toPrecision(5)), s: `s${series}` })),
      ),
    },
    mark: {
      type: 'line',
      aria: false,
      strokeWidth: 2,
      strokeJoin: 'round',
    },
    encoding: {
      x: {
        field: 'x',
        type: 'quantitative',
        scale: { type: 'log', domain: [1, 10_000], nice: false, clamp: true },
        axis: {
          title: 'percentile',
          values: [2, 10, 100, 1_000, 10_000],
          labelExpr:
            "datum.value < 5 ? '50 %' : datum.value < 50 ? '90 %' : datum.value < 500 ? '99 %' : datum.value < 5000 ? '99.9 %' : '99.99 %'",
          labelBound: false,
          labelFlush: false,
        },
      },
      y: {
        field: 'y',
        type: 'quantitative',
        scale: { type: 'log', domain: [domain.low, domain.high], nice: false, clamp: true },
        axis: { title: 'milliseconds', values: [...domain.ticks], format: '~g' },
      },
      color: {
        field: 's',
        type: 'nominal',
        scale: { domain: keys, range: lines.map(({ series }) => seriesColor(series)) },
        legend: null,
      },
      strokeDash: {
        field: 's',
        type: 'nominal',
        scale: { domain: keys, range: lines.map(({ series }) => seriesDash(series)) },
        legend: null,
      },
    },
  };
  return renderChart(spec, description);
}
