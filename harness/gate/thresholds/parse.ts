import { checkIds } from '../../core/anomalies.ts';
import {
  comparators,
  percentiles,
  type Threshold,
  type ThresholdMetric,
  timedStages,
  type ThresholdUnit,
  unitOf,
} from '../../core/threshold.ts';
import { suggestion } from '../../core/suggest.ts';

export type ParsedThreshold =
  | { readonly is: 'threshold'; readonly threshold: Threshold }
  | { readonly is: 'mistake'; readonly what: string };

const metricNames: readonly string[] = [
  ...timedStages.flatMap((stage) => percentiles.map((percentile) => `${stage}.${percentile}`)),
  'throughput',
  'delivered-rate',
  'cpu.client',
  'cpu.broker',
  ...checkIds.flatMap((check) => [check, `${check}.rate`]),
];

/** `e2e.response.p99 < 20ms`, `throughput >= 4k/s`, `D1 == 0`, `D4.rate < 1%`, `fault[0].recovery < 10s`. */
export function parseThreshold(text: string, scenario: string | undefined): ParsedThreshold {
  const parts = /^\s*([\w.[\]-]+)\s*(<=|>=|==|!=|<|>)\s*(\S+)\s*$/.exec(text);
  if (parts === null) {
    const what = `${JSON.stringify(text)} is no comparison such as "e2e.response.p99 < 20ms" (${comparators.join(' ')})`;
    return { is: 'mistake', what };
  }
  const [, name = '', sign = '', limitText = ''] = parts;
  const metric = metricNamed(name);
  if (metric === undefined) {
    const what = `no metric is called ${JSON.stringify(name)}${suggestion(name, metricNames)}; for example e2e.response.p99, throughput, cpu.client, D1, D4.rate, fault[0].recovery`;
    return { is: 'mistake', what };
  }
  const { parse, example } = limitOf[unitOf(metric)];
  const limit = parse(limitText);
  if (limit === undefined) {
    return {
      is: 'mistake',
      what: `${JSON.stringify(limitText)} is no limit for ${name}: write it as ${example}`,
    };
  }
  const comparator = comparators.find((one) => one === sign) ?? '<';
  return {
    is: 'threshold',
    threshold: { text: text.trim(), scenario, metric, comparator, limit },
  };
}

function metricNamed(name: string): ThresholdMetric | undefined {
  const fault = /^fault\[(\d{1,3})\]\.recovery$/.exec(name);
  if (fault !== null) return { of: 'recovery', fault: Number(fault[1]) };
  if (name === 'throughput') return { of: 'rate', side: 'sent' };
  if (name === 'delivered-rate') return { of: 'rate', side: 'delivered' };
  if (name === 'cpu.client') return { of: 'cpu', side: 'client' };
  if (name === 'cpu.broker') return { of: 'cpu', side: 'server' };
  const check = checkIds.find((id) => name === id || name === `${id}.rate`);
  if (check !== undefined) {
    return { of: 'anomaly', check, as: name === check ? 'count' : 'share' };
  }
  for (const stage of timedStages) {
    const percentile = percentiles.find((one) => name === `${stage}.${one}`);
    if (percentile !== undefined) return { of: 'latency', stage, percentile };
  }
  return undefined;
}

const limitOf: Readonly<
  Record<
    ThresholdUnit,
    { readonly example: string; readonly parse: (text: string) => number | undefined }
  >
> = {
  ns: {
    example: '20ms',
    parse: (text) => scaled(text, { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 }),
  },
  'msg/s': { example: '4k/s', parse: (text) => scaled(text, { '/s': 1, 'k/s': 1e3, 'M/s': 1e6 }) },
  'µs/msg': { example: '8us', parse: (text) => scaled(text, { us: 1, µs: 1, ms: 1e3 }) },
  count: { example: '0', parse: (text) => scaled(text, { '': 1 }) },
  share: { example: '1%', parse: (text) => scaled(text, { '%': 0.01, '': 1 }) },
};

/** A number of 0 or more with one of these units. */
function scaled(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const parts = /^(\d+(?:\.\d+)?)(\D*)$/.exec(text);
  const factor = Object.hasOwn(units, parts?.[2] ?? '?') ? units[parts?.[2] ?? '?'] : undefined;
  return factor === undefined ? undefined : Number(parts?.[1]) * factor;
}
