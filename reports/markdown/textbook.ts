import type { RunRecord } from '../../harness/record/schema.ts';
import type { SideRecord } from '../../harness/record/textbook-schema.ts';
import { sentenceVerdicts } from '../../harness/record/textbook-schema.ts';
import {
  type SentenceShown,
  textbookOf,
  type TrialShown,
  verdictMeaning,
  verdictWord,
} from '../model/textbook.ts';
import { plural } from '../text/numbers.ts';
import { codeBlock, inline, tableOf } from './safe-markdown.ts';

const trialsShown = 24;

/** The sentences of one run as a Markdown document: verdict, numbers, control, and the commands that show both again. */
export function textbookMarkdown(record: RunRecord): string {
  const { asked, unasked, tally } = textbookOf(record);
  const { id, ackmark, host, startedAt } = record;
  const machine = `${host.cpu}, ${plural(host.cores, 'core')}, ${host.os}`;
  const blocks = [
    '# The textbook on trial',
    'Made by `ackmark textbook` from one run of `ackmark run --suite textbook`, nothing in it by hand. Each sentence was tried twice on every system: with what it relies on, and without, as its control. It holds where both differ as it says.',
    sentenceVerdicts
      .map((verdict) => `- *${verdictWord[verdict]}*: ${verdictMeaning[verdict]}.`)
      .join('\n'),
    tableOf(
      ['Run', 'Ackmark', 'Node', 'Machine', 'Started', 'Verdicts'],
      [[id, ackmark, host.node, machine, startedAt.slice(0, 10), tally].map(inline)],
    ),
    ...asked.flatMap(sentenceBlocks),
  ];
  if (unasked.length > 0) {
    blocks.push(`Not run: ${unasked.map((sentence) => inline(sentence.id)).join(', ')}.`);
  }
  return `${blocks.join('\n\n')}\n`;
}

function sentenceBlocks({ sentence, trials }: SentenceShown): string[] {
  const { id, text, verdict, because, untried } = sentence;
  const shown = trials.slice(0, trialsShown);
  const commands = shown.flatMap(({ sides }) => sides.map(({ side }) => side.replay));
  const blocks = [
    `## ${inline(id)}. ${inline(text)}`,
    `**${verdictWord[verdict]}** ${inline(because)}`,
    tableOf(['Trial', 'With it', 'Control'], shown.map(rowOf)),
  ];
  if (shown.length < trials.length) blocks.push(`${shown.length} of ${trials.length} trials.`);
  if (untried.length > 0) blocks.push(`Not tried: ${untried.map(inline).join('; ')}.`);
  return [...blocks, codeBlock([...new Set(commands)].filter((command) => command !== ''))];
}

const trialWord = {
  differs: '',
  contradicted: ' **Not as it says.**',
  inconclusive: ' **Inconclusive.**',
  'not-run': '',
} as const;

function rowOf({ says, system }: TrialShown): string[] {
  const { treatment, control, outcome } = system;
  return [`${inline(says)}.${trialWord[outcome]}`, sideOf(treatment), sideOf(control)];
}

function sideOf({ profile, scenario, seen }: SideRecord): string {
  return `${inline(profile)}, ${inline(scenario)}: ${seen.map(inline).join('; ')}`;
}
