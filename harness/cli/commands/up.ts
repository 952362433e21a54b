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
import { childEnvironment } from '../../provision/child-environment.ts';
import { startTarget } from '../../run/live-target.ts';
import { cacheDirectoryOf } from '../cache-directory.ts';
import type { Command } from '../command.ts';
import type { Host } from '../host.ts';
import {
  keptFile,
  keptLog,
  keptName,
  type KeptTarget,
  prepareKept,
  readKept,
  type Wish,
  wordsOf,
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
        .option('target', {
          string: true,
          describe: 'which of the targets that the engine can start; default: the engine’s own',
        })
        .option('port', { number: true, describe: 'the port for clients; default: any free one' })
        .option('keep', { boolean: true, default: false, hidden: true })
        .check(({ port }) => {
          requireWhole('--port', port, 1, highestPort);
          return true;
        }),
    async ({ engine, target, port, keep }) => {
      const { host } = invocation;
      const wish = { engine, target };
      if (keep) return keepTarget(wish, port, host);
      // A mistake is told at once, not by a process in the background that does not come up.
      const named = await startable(wish, host);
      const running = readKept(host, keptName(wish));
      if (running !== undefined && port !== undefined) requirePort(wish, running, port);
      const kept = running ?? (await startKeeper(wish, port, host));
      const state = running === undefined ? 'started' : 'already running';
      host.stdout(`${kept.title} ${state}: ${kept.address}\n`);
      const url = urlOf(named.engine, kept.address);
      host.stdout(
        `use it: ${host.program} run --engine ${shellWord(engine)} --target ${shellWord(url)}\n`,
      );
      host.stdout(`stop it: ${host.program} down ${wordsOf(wish)}\n`);
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
function requirePort(wish: Wish, { title, address }: KeptTarget, port: number): void {
  // Another port, of an admin API for example, may stand behind it.
  if (new RegExp(`:${port}(?!\\d)`).test(address)) return;
  throw new AckmarkError(
    'USAGE',
    `${title} is already running at ${address}, not on port ${port}`,
    {
      hint: `Stop it first (\`ackmark down ${wordsOf(wish)}\`), or leave --port out.`,
    },
  );
}

/** A process of its own holds the broker, so that the broker lives and dies with it. */
async function startKeeper(wish: Wish, port: number | undefined, host: Host): Promise<KeptTarget> {
  const { engine, target } = wish;
  const name = keptName(wish);
  prepareKept(host);
  const logFile = keptLog(host, name);
  rmSync(logFile, { force: true });
  const log = openSync(logFile, 'a');
  const wanted = [
    ...(target === undefined ? [] : ['--target', target]),
    ...(port === undefined ? [] : ['--port', String(port)]),
  ];
  const keeper = spawn(host.nodeExecutable, [host.script, 'up', engine, '--keep', ...wanted], {
    cwd: host.directory,
    // It outlives this process, and it logs in nowhere.
    env: {
      ...childEnvironment(host.environment),
      ACKMARK_CACHE: cacheDirectoryOf(host.environment),
    },
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
    const kept = readKept(host, name);
    if (kept !== undefined) return kept;
    if (host.signal.aborted) {
      keeper.kill('SIGTERM');
      throw new AckmarkError('INTERRUPTED', `interrupted while ${engine} started`, {
        hint: `Run \`ackmark up ${wordsOf(wish)}\` again.`,
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

async function startable({ engine: name, target: kind }: Wish, host: Host) {
  const problems: Problem[] = [];
  const [selected] = await selectEngines(
    {
      references: [name],
      target: kind,
      levels: [],
      directory: host.directory,
      environment: host.environment,
    },
    catalog,
    problems,
  );
  // The engine was given as an argument here: nobody typed the flag that the others speak of.
  const told = problems.map((problem) =>
    problem.place === '--engine' ? { ...problem, place: 'up' } : problem,
  );
  throwProblems(told, 'USAGE', 'See `ackmark list engines`.');
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
async function keepTarget(wish: Wish, port: number | undefined, host: Host): Promise<void> {
  const { engine, module, target, settings } = await startable(wish, host);
  const name = keptName(wish);
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
      1,
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
