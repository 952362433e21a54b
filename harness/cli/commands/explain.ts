import { scenarios } from '../../../scenarios/catalog.ts';
import { type CheckId, checkIds, clauseTitle, familyOf } from '../../core/anomalies.ts';
import { levels, promises } from '../../core/clauses.ts';
import { AckmarkError } from '../../core/errors.ts';
import { evidenceMeaning } from '../../core/evidence.ts';
import { suggestion } from '../../core/suggest.ts';
import { type CheckExplained, explainCheck } from '../../run/explain/explain-check.ts';
import { type ClaimExplained, explainClaim, isClaim } from '../../run/explain/explain-claim.ts';
import type { Command } from '../command.ts';
import { profileCalled, profileText } from '../explained/profile-text.ts';
import { scenarioText } from '../explained/scenario-text.ts';
import { aligned, wrapped } from '../prose.ts';

const widest = 100;
const explainable =
  'what can be explained are anomalies (`ackmark list checks`), levels (`ackmark list levels`), promises (`ackmark list promises`), scenarios (`ackmark list scenarios`) and profiles (`ackmark list profiles`)';

export const explainCommand: Command = (parser, invocation) =>
  parser.command(
    'explain <what>',
    'what an anomaly, a level, a promise, a scenario or a profile means',
    (yargs) =>
      yargs.example('$0 explain D1', '').example('$0 explain leader-crash', '').positional('what', {
        type: 'string',
        demandOption: true,
        describe: 'an id such as D1, a level, a promise, a scenario, or engine@profile',
      }),
    async ({ what }) => {
      const { host } = invocation;
      const columns = Math.min(widest, host.columns);
      host.stdout(`${await explained(what, columns)}\n`);
    },
  );

async function explained(what: string, columns: number): Promise<string> {
  const id = checkIds.find((known) => known === what.toUpperCase());
  if (id !== undefined) return checkText(explainCheck(id), columns);
  const name = what.toLowerCase();
  if (isClaim(name)) return claimText(explainClaim(name), columns);
  const scenario = scenarios.find((one) => one.id === name);
  if (scenario !== undefined) return scenarioText(scenario, columns);
  const profile = await profileCalled(name);
  if (profile !== undefined) return profileText(profile, columns);
  const known = [...checkIds, ...levels, ...promises, ...scenarios.map((one) => one.id)];
  throw new AckmarkError(
    'UNKNOWN_NAME',
    `nothing that can be explained is called ${JSON.stringify(what)}${suggestion(what, known)}`,
    {
      hint: `${explainable.charAt(0).toUpperCase()}${explainable.slice(1)}.`,
    },
  );
}

function checkText(check: CheckExplained, columns: number): string {
  const { id, title, evidence, decided, must, should, shows } = check;
  const facts: (readonly [string, string])[] = [
    ['family', familyOf(id)],
    ['evidence', `${evidence}: ${evidenceMeaning[evidence]}`],
    ['must not happen at', must.join(', ') || 'no level or promise'],
  ];
  if (should.length > 0) facts.push(['should not happen at', should.join(', ')]);
  if (shows.length > 0) facts.push(['the same events show', shows.join(', ')]);
  if (decided === undefined) {
    return [`${id}  ${title}`, aligned(facts, '  '), '  No check decides it.'].join('\n\n');
  }
  const where = decided.needs === undefined ? 'to every history' : `not where ${decided.needs}`;
  facts.push(['applies', where], ['kept in memory', decided.memory]);
  return [
    `${id}  ${title}`,
    wrapped(decided.definition, columns, '  '),
    aligned(facts, '  '),
    `  from\n${wrapped(decided.source, columns, '    ')}`,
    'A history that shows it',
    aligned(
      decided.rows.map(({ timeMs, actor, message, text }) => [
        `${timeMs} ms`,
        actor,
        message,
        text,
      ]),
      '  ',
    ),
    'and its lines, for `ackmark check`',
    decided.example.map((line) => `  ${line}`).join('\n'),
  ].join('\n\n');
}

function claimText({ name, kind, must, should, withoutEffects }: ClaimExplained, columns: number) {
  const parts = [`${name}  a ${kind}`];
  parts.push(
    must.length === 0 ? '  It forbids nothing.' : section('A finding of these violates it:', must),
  );
  if (withoutEffects.length > 0) {
    parts.push(section('and, in a history without effects, of these:', withoutEffects));
  }
  if (should.length > 0) parts.push(section('A finding of these is a warning:', should));
  const rest = 'Whatever is not named here may happen; it is counted and shown with its rate.';
  return [...parts, wrapped(rest, columns, '')].join('\n\n');
}

function section(title: string, ids: readonly CheckId[]): string {
  return `${title}\n${aligned(
    ids.map((id) => [id, clauseTitle[id]]),
    '  ',
  )}`;
}
