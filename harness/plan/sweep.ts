import type { Scenario } from '../../scenarios/scenario.ts';

/** One axis of a sweep with the values that it takes, as they were written. */
export interface SweepAxis {
  readonly axis: string;
  readonly values: readonly string[];
}

/** One value of each axis. */
export type SweepPoint = readonly { readonly axis: string; readonly value: string }[];

/** Every combination, the last axis first. One point without axes where there are none. */
export function pointsOf(axes: readonly SweepAxis[]): readonly SweepPoint[] {
  return axes.reduce<readonly SweepPoint[]>(
    (points, { axis, values }) =>
      points.flatMap((point) => values.map((value) => [...point, { axis, value }])),
    [[]],
  );
}

/**
 * The scenario under a name of its own, `steady+payload=1k`, so that record, reports, thresholds and comparisons tell
 * the points apart. What is planted is looked for at the first point only: it tells of the checks, not of the load.
 */
export function atPoint(scenario: Scenario, point: SweepPoint, index: number): Scenario {
  if (point.length === 0) return scenario;
  return {
    ...scenario,
    id: [scenario.id, ...point.map(({ axis, value }) => `${axis}=${nameOf(value)}`)].join('+'),
    controls: index === 0 ? scenario.controls : scenario.controls.filter(isNotPlanted),
    point: { of: scenario.id, sets: point },
  };
}

/** What a replay of the scenario needs besides its name. */
export function sweepWords({ point }: Scenario): readonly string[] {
  return (point?.sets ?? []).map(({ axis, value }) =>
    // A value with commas is told from several by a semicolon.
    value.includes(',') ? `${axis}=${value};` : `${axis}=${value}`,
  );
}

/** The catalogue's name. */
export function catalogName({ id, point }: Scenario): string {
  return point?.of ?? id;
}

/** Slashes part the names of a cell. */
function nameOf(value: string): string {
  return value.replace(/\/s$/, '').replaceAll(/[^\w.:@%-]+/g, '-');
}

function isNotPlanted({ kind }: Scenario['controls'][number]): boolean {
  return kind !== 'planted';
}
