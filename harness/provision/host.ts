import { spawn } from 'node:child_process';
import type { ProcessSpec, ProvisionHost } from '../../engines/provisioner.ts';
import { AckmarkError } from '../core/errors.ts';
import { childEnvironment } from './child-environment.ts';
import type { LifeLine } from './life-line.ts';
import { startProcess, tail } from './managed-process.ts';
import { createPortSource } from './ports.ts';
import { closeSync, openSync } from 'node:fs';

export interface HostOptions {
  readonly cacheDirectory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly nodeExecutable: string;
  readonly signal: AbortSignal;
  readonly lifeLine: LifeLine;
  readonly note: (line: string) => void;
  /** The port that clients shall use; undefined: any. */
  readonly firstPort?: number | undefined;
  /** Where to look for free ones: unlike numbers, unlike places. */
  readonly portsFrom: number;
}

/** The one implementation of what provisioners may touch. */
export function createProvisionHost(options: HostOptions): ProvisionHost {
  return {
    cacheDirectory: options.cacheDirectory,
    environment: childEnvironment(options.environment),
    nodeExecutable: options.nodeExecutable,
    signal: options.signal,
    note: options.note,
    freePort: createPortSource({ first: options.firstPort, from: options.portsFrom }),
    start: async (spec) => {
      const child = await startProcess(spec, options.lifeLine.guard);
      options.lifeLine.remember(child.pid);
      void child.ended.then(() => options.lifeLine.forget(child.pid));
      return child;
    },
    run: (spec, timeoutMs) => runToEnd(spec, timeoutMs, options),
  };
}

async function runToEnd(
  spec: ProcessSpec,
  timeoutMs: number,
  { lifeLine, signal }: HostOptions,
): Promise<string> {
  const [command, ...args] = [...lifeLine.guard, spec.command, ...spec.arguments];
  const log = openSync(spec.logFile, 'a');
  const chunks: Buffer[] = [];
  const end = await new Promise<string | 0>((resolve, reject) => {
    const child = spawn(command as string, args, {
      cwd: spec.directory,
      env: { ...spec.environment },
      stdio: ['ignore', 'pipe', log],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      signal,
      detached: true,
    });
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', reject);
    child.once('close', (code, killedBy) => {
      if (code === 0) resolve(0);
      else if (child.killed) resolve(`was given up after ${timeoutMs / 1000} s`);
      else resolve(`ended with ${code ?? killedBy}`);
    });
  })
    .catch((cause: unknown) => {
      if (signal.aborted) {
        throw new AckmarkError('INTERRUPTED', `${spec.name} was interrupted`, {
          hint: 'Run the same command again.',
          cause,
        });
      }
      throw new AckmarkError('TARGET_UNAVAILABLE', `${spec.name}: cannot run ${spec.command}`, {
        hint: `Install ${spec.command}, or put it on the PATH.`,
        cause,
      });
    })
    .finally(() => closeSync(log));
  const output = Buffer.concat(chunks).toString('utf8');
  if (end === 0) return output;
  throw new AckmarkError(
    'FETCH_FAILED',
    `${spec.name}: ${spec.command} ${end}\n${output.slice(-2_000)}${await tail(spec)}`,
    { hint: `Run it by hand in ${spec.directory}: ${spec.command} ${spec.arguments.join(' ')}` },
  );
}
