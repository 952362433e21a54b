import type { ProcReader } from './process-cpu.ts';

/** How busy one process was while it was watched. Shares are of one core, or of the looks; 0 to 1. */
export interface ThreadUse {
  /** CPU of its busiest thread. */
  readonly busiestThread: number;
  /** Looks in which one of its threads waited for a device and could not be interrupted: a sync, as a rule. */
  readonly diskWait: number;
  readonly looks: number;
}

const microsPerTick = 10_000;
/** More than any broker has; bounds what one look reads. */
const maximumThreads = 512;

/**
 * Watches the threads of one process in Linux' /proc: their CPU between the first and the last look, and whether one is
 * in the state D (`man 5 proc_pid_stat`, field 3), in which a thread is while it waits for a disk.
 */
export class ThreadWatch {
  readonly #pid: number;
  readonly #proc: ProcReader;
  readonly #first = new Map<string, number>();
  readonly #last = new Map<string, number>();
  #firstNs = 0;
  #lastNs = 0;
  #looks = 0;
  #waits = 0;

  constructor(pid: number, proc: ProcReader) {
    this.#pid = pid;
    this.#proc = proc;
  }

  look(nowNs: number): void {
    const threads = this.#proc.list(`/proc/${this.#pid}/task`).slice(0, maximumThreads);
    if (threads.length === 0) return;
    if (this.#looks === 0) this.#firstNs = nowNs;
    this.#lastNs = nowNs;
    this.#looks += 1;
    let isWaiting = false;
    for (const thread of threads) {
      const seen = threadOf(this.#proc.readText(`/proc/${this.#pid}/task/${thread}/stat`));
      if (seen === undefined) continue;
      // A thread that began later has used nothing before.
      if (!this.#first.has(thread)) this.#first.set(thread, this.#looks === 1 ? seen.ticks : 0);
      this.#last.set(thread, seen.ticks);
      isWaiting ||= seen.state === 'D';
    }
    if (isWaiting) this.#waits += 1;
  }

  /** Undefined: there were not two looks, or no /proc. */
  use(): ThreadUse | undefined {
    const elapsedMicros = (this.#lastNs - this.#firstNs) / 1e3;
    if (this.#looks < 2 || elapsedMicros <= 0) return undefined;
    const used = [...this.#last].map(
      ([thread, ticks]) =>
        ((ticks - (this.#first.get(thread) ?? 0)) * microsPerTick) / elapsedMicros,
    );
    return {
      busiestThread: Math.min(1, Math.max(0, ...used)),
      diskWait: this.#waits / this.#looks,
      looks: this.#looks,
    };
  }
}

/** Fields 3, 14 and 15: state, utime, stime. The name in field 2 may hold spaces and parentheses. */
function threadOf(
  stat: string | undefined,
): { readonly state: string; readonly ticks: number } | undefined {
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const [state = ''] = fields;
  return Number.isFinite(ticks) ? { state, ticks } : undefined;
}
