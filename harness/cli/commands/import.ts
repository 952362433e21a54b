import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { AckmarkError } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import { type ImportedSuite, suiteOf } from '../../import/omb/suite-of.ts';
import { type ReadWorkload, readWorkload } from '../../import/omb/workload.ts';
import type { Command } from '../command.ts';
import type { Host } from '../host.ts';
import { printable } from '../printable.ts';
import { requireWhole } from '../whole-number.ts';
import { list } from '../word-lists.ts';

const longestSeconds = 86_400;

export const importCommand: Command = (parser, invocation) =>
  parser.command(
    'import <format> <file>',
    'make a suite of a workload of the OpenMessaging Benchmark, and say what has no equivalent',
    (yargs) =>
      yargs
        .example('$0 import omb workload.yaml --seconds 30 --out suite.yaml', '')
        .positional('format', { choices: ['omb'] as const, demandOption: true })
        .positional('file', { type: 'string', demandOption: true, describe: 'a workload file' })
        .option('engine', {
          array: true,
          string: true,
          coerce: list,
          default: ['log@acks-all'],
          describe: 'engines of the suite: OMB names them in another file',
        })
        .option('seconds', { number: true, describe: 'of load, instead of the workload’s minutes' })
        .option('out', { string: true, describe: 'a file; default: print it' })
        .check((argv) => {
          requireWhole('--seconds', argv.seconds, 1, longestSeconds);
          return true;
        }),
    ({ file, engine, seconds, out }) => {
      const { host } = invocation;
      const read = readWorkload(textOf(file, host), file);
      const imported = suiteOf(read.workload, seconds);
      const text = suiteText(read, imported, engine);
      for (const line of notesOf(read, imported)) host.stderr(`${printable(line)}\n`);
      if (out === undefined) return host.stdout(text);
      writeFileSync(resolve(host.directory, out), text);
      host.stdout(`${printable(out)}: run it with ${host.program} run --suite ${printable(out)}\n`);
    },
  );

function textOf(file: string, host: Host): string {
  try {
    return readFileSync(resolve(host.directory, file), 'utf8');
  } catch (cause) {
    throw new AckmarkError('USAGE', `${file} cannot be read`, {
      hint: 'Name a workload file, such as those in `workloads/` of the benchmark’s repository.',
      cause,
    });
  }
}

/** The suite, with what differs on top of it as comments. */
function suiteText(
  read: ReadWorkload,
  imported: ImportedSuite,
  engines: readonly string[],
): string {
  const comments = [`From the OMB workload ${read.workload.name}.`, ...notesOf(read, imported)];
  const body = stringify({ engines, scenarios: [imported.scenario] });
  return `${comments.map((line) => `# ${oneLine(line)}\n`).join('')}${body}`;
}

function notesOf({ unknown }: ReadWorkload, { departures }: ImportedSuite): readonly string[] {
  const notes = departures.map(({ field, why }) => `${field}: ${why}`);
  if (unknown.length === 0) return notes;
  return [
    ...notes,
    `${plural(unknown.length, 'unknown field')}, left out: ${unknown.slice(0, 20).join(', ')}`,
  ];
}

/** A name may hold what would end the comment. */
function oneLine(text: string): string {
  return printable(text).replaceAll(/[\r\n\u0085\u2028\u2029]+/g, ' ');
}
