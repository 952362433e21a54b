import type { CheckId } from '../../harness/core/anomalies.ts';
import type { JudgedCell, RunRecord } from '../../harness/record/schema.ts';
import { groupBy, profileName } from './cells.ts';
import { checksToTell, type GatheredPromise, promiseOf, treatmentsOf } from './gathered.ts';

/** A promise that several versions of one system were put to, and of which they made different things. */
export interface VersionDifference {
  readonly scenario: string;
  readonly profile: string;
  readonly check: CheckId;
  /** One for each of the versions; undefined: that one was not put to it. */
  readonly found: readonly (GatheredPromise | undefined)[];
}

/** Versions of one system on as many nodes. */
export interface ComparedVersions {
  /** `RabbitMQ 4.0.5`, oldest first. */
  readonly titles: readonly string[];
  readonly nodes: number;
  readonly differences: readonly VersionDifference[];
  /** Promises that at least two versions were put to, those that differ among them. */
  readonly compared: number;
}

/**
 * What is promised of one version and not of another, or kept by one and not by another. What nobody promises of any
 * of them is a matter of one run's luck, and is left out.
 */
export function compareVersions(records: readonly RunRecord[]): ComparedVersions[] {
  const versioned = treatmentsOf(records).filter(({ target }) => saysVersion(target.title));
  const systems = groupBy(versioned, ({ engine, target }) => `${target.nodes} ${engine}`);
  return [...systems.values()].flatMap((cells) => {
    const titles = [...new Set(cells.map(({ target }) => target.title))].toSorted((a, b) =>
      a.localeCompare(b, 'en', { numeric: true }),
    );
    const nodes = cells[0]?.target.nodes ?? 0;
    const all = comparisonsOf(cells, titles).filter(({ found }) =>
      found.some((one) => one?.isPromised === true),
    );
    const differences = all.filter(({ found }) => isDifferent(found));
    return all.length === 0 ? [] : [{ titles, nodes, differences, compared: all.length }];
  });
}

/** `RabbitMQ 4.0.5`; one that runs elsewhere may be called by its address instead, `Redis at host:6379`. */
function saysVersion(title: string): boolean {
  return / \d+(\.[\w~+-]+)*$/.test(title);
}

function comparisonsOf(
  cells: readonly JudgedCell[],
  titles: readonly string[],
): VersionDifference[] {
  const trials = groupBy(cells, (cell) => `${cell.scenario} ${profileName(cell)}`);
  return [...trials.values()].flatMap((ofTrial) => {
    const [first] = ofTrial;
    const byTitle = titles.map((title) => ofTrial.filter(({ target }) => target.title === title));
    const asked = byTitle.filter((of) => of.length > 0);
    if (first === undefined || asked.length < 2) return [];
    const profile = profileName(first);
    const checks = new Set(asked.flatMap(checksToTell));
    return [...checks].map((check) => ({
      scenario: first.scenario,
      profile,
      check,
      found: byTitle.map((of) => (of.length === 0 ? undefined : promiseOf(profile, check, of))),
    }));
  });
}

/** A version that decided nothing differs from none. */
function isDifferent(found: VersionDifference['found']): boolean {
  const decided = found.filter((one) => one !== undefined && one.state !== 'undecided');
  return new Set(decided.map((one) => one?.state)).size > 1;
}
