import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { catalog } from '../../../engines/catalog.ts';
import type { Engine } from '../../../engines/engine.ts';
import { clockFrom } from '../../core/clock.ts';
import { AckmarkError } from '../../core/errors.ts';
import { shellWord } from '../../core/shell-word.ts';
import { startTarget } from '../../run/live-target.ts';
import type { Command } from '../command.ts';
import type { Host } from '../host.ts';
import {
  keptFile,
  keptLog,
  type KeptTarget,
  prepareKept,
  readKept,
  writeKept,
} from '../kept-target.ts';
import { openProvisioning } from '../provisioning.ts';
import { type Problem, throwProblems } from '../problems.ts';
import { selectEngines } from '../select-engines.ts';
import { requireWhole } from '../whole-number.ts';

const readyTimeoutMs = 300_000;
const pollMs = 100;
const highestPort = 65_535;

export const upCommand: Command = (parser, invocation) =>
  parser.command(
    'up <engine>',
    'start an engine’s broker and leave it running; `down` stops it',
    (yargs) =>
      yargs
        .example(`$0 up ${catalog[0]?.id}`, '')
        .positional('engine', {
          type: 'string',
          demandOption: true,
          describe: 'an engine’s id, or the path of its module',
        })
        .option('port', { number: true, describe: 'the port for clients; default: any free one' })
        .option('keep', { boolean: true, default: false, hidden: true })
        .check(({ port }) => {
          requireWhole('--port', port, 1, highestPort);
          return true;
        }),
    async ({ engine, port, keep }) => {
      const { host } = invocation;
      if (keep) return keepTarget(engine, port, host);
      // A mistake is told at once, not by a process in the background that does not come up.
      const named = await startable(engine, host);
      const running = readKept(host, engine);
      if (running !== undefined && port !== undefined) requirePort(engine, running, port);
      const kept = running ?? (await startKeeper(engine, port, host));
      const state = running === undefined ? 'started' : 'already running';
      host.stdout(`${kept.title} ${state}: ${kept.address}\n`);
      const url = urlOf(named.engine, kept.address);
      host.stdout(
        `use it: ${host.program} run --engine ${shellWord(engine)} --target ${shellWord(url)}\n`,
      );
      host.stdout(`stop it: ${host.program} down ${shellWord(engine)}\n`);
    },
  );

/** The address as `--target` takes it: an engine refuses the schemes that it does not speak. */
export function urlOf(engine: Engine, address: string): string {
  if (address.includes('://')) return address;
  const own = `${engine.id}://${address}`;
  const understood = [`tcp://${address}`, own, `amqp://${address}`].find((url) => {
    try {
      return engine.external?.(url, {}) !== undefined;
    } catch {
      // Refused: the next one.
      return false;
    }
  });
  return understood ?? own;
}

/** A port that is asked for and not given must not pass unnoticed. */
function requirePort(engine: string, { title, address }: KeptTarget, port: number): void {
  if (address.endsWith(`:${port}`)) return;
  throw new AckmarkError(
    'USAGE',
    `${title} is already running at ${address}, not on port ${port}`,
    {
      hint: `Stop it first (\`ackmark down ${shellWord(engine)}\`), or leave --port out.`,
    },
  );
}

/** A process of its own holds the broker, so that the broker lives and dies with it. */
async function startKeeper(
  engine: string,
  port: number | undefined,
  host: Host,
): Promise<KeptTarget> {
  prepareKept(host);
  const logFile = keptLog(host, engine);
  rmSync(logFile, { force: true });
  const log = openSync(logFile, 'a');
  const wanted = port === undefined ? [] : ['--port', String(port)];
  const keeper = spawn(host.nodeExecutable, [host.script, 'up', engine, '--keep', ...wanted], {
    cwd: host.directory,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  keeper.unref();
  for (
    let waitedMs = 0;
    waitedMs < readyTimeoutMs && keeper.exitCode === null;
    waitedMs += pollMs
  ) {
    const kept = readKept(host, engine);
    if (kept !== undefined) return kept;
    if (host.signal.aborted) {
      keeper.kill('SIGTERM');
      throw new AckmarkError('INTERRUPTED', `interrupted while ${engine} started`, {
        hint: `Run \`ackmark up ${shellWord(engine)}\` again.`,
      });
    }
    await pause(pollMs);
  }
  keeper.kill('SIGTERM');
  throw new AckmarkError(
    'TARGET_UNAVAILABLE',
    `${engine} did not start:\n${readFileSync(logFile, 'utf8').slice(-2_000).trim()}`,
    { hint: `Read ${logFile}; \`ackmark doctor\` says what is missing.` },
  );
}

async function startable(name: string, host: Host) {
  const problems: Problem[] = [];
  const [selected] = await selectEngines(
    {
      references: [name],
      target: undefined,
      levels: [],
      directory: host.directory,
      environment: host.environment,
    },
    catalog,
    problems,
  );
  throwProblems(problems, 'USAGE', 'See `ackmark list engines`.');
  if (selected === undefined || selected.target.kind !== 'started') {
    throw new AckmarkError('USAGE', `${name} has no target that can be started here`, {
      hint: 'See `ackmark list engines`.',
    });
  }
  const { engine, module, target, profiles } = selected;
  // Of several profiles the first: without a name of one it is as good as any other.
  const options = engine.profiles[profiles[0] ?? '']?.options;
  const settings = options === undefined ? {} : (engine.targetSettings?.(options) ?? {});
  return { engine, module, target, settings };
}

/** Runs in the keeper: holds the target until it is told to end. */
async function keepTarget(name: string, port: number | undefined, host: Host): Promise<void> {
  const { engine, module, target, settings } = await startable(name, host);
  const scratch = mkdtempSync(join(tmpdir(), 'ackmark-up-'));
  const provisioning = openProvisioning(host, (line) => host.stderr(`${line}\n`), port);
  provisioning.lifeLine.rememberDirectory(scratch);
  try {
    const live = await startTarget(
      { id: engine.id, family: engine.family, module, target, settings },
      engine,
      scratch,
      provisioning.host,
      clockFrom(host.monotonic, host.monotonic()),
    );
    const { title, address } = live.direct;
    writeKept(host, name, { pid: host.pid, title, address });
    while (!host.signal.aborted) await pause(pollMs);
    rmSync(keptFile(host, name), { force: true });
    await live.down();
  } finally {
    provisioning.lifeLine.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}
