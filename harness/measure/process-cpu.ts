/**
 * CPU time and memory of a process and everything it started, from Linux' /proc. USER_HZ, the unit of the times in
 * /proc, is 100 on every platform that Node runs on (`man 5 proc_pid_stat`).
 */
export interface ProcReader {
  /** `undefined` when the file is gone: processes end while one looks. */
  readText(path: string): string | undefined;
  /** Names in a directory; empty when it is gone. */
  list(path: string): readonly string[];
}

const microsPerTick = 10_000;
/** More processes than any broker starts; bounds a walk through a tree that keeps forking. */
const maximumProcesses = 4_096;

/**
 * Microseconds of user and system time of the living tree below `pid`, with the times of children that
 * ended and were waited for, so that successive readings never go back.
 * @returns `undefined` when the process is gone or the platform has no /proc.
 */
export function processTreeCpuMicros(pid: number, proc: ProcReader): number | undefined {
  const own = cpuTicks(pid, proc);
  if (own === undefined) return undefined;
  const ticks = descendantsOf(pid, proc).map((child) => cpuTicks(child, proc) ?? 0);
  return ticks.reduce((sum, each) => sum + each, own) * microsPerTick;
}

/**
 * Memory that the living tree below `pid` has in use (`VmRSS`); pages that its processes share count in each.
 * @returns `undefined` when the process is gone or the platform has no /proc.
 */
export function processTreeRssBytes(pid: number, proc: ProcReader): number | undefined {
  const own = rssBytes(`${pid}`, proc);
  if (own === undefined) return undefined;
  const others = descendantsOf(pid, proc).map((child) => rssBytes(`${child}`, proc) ?? 0);
  return others.reduce((sum, bytes) => sum + bytes, own);
}

/** Of one process alone; `self` is the one that asks. */
export function rssBytes(process: string, proc: ProcReader): number | undefined {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(
    proc.readText(`/proc/${process}/status`) ?? '',
  )?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1_024;
}

function descendantsOf(pid: number, proc: ProcReader): readonly number[] {
  const queue = [...childrenOf(pid, proc)];
  const seen = new Set([pid]);
  for (let child = queue.pop(); child !== undefined; child = queue.pop()) {
    if (seen.has(child) || seen.size >= maximumProcesses) continue;
    seen.add(child);
    queue.push(...childrenOf(child, proc));
  }
  return [...seen].slice(1);
}

/** Fields 14 to 17: utime, stime, cutime, cstime. The name in field 2 may hold spaces and parentheses. */
function cpuTicks(pid: number, proc: ProcReader): number | undefined {
  const stat = proc.readText(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return Number.isFinite(ticks) && fields.length >= 15 ? ticks : undefined;
}

/** The kernel lists children by the thread that started them. */
function childrenOf(pid: number, proc: ProcReader): readonly number[] {
  return proc.list(`/proc/${pid}/task`).flatMap((thread) =>
    (proc.readText(`/proc/${pid}/task/${thread}/children`) ?? '')
      .split(' ')
      .map(Number)
      .filter((child) => Number.isInteger(child) && child > 0),
  );
}
