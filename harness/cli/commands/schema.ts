import { z } from 'zod';
import { runRecord } from '../../record/schema.ts';
import type { Command } from '../command.ts';
import { suiteSchema } from '../suite-file.ts';

interface SchemaArguments {
  readonly of: 'run' | 'suite';
}

export const schemaCommand: Command = (invocation) => ({
  command: 'schema <of>',
  describe: 'print the JSON Schema of run.json or of a suite file',
  builder: (yargs) =>
    yargs.positional('of', { choices: ['run', 'suite'] as const, demandOption: true }),
  handler: ({ of }: SchemaArguments) => {
    const schema = of === 'run' ? runRecord : suiteSchema;
    invocation.host.stdout(`${JSON.stringify(z.toJSONSchema(schema, { io: 'input' }), null, 2)}\n`);
  },
});
