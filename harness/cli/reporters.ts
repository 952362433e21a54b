import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { styleText } from 'node:util';
import { AckmarkError } from '../core/errors.ts';
import type { RunRecord } from '../record/schema.ts';
import { reporters } from '../../reports/catalog.ts';
import {
  plainOptions,
  type Renderer,
  type ReportOptions,
  type Role,
  type Style,
} from '../../reports/report.ts';
import type { Host } from './host.ts';
import { suggestion } from '../core/suggest.ts';

/** The formats of one kind of document by their names, each loaded when it is asked for. */
export type Formats<D> = Readonly<Record<string, () => Promise<Renderer<D>>>>;

/** One `--reporter name[=file]`. */
export interface ReportRequest<D = RunRecord> {
  readonly reporter: Renderer<D>;
  readonly file: string | undefined;
}

/** What `--reporter`, given any number of times, and `--json` ask for together. */
export async function requestedReports(
  texts: readonly string[] | undefined,
  json: boolean,
): Promise<readonly ReportRequest[]> {
  return requestedFormats(texts, json, reporters);
}

/** The same for another kind of document. */
export async function requestedFormats<D>(
  texts: readonly string[] | undefined,
  json: boolean,
  formats: Formats<D>,
): Promise<readonly ReportRequest<D>[]> {
  const named = await Promise.all((texts ?? []).map((text) => parseReporter(text, formats)));
  if (!json) return texts === undefined ? [await parseReporter('terminal', formats)] : named;
  const alsoOnStdout = named.filter(({ file }) => file === undefined);
  if (alsoOnStdout.length === 0) return [...named, await parseReporter('json', formats)];
  const ids = alsoOnStdout.map(({ reporter }) => reporter.id);
  throw new AckmarkError(
    'USAGE',
    `--json writes the record to stdout, and --reporter ${ids.join(', --reporter ')} would write there too`,
    { hint: `Give it a file, such as --reporter ${ids[0]}=report.txt, or leave one of them out.` },
  );
}

/** The file's name is all that follows the first `=`. */
async function parseReporter<D>(text: string, formats: Formats<D>): Promise<ReportRequest<D>> {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const file = equals < 0 ? undefined : text.slice(equals + 1);
  const ids = Object.keys(formats);
  const load = Object.hasOwn(formats, name) ? formats[name] : undefined;
  const hint = `Reports: ${ids.join(', ')}; write to a file with --reporter html=report.html.`;
  if (load === undefined) {
    const near = suggestion(name, ids);
    const what = `--reporter: no report is called ${JSON.stringify(name)}${near}`;
    throw new AckmarkError('USAGE', what, { hint });
  }
  if (file === '') {
    throw new AckmarkError('USAGE', `--reporter ${text} names no file after its =`, { hint });
  }
  return { reporter: await load(), file };
}

/** The report that a run always leaves behind. */
export async function htmlReport(file: string): Promise<ReportRequest> {
  return { reporter: await reporters.html(), file };
}

/** Renders in the order asked for; returns what was written to files. */
export async function writeReports<D>(
  document: D,
  requests: readonly ReportRequest<D>[],
  host: Host,
): Promise<readonly { readonly format: string; readonly path: string }[]> {
  const written: { format: string; path: string }[] = [];
  for (const { reporter, file } of requests) {
    if (file === undefined) continue;
    const path = resolve(host.directory, file);
    const text = await reporter.render(document, plainOptions);
    try {
      writeFileSync(path, text);
    } catch (cause) {
      throw new AckmarkError(isWrongPath(cause) ? 'USAGE' : 'IO', `cannot write ${path}`, {
        hint: 'Runs are kept, and any report can be made again: name another file.',
        cause,
      });
    }
    written.push({ format: reporter.id, path: file });
  }
  for (const { reporter, file } of requests) {
    if (file !== undefined) continue;
    const text = await reporter.render(document, { ...screenOptions(host), written });
    host.stdout(text.endsWith('\n') ? text : `${text}\n`);
  }
  return written;
}

/** How text goes to the reader's screen. */
export function screenOptions(host: Host): ReportOptions {
  const style = host.stdoutIsTerminal ? coloured : plainOptions.style;
  return { ...plainOptions, style, columns: host.columns };
}

/** A directory that does not exist or may not be written is the reader's mistake; a full disk is not. */
function isWrongPath(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return ['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EROFS'].includes(code);
}

const colourOf: Readonly<Record<Role, Parameters<typeof styleText>[0]>> = {
  heading: 'bold',
  strong: 'bold',
  muted: 'dim',
  kept: 'green',
  broken: ['red', 'bold'],
  unclaimed: 'yellow',
  held: 'cyan',
  inconclusive: 'magenta',
  error: ['red', 'inverse'],
};

const coloured: Style = (role, text) => styleText(colourOf[role], text);
