import type { RunRecord } from '../../harness/record/schema.ts';
import {
  type GatheredPromise,
  type GatheredScenario,
  type GatheredTarget,
  gather,
} from '../model/gathered.ts';
import { duration, plural } from '../text/numbers.ts';
import { seenOf, stateWords } from './found-words.ts';
import { codeBlock, inline, linked, tableOf } from './safe-markdown.ts';
import { versionBlocks } from './version-differences.ts';

const rowsShown = 40;
const commandsShown = 12;

/**
 * Several runs as one Markdown document: each promise, the fault it was put under, what was seen, and the command that
 * shows it again.
 *
 * @param program how Ackmark is called where the document is made; a record says how it was called for its own run
 */
export function findingsMarkdown(records: readonly RunRecord[], program: string): string {
  const targets = gather(records);
  const blocks = [
    '# Findings',
    `Made by \`ackmark findings\` from ${plural(records.length, 'run')}, nothing in it by hand. A row is one promise of one profile over all cells that put it to the test. *Seen of chances* counts the messages (or other things the anomaly can happen to) that it happened to. Where none was seen, the rate that may still be there is at most 3 in so many chances, with 95 % confidence. *Longest gap* is the longest time in which a producer had sends unanswered and none was acknowledged.`,
    tableOf(['Run', 'Ackmark', 'Node', 'Machine', 'Started', 'Cells'], records.map(runRow)),
    ...versionBlocks(records),
    ...targets.flatMap((target) => targetBlocks(target, program)),
  ];
  if (targets.length === 0) blocks.push('No cell of these runs was judged.');
  return `${blocks.join('\n\n')}\n`;
}

function runRow({ id, ackmark, host, startedAt, cells, cellsPlanned }: RunRecord): string[] {
  const machine = `${host.cpu}, ${plural(host.cores, 'core')}, ${host.os}`;
  const shown = [id, ackmark, host.node, machine, startedAt.slice(0, 10)].map(inline);
  return [...shown, `${cells.length} of ${cellsPlanned}`];
}

function targetBlocks({ title, nodes, scenarios }: GatheredTarget, program: string): string[] {
  return [
    `## ${inline(title)}, ${plural(nodes, 'node')}`,
    ...scenarios.flatMap((scenario) => scenarioBlocks(scenario, program)),
  ];
}

function scenarioBlocks(
  { scenario, summary, under, faults, promises }: GatheredScenario,
  program: string,
): string[] {
  const struck = faults.map(({ kind, bit, of }) => `${inline(kind)} (${bit} of ${of} bit)`);
  const shown = promises.slice(0, rowsShown);
  const commands = [...new Set(shown.map(({ replay }) => calledAs(program, replay)))];
  const blocks = [
    `### ${inline(scenario)}`,
    `${inline(summary)}. Claims are about ${under === 'none' ? 'no fault' : under}. Faults: ${struck.length === 0 ? 'none' : struck.join(', ')}.`,
    tableOf(
      ['Profile', 'Promise', 'Promised by', 'Found', 'Seen of chances', 'Cells', 'Longest gap'],
      shown.map((promise) => rowOf(promise)),
    ),
  ];
  if (shown.length < promises.length) blocks.push(`${shown.length} of ${promises.length} rows.`);
  blocks.push(codeBlock(commands.slice(0, commandsShown)));
  if (commands.length > commandsShown) {
    blocks.push(`${commandsShown} of ${commands.length} commands.`);
  }
  return blocks;
}

function rowOf(promise: GatheredPromise): string[] {
  const { profile, check, title, isPromised, claimSource, state } = promise;
  const open = promise.undecided === 0 ? '' : `, ${promise.undecided} undecided`;
  return [
    inline(profile),
    `${check} ${inline(title)}`,
    isPromised ? linked(claimSource) : 'nobody',
    stateWords[state],
    seenOf(promise),
    `${promise.cells}${open}`,
    promise.longestGapNs === null ? '–' : duration(promise.longestGapNs),
  ];
}

function calledAs(program: string, replay: string): string {
  const at = replay.indexOf(' run --engine ');
  return at === -1 ? replay : program + replay.slice(at);
}
