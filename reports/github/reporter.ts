import type { RunRecord } from '../../harness/record/schema.ts';
import { headlineOf } from '../model/headline.ts';
import { type Judgement, judgementsOf } from '../model/judgements.ts';
import type { Reporter } from '../report.ts';
import { messageOf, propertyOf } from './safe-command.ts';

/** GitHub shows ten of each kind for a step: https://docs.github.com/en/actions/reference/limits. */
const annotationsShown = 10;

/** Workflow commands: an annotation for each broken claim or missed threshold, and for what was left open. */
export const github: Reporter = { id: 'github', extension: 'txt', render: renderGithub };

function renderGithub(record: RunRecord): string {
  const judgements = judgementsOf(record);
  const failed = judgements.filter(({ outcome }) => outcome.is === 'failed');
  const open = judgements.filter(({ outcome }) => outcome.is === 'open');
  const { sentence } = headlineOf(record);
  const lines = [
    ...annotations('error', failed),
    ...annotations('warning', open),
    command('notice', 'Ackmark', [
      sentence,
      `exit ${record.outcome.exitCode}: ${record.outcome.reason}`,
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function annotations(
  level: 'error' | 'warning',
  judgements: readonly Judgement[],
): readonly string[] {
  const shown = judgements.slice(
    0,
    judgements.length > annotationsShown ? annotationsShown - 1 : annotationsShown,
  );
  const lines = shown.map((judgement) => command(level, judgement.group, textsOf(judgement)));
  if (shown.length === judgements.length) return lines;
  const rest = `${shown.length} of ${judgements.length} shown; the reports have all`;
  return [...lines, command(level, 'Ackmark', [rest])];
}

function textsOf({ name, outcome }: Judgement): readonly string[] {
  if (outcome.is === 'passed') return [name];
  if (outcome.is === 'skipped') return [name, outcome.because];
  return [name, outcome.message, ...outcome.details];
}

function command(
  level: 'error' | 'warning' | 'notice',
  title: string,
  texts: readonly string[],
): string {
  return `::${level} title=${propertyOf(title)}::${messageOf(texts)}`;
}
