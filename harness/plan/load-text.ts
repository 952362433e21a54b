import type { Load, OpenLoad, Stage } from '../../scenarios/load.ts';
import type { Scenario, Workload } from '../../scenarios/scenario.ts';
import type { KeyChoice, MessageWork, Sizes } from '../../scenarios/spread.ts';
import type { Cell } from './cell.ts';

/**
 * All that a cell was loaded with, in words, one for each trait: what stands in the record, and what must be alike
 * before figures of two runs are compared.
 */
export type LoadTraits = Readonly<Record<string, string>>;

export function loadTraits({ workload, topology }: Scenario): LoadTraits {
  const { load, transformers } = workload;
  return {
    ...arrivalTraits(load),
    messages: `${load.messages}`,
    'warm-up':
      load.warmupMessages === 'until-steady' ? 'until steady' : `${load.warmupMessages} messages`,
    payload: sizesText(workload.payloadBytes),
    keys: `${workload.keys} ${skewText(workload.keyChoice ?? { kind: 'in-turn' })}`,
    producers: `${workload.producers}`,
    consumers: `${workload.consumers}${workload.consumersJoin === undefined ? '' : ' after the load'}`,
    ...(transformers > 0 ? { transformers: `${transformers}` } : {}),
    partitions: `${topology.scopes}`,
    ...partitionerTraits(workload),
    subscriptions: `${topology.subscriptions}`,
    batch: `${workload.batchMessages} messages or ${workload.lingerMs} ms`,
    prefetch: `${workload.prefetch}`,
    work: workText(workload),
  };
}

function partitionerTraits({ partitioner }: Workload): LoadTraits {
  if (partitioner === undefined) return {};
  const { first, until } = partitioner;
  return { partitioner: `murmur2 over ${first} for ${rounded(until * 100)}%, then over all` };
}

/** The same as one line, such as `arrivals poisson, rate 5000/s, messages 40000`. */
function loadLine(scenario: Scenario): string {
  return Object.entries(loadTraits(scenario))
    .map(([trait, value]) => `${trait} ${value}`)
    .join(', ');
}

/** One line for each scenario of a plan, controls aside. */
export function plannedLoads(cells: readonly Cell[]): readonly string[] {
  const scenarios = new Map(
    cells
      .filter(({ control }) => control.kind === 'none')
      .map(({ scenario }) => [scenario.id, scenario] as const),
  );
  return [...scenarios.values()].map((scenario) => `${scenario.id}: ${loadLine(scenario)}`);
}

function arrivalTraits(load: Load): LoadTraits {
  if (load.kind === 'closed') return { arrivals: `closed loop, window ${load.window}` };
  const { late } = load;
  return {
    arrivals: arrivalsText(load),
    rate: `${rounded(load.ratePerSecond)}/s`,
    late: typeof late === 'object' ? `bounded:${late.boundMs}ms` : late,
  };
}

function arrivalsText({ arrivals = { kind: 'constant' }, ratePerSecond }: OpenLoad): string {
  switch (arrivals.kind) {
    case 'constant':
    case 'poisson':
      return arrivals.kind;
    case 'bursts':
      return `bursts:${arrivals.size}/${rounded((arrivals.size * 1_000) / ratePerSecond)}ms`;
    case 'stages':
      return `stages:${arrivals.stages.map(stageText).join(',')}`;
    case 'trace':
      return `trace:${arrivals.file} (${digestOf(arrivals.offsetsNs)})`;
  }
}

function sizesText(sizes: Sizes): string {
  if (typeof sizes === 'number') return `${sizes} B`;
  switch (sizes.kind) {
    case 'uniform':
      return `uniform:${sizes.least}..${sizes.most} B`;
    case 'weighted':
      return `weighted:${sizes.choices.map(({ value, weight }) => `${value}=${weight}`).join(',')} B`;
    case 'zipf':
      return `zipf:${sizes.exponent}/${sizes.least}..${sizes.most} B`;
  }
}

function skewText(choice: KeyChoice): string {
  if (choice.kind === 'zipf') return `zipf:${choice.exponent}`;
  return choice.kind === 'hot' ? `hot:${choice.keys}@${rounded(choice.share * 100)}%` : choice.kind;
}

function workText({ workMs, work }: Workload): string {
  const ofBatch = workMs > 0 ? [`${workMs} ms a batch`] : [];
  const ofMessage = work === undefined ? [] : [`${work.by} ${timeText(work.time)} a message`];
  const all = [...ofBatch, ...ofMessage];
  return all.length === 0 ? 'none' : all.join(' and ');
}

function timeText(time: MessageWork['time']): string {
  switch (time.kind) {
    case 'constant':
      return `${time.ms} ms`;
    case 'exponential':
      return `exponential:${time.meanMs} ms`;
    case 'uniform':
      return `uniform:${time.leastMs}..${time.mostMs} ms`;
  }
}

export function stageText({ fromPerSecond, toPerSecond, durationMs }: Stage): string {
  const ramp = fromPerSecond === toPerSecond ? '' : `..${toPerSecond}`;
  return `${fromPerSecond}${ramp}/s@${durationMs}ms`;
}

/** FNV-1a over the instants: two files of one name may differ. */
function digestOf(offsetsNs: readonly number[]): string {
  let hash = 0x811c9dc5;
  for (const offset of offsetsNs) {
    hash = Math.imul(hash ^ (offset >>> 0), 0x01000193);
    hash = Math.imul(hash ^ Math.floor(offset / 2 ** 32), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
