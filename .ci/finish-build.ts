import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { suiteSchema } from '../harness/cli/suite-file.ts';
import { historyLine } from '../harness/import/line-schema.ts';
import { runRecord } from '../harness/record/schema.ts';

/** After `tsc`: the published command is executable, and the JSON Schemas stand beside it. */
const dist = new URL('../dist/', import.meta.url);
chmodSync(new URL('harness/cli/bin.js', dist), 0o755);
mkdirSync(new URL('schema/', dist), { recursive: true });
const schemas = { run: runRecord, suite: suiteSchema, history: historyLine };
for (const [name, schema] of Object.entries(schemas)) {
  const text = JSON.stringify(z.toJSONSchema(schema, { io: 'input' }), null, 2);
  writeFileSync(new URL(`schema/${name}.schema.json`, dist), `${text}\n`);
}
