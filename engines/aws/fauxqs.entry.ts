/**
 * fauxqs in a process of its own, so that it shares no event loop with who measures it. Arguments: `--port 1..65535`
 * and, where what it has shall outlive it, `--data directory`. Ends with 0 after SIGTERM, with 64 for wrong arguments.
 */
import { parseArgs } from 'node:util';
import { startFauxqs } from 'fauxqs';

const text = { type: 'string' } as const;
const { port, data } = parseArgs({ options: { port: text, data: text } }).values;
if (port === undefined) {
  process.stderr.write('--port must be given\n');
  process.exit(64);
}
const server = await startFauxqs({
  port: Number(port),
  host: '127.0.0.1',
  logger: false,
  ...(data === undefined ? {} : { dataDir: data }),
});
process.on('SIGTERM', () => {
  void server.stop().then(() => process.exit(0));
});
