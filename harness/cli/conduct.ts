import { availableParallelism, hostname, tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import { mkdtempSync } from 'node:fs';
import { clockFrom } from '../core/clock.ts';
import type { HistoryMode } from '../core/history-mode.ts';
import { shellWord } from '../core/shell-word.ts';
import { brokerKeyOf, makeRunDirectory, runIdOf, runKeyOf } from '../record/run-directory.ts';
import type { RunRecord } from '../record/schema.ts';
import type { RunEnvironment } from '../run/environment.ts';
import type { RunPlan } from '../run/execute.ts';
import type { Host } from './host.ts';
import { hostFacts } from './host-facts.ts';
import { isRunning } from './is-running.ts';
import { readScore } from './kept-score.ts';
import { progressView, silentProgress } from './progress-view.ts';
import { openProvisioning } from './provisioning.ts';
import type { Setting } from './settings.ts';
import { version } from './version.ts';

export interface Conduct {
  /** Where the program began, and when that was. */
  readonly originNs: bigint;
  readonly startedAt: Date;
  readonly out: string;
  readonly quiet: boolean;
  readonly seed: number;
  readonly history: HistoryMode;
  readonly settings: readonly Setting[];
}

/** A run with everything around it: a directory, progress, targets that end with this process, and its heading. */
export async function conduct(
  host: Host,
  { originNs, startedAt, out, quiet, seed, history, settings }: Conduct,
  play: (heading: RunPlan['heading'], environment: RunEnvironment) => Promise<RunRecord>,
): Promise<{
  readonly record: RunRecord;
  /** Where its HTML report belongs, from the working directory. */
  readonly html: string;
}> {
  const clock = clockFrom(host.monotonic, originNs);
  const directory = makeRunDirectory(resolve(host.directory, out), runIdOf(startedAt, seed));
  const id = basename(directory);
  const view = quiet
    ? { ...silentProgress, close: () => {} }
    : progressView(host.stderr, host.stderrIsTerminal, clock, host.every);
  const provisioning = openProvisioning(host, (line) => view.note(line));
  const scratch = mkdtempSync(join(tmpdir(), 'ackmark-'));
  provisioning.lifeLine.rememberDirectory(scratch);
  try {
    const record = await play(
      {
        ackmark: version,
        id,
        seed,
        command: commandOf(host, seed),
        startedAt: startedAt.toISOString(),
        host: hostFacts(host),
        configuration: settings.map((setting) => ({ ...setting })),
        selftest: readScore(host),
      },
      {
        runKey: runKeyOf(id),
        brokerKey: brokerKeyOf(id, hostname(), host.pid),
        program: host.program,
        directory,
        scratch,
        originNs,
        clock,
        wallClock: host.wallClock,
        cores: availableParallelism(),
        threadCpuMicros: host.threadCpuMicros,
        isRunning: (pid) => isRunning(host, pid),
        signal: host.signal,
        history,
        host: provisioning.host,
        variables: host.environment,
        progress: view,
      },
    );
    return { record, html: join(relative(host.directory, directory), 'report.html') };
  } finally {
    view.close();
    provisioning.lifeLine.close();
  }
}

/** The command that repeats this run: what was typed, with the seed that was drawn. */
function commandOf({ argv, program }: Host, seed: number): string {
  const words = argv.some((word) => word.startsWith('--seed'))
    ? argv
    : [...argv, '--seed', `${seed}`];
  return [program, ...words.map(shellWord)].join(' ');
}
