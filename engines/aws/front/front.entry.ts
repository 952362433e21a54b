/**
 * What stands before a target of AWS, in a process of its own, as the target is one. Arguments: `--port 1..65535`,
 * `--upstream` the port of the target on this machine, `--service` what it does, as JSON. Writes `ready` when it
 * listens, and ends with 0 after SIGTERM, with 64 for wrong arguments.
 */
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { mannerOf } from './manner-of.ts';
import { openRelay } from './relay.ts';
import { awsService } from './service.ts';

const text = { type: 'string' } as const;
const { port, upstream, service } = parseArgs({
  options: { port: text, upstream: text, service: text },
}).values;
if (port === undefined || upstream === undefined || service === undefined) {
  process.stderr.write('--port, --upstream and --service must be given\n');
  process.exit(64);
}
const manner = mannerOf(awsService.parse(JSON.parse(service)), () => performance.now());
const relay = await openRelay(Number(port), { host: '127.0.0.1', port: Number(upstream) }, manner);
process.stdout.write('ready\n');
process.on('SIGTERM', () => {
  void relay.close().then(() => process.exit(0));
});
