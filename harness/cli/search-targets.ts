import type { Scenario } from '../../scenarios/scenario.ts';
import { invariant } from '../core/errors.ts';
import type { Threshold } from '../core/threshold.ts';
import type { Cell } from '../plan/cell.ts';
import { expand, type PlanRequest } from '../plan/expand.ts';
import { changedScenario } from '../plan/load-changes.ts';
import type { SearchTarget } from '../run/search.ts';
import { samplesNeeded } from '../search/judge-point.ts';
import type { SearchSettings } from '../search/search-settings.ts';

export interface Sought {
  readonly scenario: Scenario;
  readonly objectives: readonly Threshold[];
  readonly settings: SearchSettings;
  readonly pointSeconds: number;
  readonly maximumMs: number;
}

/** Beyond the samples that are needed, what warming up and copies take of them. */
const samplesSpare = 1.25;

/** One search for every profile that was selected. */
export function searchTargets(request: PlanRequest, sought: Sought): readonly SearchTarget[] {
  const { scenario } = sought;
  return request.engines.flatMap((selected) =>
    selected.profiles.map((name): SearchTarget => {
      const alone = { ...request, engines: [{ ...selected, profiles: [name] }] };
      return {
        ...sought,
        profile: `${selected.engine.id}@${name}`,
        scenario: scenario.id,
        cellAt: (ratePerSecond, round, index) =>
          cellAt(alone, sought, { ratePerSecond, round, index }),
      };
    }),
  );
}

/**
 * The cell that `run` would make at this rate, seed and all, under a name of its own: two points are no rounds
 * of each other. Its guards ask for less where there is less, because a search proves no promise.
 */
function cellAt(
  request: PlanRequest,
  { scenario, objectives, pointSeconds }: Sought,
  at: { readonly ratePerSecond: number; readonly round: number; readonly index: number },
): Cell {
  const { ratePerSecond, round, index } = at;
  const messages = Math.ceil(
    Math.max(ratePerSecond * pointSeconds, samplesNeeded(objectives) * samplesSpare),
  );
  const { guards, ...loaded } = changedScenario(scenario, { ratePerSecond, messages }).scenario;
  const [cell] = expand({
    ...request,
    rounds: 1,
    controls: false,
    scenarios: [
      {
        ...loaded,
        guards: {
          ...guards,
          minimumAcknowledged: Math.min(guards.minimumAcknowledged, messages / 2),
          minimumDelivered: Math.min(guards.minimumDelivered, messages / 2),
        },
      },
    ],
    replayArguments: `${request.replayArguments} --rate ${ratePerSecond}/s --messages ${messages}`,
  });
  invariant(cell !== undefined, 'one profile and one scenario make a cell');
  const point = `${scenario.id}@${ratePerSecond}`;
  const id = `${cell.engine.id}@${cell.profile.name}/${point}/${round}`;
  return { ...cell, id, index, round, scenario: { ...cell.scenario, id: point } };
}
