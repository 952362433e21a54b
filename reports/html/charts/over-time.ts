import type { TopLevelSpec } from 'vega-lite';
import type { SafeHtml } from '../safe-html.ts';
import { logDomain } from './percentiles.ts';
import { renderChart } from './render.ts';
import { seriesColor, seriesDash } from './series-style.ts';

/** One second of the run's clock; `undefined` where nothing was measured. */
export interface TimePoint {
  /** Seconds from the start of the cell; the first is cut off there, so it may be short. */
  readonly from: number;
  readonly to: number;
  readonly sent: number;
  readonly acknowledged: number | undefined;
  readonly delivered: number;
  readonly publishP99Ms: number | undefined;
  readonly endToEndP99Ms: number | undefined;
  readonly redeliveryP99Ms: number | undefined;
}

export interface FaultWindow {
  readonly label: string;
  /** Seconds from the start of the cell. */
  readonly from: number;
  readonly to: number;
}

type Encoding = NonNullable<Extract<TopLevelSpec, { mark: unknown }>['encoding']>;
type Measure = Exclude<keyof TimePoint, 'from' | 'to'>;

/** The same colour for the same plane of the broker in both halves of the chart. */
export const measures: readonly {
  readonly measure: Measure;
  readonly series: number;
  readonly label: string;
}[] = [
  { measure: 'sent', series: 7, label: 'sent' },
  { measure: 'acknowledged', series: 0, label: 'acknowledged; publish p99' },
  { measure: 'delivered', series: 1, label: 'delivered; end-to-end p99' },
  { measure: 'publishP99Ms', series: 0, label: '' },
  { measure: 'endToEndP99Ms', series: 1, label: '' },
  { measure: 'redeliveryP99Ms', series: 4, label: 'redelivery p99' },
];

const width = 430;

/** Throughput above, 99th percentiles below, on one time axis with the fault windows shaded. */
export function overTimeChart(
  points: readonly TimePoint[],
  faults: readonly FaultWindow[],
  description: string,
): Promise<SafeHtml> {
  const end = Math.max(1, ...points.map((point) => point.to), ...faults.map(({ to }) => to));
  const latencies = points.flatMap(({ publishP99Ms, endToEndP99Ms, redeliveryP99Ms }) =>
    [publishP99Ms, endToEndP99Ms, redeliveryP99Ms].flatMap((ms) => ms ?? []),
  );
  const domain = logDomain(latencies);
  const scale = { domain: [0, end], nice: false };
  const x = { field: 'x', type: 'quantitative', scale } satisfies Encoding['x'];
  const spec: TopLevelSpec = {
    spacing: 14,
    vconcat: [
      {
        width,
        height: 110,
        layer: [
          ...faultLayers(faults, scale),
          {
            data: { values: valuesOf(points, ['sent', 'acknowledged', 'delivered']) },
            mark: { type: 'line', aria: false, strokeWidth: 1.8 },
            encoding: {
              x: { ...x, axis: { title: null, labels: false, tickCount: 8 } },
              y: {
                field: 'y',
                type: 'quantitative',
                scale: { zero: true, nice: true },
                axis: { title: 'msg/s', tickCount: 4, format: '~s' },
              },
              ...lineStyle,
            },
          },
        ],
      },
      {
        width,
        height: 110,
        layer: [
          ...faultLayers(faults, scale),
          {
            data: {
              values: valuesOf(points, ['publishP99Ms', 'endToEndP99Ms', 'redeliveryP99Ms']),
            },
            mark: { type: 'line', aria: false, strokeWidth: 1.8 },
            encoding: {
              x: { ...x, axis: { title: 'seconds from the start of the cell', tickCount: 8 } },
              y: {
                field: 'y',
                type: 'quantitative',
                scale: { type: 'log', domain: [domain.low, domain.high], nice: false, clamp: true },
                axis: {
                  title: 'p99, ms',
                  values: domain.ticks.length > 7 ? decadesOf(domain.ticks) : [...domain.ticks],
                  format: '~g',
                },
              },
              ...lineStyle,
            },
          },
        ],
      },
    ],
  };
  return renderChart(spec, description);
}

function decadesOf(ticks: readonly number[]): number[] {
  return ticks.filter((tick) => Math.abs(Math.log10(tick) % 1) < 1e-6);
}

/** Steps, because a figure holds for its whole second; a second without a figure leaves a gap. */
function valuesOf(
  points: readonly TimePoint[],
  wanted: readonly Measure[],
): { x: number; y: number | null; s: string }[] {
  return wanted.flatMap((measure) =>
    points.flatMap((point, at) => {
      const value = point[measure];
      if (value === undefined) return [];
      const y = Number(value.toPrecision(5));
      const step = [
        { x: point.from, y, s: measure },
        { x: point.to, y, s: measure },
      ];
      const next = points[at + 1];
      const gap = next !== undefined && (next[measure] === undefined || next.from > point.to);
      return gap ? [...step, { x: point.to, y: null, s: measure }] : step;
    }),
  );
}

function faultLayers(faults: readonly FaultWindow[], scale: { domain: number[]; nice: boolean }) {
  if (faults.length === 0) return [];
  const values = faults.map(({ label, from, to }) => ({ from, to, label, mid: (from + to) / 2 }));
  const x = { field: 'from', type: 'quantitative', scale } as const;
  return [
    {
      data: { values },
      mark: { type: 'rect', aria: false, color: 'var(--fault)', opacity: 1, minBandSize: 2 },
      encoding: { x, x2: { field: 'to' } },
    } as const,
    {
      data: { values },
      mark: {
        type: 'text',
        aria: false,
        color: 'var(--broken)',
        fontSize: 10,
        fontWeight: 'bold',
        baseline: 'bottom',
        dy: -1,
      },
      encoding: {
        x: { field: 'mid', type: 'quantitative', scale },
        y: { value: 0 },
        text: { field: 'label' },
      },
    } as const,
  ];
}

/** One scale for both halves, so that a colour means the same in each. */
const lineStyle = {
  color: {
    field: 's',
    type: 'nominal',
    scale: {
      domain: measures.map(({ measure }) => measure),
      range: measures.map(({ series }) => seriesColor(series)),
    },
    legend: null,
  },
  strokeDash: {
    field: 's',
    type: 'nominal',
    scale: {
      domain: measures.map(({ measure }) => measure),
      range: measures.map(({ series }) => seriesDash(series)),
    },
    legend: null,
  },
} satisfies Partial<Encoding>;
