/**
 * The controller of a cluster of embedded brokers, and the way between its nodes. Arguments:
 *
 * ```
 * --host 127.0.0.1 --port 1..65535 --nodes 1..7 --session-ms 1500 --unclean-election false|true
 * --state file
 * ```
 * Prints `ready` when nodes may come, and one line per decision; the file holds the last one as JSON. Ends with 0 after SIGTERM, 64 for wrong
 * arguments.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describeError } from '../../../../harness/core/errors.ts';
import type { ClusterState } from '../../replication/messages.ts';
import { wholeNumber } from '../arguments.ts';
import { Hub } from './hub.ts';
import { sessionMs as defaultSessionMs } from './times.ts';

const nodesMost = 7;

function note(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Whoever reads it meanwhile finds the old one or the new one, whole. */
function publish(file: string, state: ClusterState): void {
  writeFileSync(`${file}.draft`, JSON.stringify(state));
  renameSync(`${file}.draft`, file);
}

async function serve(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      host: { ...text, default: '127.0.0.1' },
      port: text,
      nodes: text,
      'session-ms': { ...text, default: String(defaultSessionMs) },
      'unclean-election': { ...text, default: 'false' },
      state: text,
    },
  });
  const { state } = values;
  if (state === undefined) throw new Error('--state must name a file');
  const unclean = values['unclean-election'];
  if (unclean !== 'true' && unclean !== 'false') {
    throw new Error('--unclean-election must be true or false');
  }
  const sessionMs = wholeNumber('--session-ms', values['session-ms'], 3_600_000);
  const hub = new Hub({
    nodes: wholeNumber('--nodes', values.nodes, nodesMost),
    sessionMs,
    uncleanElection: unclean === 'true',
    nowMs: () => performance.now(),
    decided: (decided) => publish(state, decided),
    note,
  });
  setInterval(() => hub.tick(), sessionMs / 8);
  process.on('SIGTERM', () => {
    hub.close();
    process.exit(0);
  });
  await hub.listen(values.host, wholeNumber('--port', values.port, 65_535));
  note('ready');
}

try {
  await serve();
} catch (error) {
  process.stderr.write(`the controller cannot start: ${describeError(error)}\n`);
  process.exit(64);
}
