import { resolve } from 'node:path';
import {
  beginBaseline,
  confirmationsNeeded,
  stepBaseline,
  whyNoBaseline,
} from '../compare/baseline.ts';
import { compareRuns, type ComparisonRequest } from '../compare/compare-runs.ts';
import { fingerprintOf } from '../compare/testbed.ts';
import { AckmarkError } from '../core/errors.ts';
import { ExitCode } from '../core/exit-codes.ts';
import { suggestion } from '../core/suggest.ts';
import { isBaselineName, readBaselines, writeBaseline } from '../record/baseline-directory.ts';
import type { Baseline } from '../record/baseline-schema.ts';
import { readRecord } from '../record/run-directory.ts';
import type { RunRecord } from '../record/schema.ts';
import { baselinesText, baselineText } from '../../reports/comparison/baseline-text.ts';
import { comparisonReporters } from '../../reports/comparison/catalog.ts';
import type { Host } from './host.ts';
import { printable } from './printable.ts';
import { requestedFormats, screenOptions, writeReports } from './reporters.ts';

export interface BaselineRequest {
  readonly directory: string;
  readonly host: Host;
  readonly reporter: readonly string[] | undefined;
  readonly json: boolean;
  readonly comparison: ComparisonRequest;
}

export function listBaselines({ directory, host, json }: BaselineRequest): ExitCode {
  const kept = readBaselines(directory);
  const text = json
    ? asJson(kept.map(summaryOf))
    : baselinesText(kept, confirmationsNeeded, screenOptions(host));
  host.stdout(text);
  return ExitCode.kept;
}

export function showBaseline(request: BaselineRequest, name: string): ExitCode {
  const { host, json } = request;
  const kept = namedSo(request, name);
  const text = json
    ? asJson(kept.map(summaryOf))
    : baselineText(kept, confirmationsNeeded, screenOptions(host));
  host.stdout(text);
  return ExitCode.kept;
}

/** Begins the baseline of this testbed, or lets the run confirm it or take its place. */
export async function saveBaseline(
  request: BaselineRequest,
  name: string,
  run: string,
): Promise<ExitCode> {
  const { directory, host } = request;
  requireName(name);
  const record = recordIn(host, run);
  const at = host.wallClock().toISOString();
  const before = readBaselines(directory).find(
    (one) => one.name === name && one.fingerprint === fingerprintOf(record.host),
  );
  if (before === undefined) {
    const unfit = whyNoBaseline(record);
    if (unfit !== undefined) {
      host.stderr(`not saved, run ${printable(record.id)}: ${printable(unfit)}\n`);
      return unfitCode(record);
    }
    const begun = beginBaseline(name, record, at);
    writeBaseline(directory, begun);
    host.stdout(
      request.json
        ? asJson({ step: 'begun', ...summaryOf(begun) })
        : `baseline ${name} begins with run ${printable(record.id)}, testbed ${begun.fingerprint}\n`,
    );
    return ExitCode.kept;
  }
  const step = stepBaseline(before, record, at, request.comparison);
  if (step.is !== 'known') writeBaseline(directory, step.baseline);
  if (request.json)
    host.stdout(asJson({ step: step.is, reason: step.reason, ...summaryOf(step.baseline) }));
  else {
    const reports = await requestedFormats(request.reporter, false, comparisonReporters);
    await writeReports(step.comparison, reports, host);
    host.stdout(`baseline ${name} ${step.is}: ${printable(step.reason)}\n`);
  }
  if (step.is !== 'reset') return ExitCode.kept;
  const { exitCode } = step.comparison.outcome;
  return exitCode === ExitCode.kept ? unfitCode(record) : exitCode;
}

/** The run against the baseline of its own testbed, or of another where that is allowed. */
export async function compareWithBaseline(
  request: BaselineRequest,
  name: string,
  run: string,
): Promise<ExitCode> {
  const { host, comparison: asked } = request;
  const record = recordIn(host, run);
  const kept = namedSo(request, name);
  const own = kept.find(({ fingerprint }) => fingerprint === fingerprintOf(record.host));
  const newest = kept.toSorted((a, b) => a.savedAt.localeCompare(b.savedAt)).at(-1);
  const baseline = own ?? (asked.allowCrossTestbed ? newest : undefined);
  if (baseline === undefined) throw otherTestbed(name, record, kept);
  const reports = await requestedFormats(request.reporter, request.json, comparisonReporters);
  const comparison = compareRuns(baseline.record, record, asked);
  await writeReports(comparison, reports, host);
  return comparison.outcome.exitCode;
}

function namedSo({ directory }: BaselineRequest, name: string): readonly Baseline[] {
  const all = readBaselines(directory);
  const kept = all.filter((one) => one.name === name);
  if (kept.length > 0) return kept;
  const names = [...new Set(all.map((one) => one.name))];
  throw new AckmarkError(
    'USAGE',
    `no baseline is called ${JSON.stringify(name)}${suggestion(name, names)}`,
    {
      hint:
        names.length === 0
          ? `None is kept in ${directory}; begin one with \`ackmark baseline save main runs/latest\`.`
          : `Kept: ${names.join(', ')}.`,
    },
  );
}

function otherTestbed(name: string, { host }: RunRecord, kept: readonly Baseline[]): AckmarkError {
  const others = kept.map(({ fingerprint }) => fingerprint).join(', ');
  return new AckmarkError(
    'USAGE',
    `baseline ${name} is of another testbed (${others}) than this run (${fingerprintOf(host)})`,
    {
      hint: 'Save one for this testbed, or compare all the same with --allow-cross-testbed.',
    },
  );
}

function requireName(name: string): void {
  if (isBaselineName(name)) return;
  throw new AckmarkError('USAGE', `${JSON.stringify(name)} cannot name a baseline`, {
    hint: 'Letters, digits, dots, dashes and underscores, such as main or release-2.1.',
  });
}

/** Of a run that cannot be a baseline by itself. */
function unfitCode({ outcome }: RunRecord): ExitCode {
  return outcome.exitCode === ExitCode.kept ? ExitCode.inconclusive : outcome.exitCode;
}

function recordIn(host: Host, run: string): RunRecord {
  return readRecord(resolve(host.directory, run)).record;
}

function summaryOf({ record, schemaVersion: _version, ...rest }: Baseline) {
  return { ...rest, run: record.id };
}

function asJson(document: object): string {
  return `${JSON.stringify(document)}\n`;
}
