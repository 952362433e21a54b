import { availableParallelism } from 'node:os';
import { catalog } from '../../../engines/catalog.ts';
import { AckmarkError } from '../../core/errors.ts';
import { worstExitCode } from '../../core/exit-codes.ts';
import { type Conclusion, conclusionOf, exitCodeOf } from '../../simulate/conclusion.ts';
import { linesOf } from '../../simulate/report-lines.ts';
import {
  playSeeds,
  type SeedSummary,
  type SimulateOptions,
  type SimulateReport,
  Tally,
} from '../../simulate/simulate.ts';
import { plural } from '../../core/plural.ts';
import type { Command } from '../command.ts';
import type { Host } from '../host.ts';
import { openSeedThreads, seedsAtATime } from '../seed-threads.ts';
import { faultKinds } from '../../../engines/simulation.ts';
import { faultKindsIn } from '../fault-kinds.ts';
import { speedOf, stopwatch } from '../simulation-speed.ts';
import {
  inBatches,
  type NamedSimulation,
  onNodes,
  ruleLines,
  selectSimulations,
  withRule,
} from '../select-simulations.ts';
import { requireWhole } from '../whole-number.ts';
import { list } from '../word-lists.ts';

const nodesMost = 7;
const batchMost = 1_000;
const mostWorkers = 64;

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
        .option('workers', {
          number: true,
          describe: 'threads that play side by side; default: one for each core',
        })
        .option('json', { boolean: true, default: false }),
    async ({
      engine,
      seeds,
      seed,
      nodes,
      batch,
      faults,
      break: broken,
      only,
      messages,
      ...argv
    }) => {
      const { host } = invocation;
      const { workers = availableParallelism(), json } = argv;
      requireWhole('--seeds', seeds, 1);
      requireWhole('--seed', seed, 1);
      requireWhole('--nodes', nodes, 1, nodesMost);
      requireWhole('--messages', messages, 1);
      requireWhole('--batch', batch, 2, batchMost);
      requireWhole('--workers', workers, 1, mostWorkers);
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
      const options = { firstSeed: seed, seeds, broken, faults: kinds, only: parts, messages };
      const outcomes = await played(host, withRule(simulations, broken), {
        options,
        nodes,
        batch,
        workers: Math.min(workers, Math.ceil(seeds / seedsAtATime)),
      });
      host.stdout(
        json
          ? `${JSON.stringify(Object.fromEntries(outcomes.map(({ id, report, conclusion }) => [id, { ...report, conclusion }])))}\n`
          : `${outcomes.flatMap(({ id, report, conclusion }) => linesOf(id, report, conclusion, broken, replay(id))).join('\n')}\n`,
      );
      invocation.exitCode = worstExitCode(outcomes.map(({ conclusion }) => exitCodeOf(conclusion)));
    },
  );

interface Playing {
  readonly options: SimulateOptions;
  readonly nodes: number;
  readonly batch: number | undefined;
  readonly workers: number;
}

interface Outcome {
  readonly id: string;
  readonly report: SimulateReport;
  readonly conclusion: Conclusion;
}

/** One engine after the other; with one worker in this thread, where the same seeds give the same report. */
async function played(
  host: Host,
  simulations: readonly NamedSimulation[],
  { options, nodes, batch, workers }: Playing,
): Promise<readonly Outcome[]> {
  const threads = workers > 1 ? await openSeedThreads(workers, host.signal) : undefined;
  const outcomes: Outcome[] = [];
  try {
    for (const [id, simulation] of simulations) {
      const watch = stopwatch(host);
      const tally = new Tally(simulation, options);
      const add = (one: SeedSummary): void => tally.add(one);
      if (threads === undefined) for (const one of playSeeds(simulation, options)) add(one);
      const micros = (await threads?.play({ id, nodes, batch }, options, add)) ?? 0;
      const report = tally.report();
      const { seconds, cpuSeconds } = watch();
      const elapsed = { seconds, cpuSeconds: cpuSeconds + micros / 1e6 };
      host.stderr(`${id}: ${manner(workers, batch)}: ${speedOf(report, elapsed)}\n`);
      outcomes.push({ id, report, conclusion: conclusionOf(report, options.broken) });
    }
  } finally {
    await threads?.close();
  }
  return outcomes;
}

/** How it was played, as far as a figure of its speed depends on that. */
function manner(workers: number, batch: number | undefined): string {
  const size = batch === undefined ? 'batches by the seed' : `${batch} messages at a time`;
  return `${plural(workers, 'worker')}, ${size}`;
}

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
