import type { RunRecord } from '../../harness/record/schema.ts';
import type { GatheredPromise } from '../model/gathered.ts';
import {
  type ComparedVersions,
  compareVersions,
  type VersionDifference,
} from '../model/version-differences.ts';
import { plural } from '../text/numbers.ts';
import { seenOf, stateWords } from './found-words.ts';
import { clauseTitle } from '../../harness/core/anomalies.ts';
import { inline, tableOf } from './safe-markdown.ts';

const rowsShown = 40;

/** Versions of one system side by side; nothing where the runs know one of each. */
export function versionBlocks(records: readonly RunRecord[]): string[] {
  const compared = compareVersions(records);
  if (compared.length === 0) return [];
  return ['## Differences between versions', ...compared.flatMap(blocksOf)];
}

function blocksOf({ titles, nodes, differences, compared }: ComparedVersions): string[] {
  const names = titles.map(inline);
  const shown = differences.slice(0, rowsShown);
  const blocks = [`### ${names.join(', ')}: ${plural(nodes, 'node')}`];
  if (shown.length === 0) return [...blocks, `${plural(compared, 'promise')}, no difference.`];
  blocks.push(tableOf(['Scenario', 'Profile', 'Promise', ...names], shown.map(rowOf)));
  const counted = `${plural(compared, 'promise')}, ${plural(differences.length, 'difference')}`;
  const cut = shown.length < differences.length ? `; ${shown.length} are shown` : '';
  return [...blocks, `${counted}${cut}.`];
}

function rowOf({ scenario, profile, check, found }: VersionDifference): string[] {
  return [
    inline(scenario),
    inline(profile),
    `${check} ${inline(clauseTitle[check])}`,
    ...found.map(foundIn),
  ];
}

function foundIn(promise: GatheredPromise | undefined): string {
  if (promise === undefined) return 'not run';
  if (promise.state === 'undecided') return stateWords.undecided;
  return `${stateWords[promise.state]}: ${seenOf(promise)}`;
}
