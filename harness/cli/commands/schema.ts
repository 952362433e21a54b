import { z } from 'zod';
import { runRecord } from '../../record/schema.ts';
import type { Command } from '../command.ts';
import { suiteSchema } from '../suite-file.ts';

export const schemaCommand: Command = (parser, invocation) =>
  parser.command(
    'schema <of>',
    'print the JSON Schema of run.json or of a suite file',
    (yargs) => yargs.positional('of', { choices: ['run', 'suite'] as const, demandOption: true }),
    ({ of }) => {
      const schema = of === 'run' ? runRecord : suiteSchema;
      invocation.host.stdout(
        `${JSON.stringify(z.toJSONSchema(schema, { io: 'input' }), null, 2)}\n`,
      );
    },
  );
