import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, readdirSync, existsSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir, type as osType } from 'node:os';
import { catalog, type CatalogEntry, type Program } from '../../../engines/catalog.ts';
import { clockFrom } from '../../core/clock.ts';
import { ExitCode } from '../../core/exit-codes.ts';
import { plural } from '../../core/plural.ts';
import { shellWord } from '../../core/shell-word.ts';
import { childEnvironment } from '../../provision/child-environment.ts';
import type { Command } from '../command.ts';
import type { Host } from '../host.ts';
import { cacheDirectoryOf } from '../cache-directory.ts';
import { printable } from '../printable.ts';

interface Finding {
  readonly state: 'ok' | 'warning' | 'missing';
  readonly fact: string;
  readonly fix: string;
}

const glyph = { ok: '✓ ok     ', warning: '! warning', missing: '✗ missing' } as const;

export const doctorCommand: Command = (parser, invocation) =>
  parser.command(
    'doctor',
    'what this machine can run and measure, and what to do about the rest',
    (yargs) => yargs,
    () => {
      const { host } = invocation;
      const findings = examine(host);
      for (const { state, fact, fix } of findings) {
        host.stdout(
          `${glyph[state]}  ${printable(fact)}${fix === '' ? '' : `\n             fix: ${fix}`}\n`,
        );
      }
      const missing = findings.filter((finding) => finding.state === 'missing').length;
      const ok = findings.filter((finding) => finding.state === 'ok').length;
      const warnings = findings.length - ok - missing;
      const counts = [
        `${ok} of ${findings.length} ok`,
        ...(warnings > 0 ? [plural(warnings, 'warning')] : []),
        missing === 0 ? 'nothing that is needed is missing' : `${missing} missing`,
      ];
      host.stdout(`${counts.join(', ')}\n`);
      invocation.exitCode = missing === 0 ? ExitCode.kept : ExitCode.unavailable;
    },
  );

function examine(host: Host): readonly Finding[] {
  return [
    { state: 'ok', fact: `node ${host.nodeVersion} on ${osType()}`, fix: '' },
    cores(),
    timer(host),
    lifeLine(),
    writable('cache', cacheDirectoryOf(host.environment), 'Set ACKMARK_CACHE to a writable place.'),
    writable('scratch', tmpdir(), 'Set TMPDIR to a writable place.'),
    nodeNetworks(host),
    ...catalog.flatMap((entry) => enginesOf(entry, host)),
    fetched(host),
    ...interrupted(host),
  ];
}

/** What nobody needs for the engine itself is no more than a warning. */
function enginesOf(entry: CatalogEntry, host: Host): readonly Finding[] {
  const own = entry.programs.map((wanted) => program(entry.id, wanted, host));
  const others = (entry.others ?? []).flatMap(({ target, programs }) =>
    programs.map((wanted) => {
      const found = program(`${entry.id} --target ${target}`, wanted, host);
      return found.state === 'missing' ? { ...found, state: 'warning' as const } : found;
    }),
  );
  if (own.length > 0) return [...own, ...others];
  const fact =
    entry.defaultTarget === 'external'
      ? `${entry.id}: not started here, --target ${entry.id}://host:port names one that runs`
      : `${entry.id}: ${entry.defaultTarget}, with nothing but npm install`;
  return [{ state: 'ok', fact, fix: '' }, ...others];
}

/** Scenarios that part nodes need them; only a try tells, since a container may forbid what root may do. */
function nodeNetworks(host: Host): Finding {
  const fix =
    'Scenarios that part nodes need Linux, root (in a container: privileged), unshare, nsenter and ip (iproute2).';
  const tries = [
    ['/usr/bin/unshare', ['--net', '--', '/bin/true']],
    ['/usr/bin/nsenter', ['--version']],
    ['ip', ['-V']],
  ] as const;
  const failed = tries.find(([command, args]) => !canRun(command, args, host));
  return failed === undefined
    ? { state: 'ok', fact: 'network namespaces: nodes can be parted from each other', fix: '' }
    : { state: 'warning', fact: `network namespaces: ${failed.flat().join(' ')} fails`, fix };
}

function cores(): Finding {
  const count = availableParallelism();
  const load = loadavg()[0] ?? 0;
  const fact = `${count} cores, load average ${load.toFixed(1)}`;
  return load < count
    ? { state: 'ok', fact, fix: '' }
    : {
        state: 'warning',
        fact,
        fix: 'Timed cells will be declared invalid beside other work: stop it.',
      };
}

/** The smallest step that the monotonic clock shows. */
function timer(host: Host): Finding {
  const clock = clockFrom(host.monotonic, host.monotonic());
  let smallest = Number.POSITIVE_INFINITY;
  for (let n = 0; n < 1_000; n += 1) {
    const from = clock.nowNs();
    const step = clock.nowNs() - from;
    if (step > 0) smallest = Math.min(smallest, step);
  }
  const fact = `clock steps of ${smallest} ns`;
  return smallest < 10_000
    ? { state: 'ok', fact, fix: '' }
    : {
        state: 'warning',
        fact,
        fix: 'The clock source is coarse: prefer tsc (see clocksource in /sys).',
      };
}

function lifeLine(): Finding {
  return existsSync('/usr/bin/setpriv')
    ? { state: 'ok', fact: 'setpriv: brokers die with the harness, also after kill -9', fix: '' }
    : {
        state: 'warning',
        fact: 'no setpriv: after kill -9 of the harness brokers run on until the next start sweeps them',
        fix: 'Install util-linux.',
      };
}

function writable(name: string, directory: string, fix: string): Finding {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
    return { state: 'ok', fact: `${name} directory ${directory} is writable`, fix: '' };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { state: 'missing', fact: `${name} directory ${directory}: ${why}`, fix };
  }
}

function program(engine: string, { command, probe, fix }: Program, host: Host): Finding {
  return canRun(command, probe, host)
    ? { state: 'ok', fact: `${engine}: ${command}`, fix: '' }
    : { state: 'missing', fact: `${engine}: ${command} cannot be run`, fix };
}

/** Absent or broken come to the same: it cannot be used. */
function canRun(command: string, args: readonly string[], host: Host): boolean {
  const env = { ...childEnvironment(host.environment) };
  try {
    execFileSync(command, args, { env, stdio: 'ignore', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

function fetched(host: Host): Finding {
  const kept = directoriesIn(cacheDirectoryOf(host.environment)).filter(
    (name) => !['running', 'up'].includes(name) && !isUnfinished(name),
  );
  return {
    state: 'ok',
    fact:
      kept.length === 0
        ? 'no broker is fetched yet (a run fetches it)'
        : `fetched: ${kept.join(', ')}`,
    fix: '',
  };
}

/** Fetches in progress have such a directory, too: nothing is removed for the user. */
function interrupted(host: Host): readonly Finding[] {
  const cache = cacheDirectoryOf(host.environment);
  const count = directoriesIn(cache).filter(isUnfinished).length;
  if (count === 0) return [];
  const are = count === 1 ? 'directory of a fetch that is' : 'directories of fetches that are';
  return [
    {
      state: 'warning',
      fact: `${count} ${are} unfinished, or going on now`,
      fix: `When none is going on: rm -rf ${shellWord(cache)}/.*-fetch-*`,
    },
  ];
}

const isUnfinished = (name: string): boolean => /^\..*-fetch-/.test(name);

function directoriesIn(place: string): readonly string[] {
  if (!existsSync(place)) return [];
  return readdirSync(place, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}
