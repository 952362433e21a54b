import { z } from 'zod';
import { historyLine } from '../../import/line-schema.ts';
import { runRecord } from '../../record/schema.ts';
import type { Command } from '../command.ts';
import { suiteSchema } from '../suite-file.ts';

const schemas = { run: runRecord, suite: suiteSchema, history: historyLine } as const;
const schemaNames = Object.keys(schemas) as (keyof typeof schemas)[];

export const schemaCommand: Command = (parser, invocation) =>
  parser.command(
    'schema <of>',
    'print the JSON Schema of run.json, of a suite file, or of a line of a history',
    (yargs) =>
      yargs.example('$0 schema run', '').positional('of', {
        choices: schemaNames,
        demandOption: true,
        describe: schemaNames.join(', '),
      }),
    ({ of }) => {
      const schema = z.toJSONSchema(schemas[of], { io: 'input' });
      invocation.host.stdout(`${JSON.stringify(schema, null, 2)}\n`);
    },
  );
