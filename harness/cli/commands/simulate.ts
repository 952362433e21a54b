import { catalog } from '../../../engines/catalog.ts';
import { AckmarkError } from '../../core/errors.ts';
import { worstExitCode } from '../../core/exit-codes.ts';
import { conclusionOf, exitCodeOf } from '../../simulate/conclusion.ts';
import { linesOf } from '../../simulate/report-lines.ts';
import { simulate } from '../../simulate/simulate.ts';
import type { Command } from '../command.ts';
import { faultKinds } from '../../../engines/simulation.ts';
import { faultKindsIn } from '../fault-kinds.ts';
import { speedOf, stopwatch } from '../simulation-speed.ts';
import {
  inBatches,
  onNodes,
  ruleLines,
  selectSimulations,
  withRule,
} from '../select-simulations.ts';
import { requireWhole } from '../whole-number.ts';
import { list } from '../word-lists.ts';

const nodesMost = 7;
const batchMost = 1_000;

export const simulateCommand: Command = (parser, invocation) =>
  parser.command(
    'simulate',
    'play embedded engines in virtual time, one history of every seed, and judge them',
    (yargs) =>
      yargs
        .option('engine', {
          array: true,
          string: true,
          describe: 'default: all that can be played',
        })
        .option('seeds', { number: true, default: 1000, describe: 'how many' })
        .option('seed', { number: true, default: 1, describe: 'the first one' })
        .option('nodes', {
          number: true,
          default: 1,
          describe: 'of the broker; from 2 on, of those that replicate',
        })
        .option('batch', {
          number: true,
          describe: 'messages at a time, of engines that can be played so; default: by the seed',
        })
        .option('faults', {
          array: true,
          string: true,
          describe: `only these kinds, or \`none\`: ${faultKinds.join(', ')}; default: all`,
        })
        .option('break', {
          string: true,
          describe:
            'break this rule of the engine: exit 0 when that is found, 2 when not; `help` lists them',
        })
        .option('only', {
          string: true,
          describe: 'of one seed: only these parts of its plan, by number, or `none`',
        })
        .option('messages', { number: true, describe: 'so many of a lane at most' })
        .option('json', { boolean: true, default: false }),
    async ({ engine, seeds, seed, nodes, batch, faults, break: broken, only, messages, json }) => {
      const { host } = invocation;
      requireWhole('--seeds', seeds, 1);
      requireWhole('--seed', seed, 1);
      requireWhole('--nodes', nodes, 1, nodesMost);
      requireWhole('--messages', messages, 1);
      requireWhole('--batch', batch, 2, batchMost);
      const parts = only === undefined ? undefined : partsOf(only, seeds);
      const playable = await selectSimulations(engine && list(engine), catalog);
      const isNamed = engine !== undefined;
      const simulations = inBatches(onNodes(playable, nodes, isNamed), batch, isNamed);
      const kinds = faults && faultKindsIn(list(faults));
      const flags = [
        ...(nodes === 1 ? [] : [` --nodes ${nodes}`]),
        ...(batch === undefined ? [] : [` --batch ${batch}`]),
        ...(kinds === undefined ? [] : [` --faults ${[...kinds].join(',') || 'none'}`]),
      ].join('');
      const replay = (id: string): string => `${host.program} simulate --engine ${id}${flags}`;
      if (broken === 'help') {
        host.stdout(`${ruleLines(simulations).join('\n')}\n`);
        return;
      }
      const outcomes = withRule(simulations, broken).map(([id, simulation]) => {
        const watch = stopwatch(host);
        const options = { firstSeed: seed, seeds, broken, faults: kinds, only: parts, messages };
        const report = simulate(simulation, options);
        host.stderr(`${id}: ${speedOf(report, watch())}\n`);
        return { id, report, conclusion: conclusionOf(report, broken) };
      });
      host.stdout(
        json
          ? `${JSON.stringify(Object.fromEntries(outcomes.map(({ id, report, conclusion }) => [id, { ...report, conclusion }])))}\n`
          : `${outcomes.flatMap(({ id, report, conclusion }) => linesOf(id, report, conclusion, broken, replay(id))).join('\n')}\n`,
      );
      invocation.exitCode = worstExitCode(outcomes.map(({ conclusion }) => exitCodeOf(conclusion)));
    },
  );

/** Numbers of parts mean nothing but in the plan of one seed. */
function partsOf(only: string, seeds: number): ReadonlySet<number> {
  const parts = only === 'none' ? [] : list(only).map(Number);
  if (seeds === 1 && parts.every((part) => Number.isInteger(part) && part >= 1)) {
    return new Set(parts);
  }
  throw new AckmarkError('USAGE', '--only takes numbers of parts of the plan of one seed', {
    hint: 'For example --seed 7 --seeds 1 --only 1,3, or --only none.',
  });
}
