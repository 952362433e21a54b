import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { catalog } from '../../../engines/catalog.ts';
import { plural } from '../../core/plural.ts';
import { readRecord } from '../../record/run-directory.ts';
import { cellNamed, historyOfCell } from '../../run/export/export-cell.ts';
import {
  exportFormats,
  exportHistory,
  type HistoryToExport,
} from '../../run/export/export-history.ts';
import { kindOfPath, openForeign } from '../../run/foreign/open-history.ts';
import { listedLines } from '../../run/foreign/unread.ts';
import type { Command } from '../command.ts';
import type { Host } from '../host.ts';
import { printable } from '../printable.ts';

export const historyCommand: Command = (parser, invocation) =>
  parser.command(
    'history <path>',
    'write the history of a cell, or one from elsewhere, as lines or as segments',
    (yargs) =>
      yargs
        .example('$0 history runs/latest --cell log@acks-all/steady/1 --out mine.ndjson', '')
        .positional('path', {
          type: 'string',
          demandOption: true,
          describe: 'a run directory, an .ndjson file, or a directory of segments',
        })
        .option('cell', { string: true, describe: 'id of a cell, where the run has several' })
        .option('format', { choices: exportFormats, default: 'ndjson' as const })
        .option('out', {
          string: true,
          demandOption: true,
          describe: 'a file, or a new directory',
        }),
    async ({ path, cell, format, out }) => {
      const { host } = invocation;
      const scratch = mkdtempSync(join(tmpdir(), 'ackmark-'));
      try {
        const history = await opened(path, cell, scratch, host);
        const events = exportHistory(history, format, resolve(host.directory, out), host.disk);
        host.stdout(`${printable(out)}: ${plural(events, 'event')}\n`);
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    },
  );

async function opened(
  path: string,
  cellId: string | undefined,
  scratch: string,
  host: Host,
): Promise<HistoryToExport> {
  const absolute = resolve(host.directory, path);
  if (kindOfPath(absolute, host.disk) !== 'run') {
    const source = { path: absolute, name: path };
    const { directory, sidecar, problems } = openForeign([source], host.disk, scratch);
    for (const line of [...listedLines(problems), ...problems.ofHistory]) {
      host.stderr(`left out: ${printable(line)}\n`);
    }
    return { directory, sidecar, faults: [] };
  }
  const { record, directory } = readRecord(absolute);
  const cell = cellNamed(record, cellId);
  const engine = await catalog.find(({ id }) => id === cell.engine)?.load();
  return historyOfCell(cell, directory, host.disk, engine?.default.outcomes ?? {});
}
