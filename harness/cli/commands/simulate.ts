import { catalog } from '../../../engines/catalog.ts';
import type { Simulation } from '../../../engines/simulation.ts';
import { AckmarkError } from '../../core/errors.ts';
import { ExitCode } from '../../core/exit-codes.ts';
import { suggestion } from '../../core/suggest.ts';
import { simulate, type SimulateReport } from '../../simulate/simulate.ts';
import type { Command } from '../command.ts';

const violationsShown = 10;

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
        .option('seeds', { number: true, default: 1000 })
        .option('seed', { number: true, default: 1, describe: 'the first one' })
        .option('break', {
          string: true,
          describe: 'break this rule of the engine, which must be found; `help` lists them',
        })
        .option('json', { boolean: true, default: false }),
    async ({ engine, seeds, seed, break: broken, json }) => {
      const { host } = invocation;
      for (const [flag, value] of [
        ['--seeds', seeds],
        ['--seed', seed],
      ] as const) {
        if (Number.isInteger(value) && value >= 1) continue;
        throw new AckmarkError('USAGE', `${flag} must be a whole number, from 1 on`, {
          hint: `For example ${flag} 1000.`,
        });
      }
      const simulations = await chosen(engine?.flatMap((names) => names.split(',')));
      if (broken === 'help') {
        host.stdout(`${simulations.flatMap(ruleLines).join('\n')}\n`);
        return;
      }
      const playing = simulations.filter(
        ([, { rules }]) => broken === undefined || Object.hasOwn(rules, broken),
      );
      if (broken !== undefined && playing.length === 0) {
        const rules = simulations.flatMap(([, simulation]) => Object.keys(simulation.rules));
        throw new AckmarkError('USAGE', `no rule is called ${broken}${suggestion(broken, rules)}`, {
          hint: '`ackmark simulate --break help` lists them.',
        });
      }
      const reports = playing.map(([id, simulation]) => {
        return [id, simulate(simulation, { firstSeed: seed, seeds, broken })] as const;
      });
      host.stdout(
        json
          ? `${JSON.stringify(Object.fromEntries(reports))}\n`
          : `${reports.flatMap(([id, report]) => lines(id, report, broken)).join('\n')}\n`,
      );
      const isClean = reports.every(([, { violations }]) => violations.length === 0);
      invocation.exitCode = isClean ? ExitCode.kept : ExitCode.violated;
    },
  );

async function chosen(
  names: readonly string[] | undefined,
): Promise<readonly (readonly [string, Simulation])[]> {
  const found: (readonly [string, Simulation])[] = [];
  for (const entry of catalog) {
    if (names !== undefined && !names.includes(entry.id)) continue;
    if (entry.simulation !== undefined) found.push([entry.id, await entry.simulation()]);
    else if (names !== undefined) {
      throw new AckmarkError('USAGE', `${entry.id} cannot be simulated`, {
        hint: 'Only embedded brokers can: real ones have clocks and threads of their own.',
      });
    }
  }
  const unknown = names?.find((name) => catalog.every(({ id }) => id !== name));
  if (unknown !== undefined) {
    const near = suggestion(
      unknown,
      catalog.map(({ id }) => id),
    );
    throw new AckmarkError('USAGE', `no engine is called ${unknown}${near}`, {
      hint: '`ackmark list engines` names them.',
    });
  }
  return found;
}

function ruleLines([id, { rules }]: readonly [string, Simulation]): readonly string[] {
  const width = Math.max(...Object.keys(rules).map((rule) => rule.length));
  return Object.entries(rules).map(([rule, story]) => `${id}  ${rule.padEnd(width)}  ${story}`);
}

function lines(
  id: string,
  { seeds, judged, events, violations, marks, unclaimed }: SimulateReport,
  broken: string | undefined,
): readonly string[] {
  const rule = broken === undefined ? '' : ` --break ${broken}`;
  const shown = violations.slice(0, violationsShown);
  return [
    ...Object.entries(marks).map(([mark, count]) =>
      count === 0 ? `${id}: never: ${mark}` : `${id}: ${mark}: ${count} of ${seeds} seeds`,
    ),
    ...Object.entries(unclaimed).map(
      ([check, count]) => `${id}: beyond what is claimed, ${check} in ${count} seeds`,
    ),
    ...shown.flatMap(({ seed, profile, found, reason }) => [
      `${id}: seed ${seed}, ${profile}: ${found.join(' ') || 'stuck'}: ${reason}`,
      `  replay: ackmark simulate --engine ${id} --seed ${seed} --seeds 1${rule}`,
    ]),
    ...(shown.length < violations.length
      ? [`${id}: ${shown.length} of ${violations.length} violations shown`]
      : []),
    `${id}: ${seeds} seeds, ${judged} judged by their claims, ${events} events, violations: ${violations.length}`,
  ];
}
