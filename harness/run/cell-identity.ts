import type { Cell } from '../plan/cell.ts';
import { loadTraits } from '../plan/load-text.ts';
import type { UnsupportedCell } from '../record/schema.ts';

type Identity = Omit<UnsupportedCell, 'status' | 'reason'>;

/** What every record of a cell says about it, whatever became of it. */
export function identityOf(cell: Cell): Identity {
  return {
    id: cell.id,
    index: cell.index,
    engine: cell.engine.id,
    profile: cell.profile.name,
    family: cell.engine.family,
    scenario: cell.scenario.id,
    scenarioSummary: cell.scenario.summary,
    load: { ...loadTraits(cell.scenario) },
    round: cell.round,
    seed: cell.seed,
    kind: cell.scenario.kind,
    control:
      cell.control.kind === 'none'
        ? { kind: 'none' }
        : { kind: 'planted', plant: cell.control.plant, shows: [...cell.control.shows] },
    level: cell.profile.level,
    promises: [...cell.profile.promises],
    claimed: cell.claimed,
    under: cell.scenario.under,
    claimSource: cell.profile.source,
    replay: cell.replay,
  };
}
