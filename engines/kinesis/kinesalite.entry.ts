/**
 * kinesalite in a process of its own, so that it shares no event loop with who measures it. Arguments: `--port 1..65535`
 * and `--data directory`, of its LevelDB. Ends with 0 after SIGTERM, with 64 for wrong arguments.
 */
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

interface KinesaliteOptions {
  readonly path: string;
  readonly createStreamMs: number;
  readonly deleteStreamMs: number;
  readonly updateStreamMs: number;
  readonly shardLimit: number;
}

const text = { type: 'string' } as const;
const { port, data } = parseArgs({ options: { port: text, data: text } }).values;
if (port === undefined || data === undefined) {
  process.stderr.write('--port and --data must be given\n');
  process.exit(64);
}
const kinesalite = createRequire(import.meta.url)('kinesalite') as (
  options: KinesaliteOptions,
) => Server;
const server = kinesalite({
  path: data,
  createStreamMs: 0,
  deleteStreamMs: 0,
  updateStreamMs: 0,
  shardLimit: 1_000,
});
server.listen(Number(port), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
