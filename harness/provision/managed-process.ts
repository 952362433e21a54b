import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { ManagedProcess, ProcessEnd, ProcessSpec } from '../../engines/provisioner.ts';
import { AckmarkError } from '../core/errors.ts';

const pollMs = 50;
const logTailBytes = 2_000;

/**
 * Starts a child in a session of its own, so that Ctrl-C reaches the harness alone, which then stops its
 * children in order. `guard` is the command prefix that ties the child's life to ours (see `life-line.ts`).
 */
export async function startProcess(
  spec: ProcessSpec,
  guard: readonly string[],
): Promise<ManagedProcess> {
  const [command, ...args] = [...guard, spec.command, ...spec.arguments];
  const log = openSync(spec.logFile, 'a');
  const child = spawn(command as string, args, {
    cwd: spec.directory,
    env: { ...spec.environment },
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const pid = await started(child, spec);
  const ended = new Promise<ProcessEnd>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve({ code: child.exitCode, signal: child.signalCode });
    } else child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  return supervise(child, pid, ended, spec);
}

function started(child: ChildProcess, spec: ProcessSpec): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) =>
      reject(
        new AckmarkError('TARGET_UNAVAILABLE', `${spec.name}: cannot start ${spec.command}`, {
          hint: `Install ${spec.command}, or put it on the PATH.`,
          cause,
        }),
      ),
    );
    child.once('spawn', () => resolve(child.pid as number));
  });
}

function supervise(
  child: ChildProcess,
  pid: number,
  ended: Promise<ProcessEnd>,
  spec: ProcessSpec,
): ManagedProcess {
  let end: ProcessEnd | undefined;
  void ended.then((result) => {
    end = result;
  });
  const kill = async (signal: NodeJS.Signals): Promise<ProcessEnd> => {
    child.kill(signal);
    return ended;
  };
  return {
    pid,
    ended,
    kill,
    signal: (signal) => void child.kill(signal),
    logged: async (text) => (await readFile(spec.logFile, 'utf8')).includes(text),
    ready: async (isReady, timeoutMs) => {
      // Looks take their time, too.
      for (const endMs = performance.now() + timeoutMs; ; await pause(pollMs)) {
        if (end !== undefined) throw await died(spec, end);
        if (await isReady()) return;
        if (performance.now() >= endMs) break;
      }
      throw new AckmarkError(
        'TARGET_NOT_READY',
        `${spec.name} was not ready after ${timeoutMs / 1000} s${await tail(spec)}`,
        {
          hint: `Look at the end of its log above; \`ackmark doctor\` says what this machine lacks.`,
        },
      );
    },
    stop: async (graceMs) => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      try {
        return await ended;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

async function died(spec: ProcessSpec, end: ProcessEnd): Promise<AckmarkError> {
  const how = end.signal === null ? `exit code ${end.code}` : end.signal;
  return new AckmarkError('PROCESS_DIED', `${spec.name} ended (${how})${await tail(spec)}`, {
    hint: 'Look at the end of its log above; `ackmark doctor` says what this machine lacks.',
  });
}

/** The end of the process's log, for an error message. */
export async function tail(spec: ProcessSpec): Promise<string> {
  const file = await open(spec.logFile, 'r');
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - logTailBytes);
    const { buffer, bytesRead } = await file.read({
      buffer: Buffer.alloc(Math.min(size, logTailBytes)),
      position: from,
    });
    const text = buffer.subarray(0, bytesRead).toString('utf8').trim();
    return text === '' ? '; its log is empty' : `; the end of its log:\n${text}`;
  } finally {
    await file.close();
  }
}
