import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, readdirSync, existsSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir, type as osType } from 'node:os';
import { catalog, type Program } from '../../../engines/catalog.ts';
import { clockFrom } from '../../core/clock.ts';
import { ExitCode } from '../../core/exit-codes.ts';
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
      host.stdout(`${ok} of ${findings.length} as they should be\n`);
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
    ...catalog.flatMap((entry) => entry.programs.map((wanted) => program(entry.id, wanted, host))),
    fetched(host),
  ];
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
  const env = { ...childEnvironment(host.environment) };
  try {
    execFileSync(command, probe, { env, stdio: 'ignore', timeout: 10_000 });
    return { state: 'ok', fact: `${engine}: ${command}`, fix: '' };
  } catch {
    // Absent or broken come to the same: it cannot be used.
    return { state: 'missing', fact: `${engine}: ${command} cannot be run`, fix };
  }
}

function fetched(host: Host): Finding {
  const directory = cacheDirectoryOf(host.environment);
  const kept = existsSync(directory)
    ? readdirSync(directory, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && !['running', 'up'].includes(entry.name))
        .map(({ name }) => name)
    : [];
  return {
    state: 'ok',
    fact:
      kept.length === 0
        ? 'no broker is fetched yet (a run fetches it)'
        : `fetched: ${kept.join(', ')}`,
    fix: '',
  };
}
